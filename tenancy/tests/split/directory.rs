//! A service that reads the current epochs in the gateway's own tables, behind a gateway in another process.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests change and lock the gateway's own tables, past the gateway"
)]

use crate::split::forge::LIST;
use crate::split::world::{ACME, Alone, BRAVO, World, send};
use crate::support::pg::Database;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use std::path::PathBuf;
use std::time::Duration;
use tenancy::db::{Postgres, Sqlite, unscoped_sql};
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::{GatewayDb, OrganizationState};
use tenancy_service::{DirectoryEpochs, RejectionReason, epochs_grants};
use uuid::Uuid;

/// The gateway's tables, for both sides.
enum Place {
    File(PathBuf),
    Server(Database),
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let file = std::env::temp_dir().join(format!("tenancy-split-{}.db", super::Uuid::new_v4()));
                super::$test(super::Place::File(file)).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(super::Place::Server(super::Database::create())).await;
            })*
        }
    };
}

on_both!(
    a_change_of_the_directory_refuses_grants_from_before_it,
    a_directory_that_fails_is_503,
    a_directory_without_its_tables_is_503,
);

impl Place {
    async fn tables(&self) -> GatewayDb {
        match self {
            Self::File(file) => GatewayDb::sqlite(file.to_str().unwrap()).await.unwrap(),
            Self::Server(database) => GatewayDb::postgres(database.url()).unwrap(),
        }
    }

    async fn epochs(&self) -> DirectoryEpochs {
        match self {
            Self::File(file) => DirectoryEpochs::sqlite(file.to_str().unwrap()).await.unwrap(),
            Self::Server(database) => DirectoryEpochs::postgres(database.url()).unwrap(),
        }
    }

    async fn execute(&self, sql: &str) {
        match self {
            Self::File(file) => unscoped_sql::run_unscoped_sql::<Sqlite>(file.to_str().unwrap(), &[sql]).await.unwrap(),
            Self::Server(database) => unscoped_sql::run_unscoped_sql::<Postgres>(database.url(), &[sql]).await.unwrap(),
        }
    }

    async fn world(&self) -> World {
        let epochs = self.epochs().await;
        World::over(self.tables().await, |keys| keys, |upstream| upstream, |service| service.epochs(epochs)).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::File(file) = self {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
        }
    }
}

fn subject(name: &str) -> Subject {
    Subject { issuer: "https://id.test".to_owned(), subject: name.to_owned() }
}

/// Lets a member read through the gateway, and gives the grant that passed.
async fn granted(world: &World, name: &str) -> String {
    let cookie = world.cookie(name).await;
    let own = if name == "bob" { "bravo-1" } else { "acme-1" };
    world.ask("GET", "/invoices", &cookie, "").await.is(200, own);
    world.wire.grants.lock().unwrap().pop().unwrap()
}

/// The same request again, with the grant that it had: reading again is allowed while it lives.
async fn again(world: &World, grant: &str) -> (u16, String) {
    let (status, body) = send(&world.behind.router, &LIST, &[("tenancy-grant", grant)]).await;
    (status.as_u16(), body)
}

/// 32, 71, 81, K09: a grant that is 0 s old and good for 30 s.
async fn a_change_of_the_directory_refuses_grants_from_before_it(place: Place) {
    let world = place.world().await;
    let (directory, alice) = (world.gateway.directory("tests"), subject("alice"));
    let bob = granted(&world, "bob").await;
    let stands = async |grant: &str| assert_eq!(again(&world, grant).await, (200, "acme-1".to_owned()));
    let refused = async |grant: &str, why: &str| {
        assert_eq!(again(&world, grant).await.0, 401, "{why}");
        assert_eq!(again(&world, &bob).await, (200, "bravo-1".to_owned()), "{why}");
    };

    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    refused(&grant, "suspended").await;
    directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    refused(&grant, "from before the suspension").await;

    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    directory.remove_member(&alice, ACME).await.unwrap();
    refused(&grant, "removed").await;
    directory.add_member(&alice, ACME, Tier::Org).await.unwrap();
    refused(&grant, "from before the removal").await;

    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    directory.set_tier(&alice, ACME, Tier::Tenant).await.unwrap();
    refused(&grant, "of another tier").await;

    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    world.gateway.sessions().end_subject(&alice).await.unwrap();
    refused(&grant, "signed out everywhere").await;

    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    directory.set_disabled(&alice, true).await.unwrap();
    refused(&grant, "disabled").await;
    assert_eq!(world.behind.service.refused(RejectionReason::GrantEpoch), 7);

    // A membership that went without any epoch being raised.
    directory.set_disabled(&alice, false).await.unwrap();
    let grant = granted(&world, "alice").await;
    stands(&grant).await;
    place.execute(&format!("DELETE FROM gateway_memberships WHERE org_id <> {}", bravo(&place))).await;
    refused(&grant, "no member").await;
}

fn bravo(place: &Place) -> String {
    match place {
        Place::File(_) => format!("x'{}'", BRAVO.as_uuid().simple()),
        Place::Server(_) => format!("'{BRAVO}'"),
    }
}

/// Never a pass, and never one organization's answer for another.
async fn a_directory_that_fails_is_503(place: Place) {
    let world = place.world().await;
    let (acme, bravo) = (granted(&world, "alice").await, granted(&world, "bob").await);
    for table in ["gateway_users", "gateway_organizations", "gateway_memberships"] {
        place.execute(&format!("ALTER TABLE {table} RENAME TO gone")).await;
        for grant in [&acme, &bravo] {
            assert_eq!(again(&world, grant).await, (503, "Service Unavailable".to_owned()), "{table}");
        }
        place.execute(&format!("ALTER TABLE gone RENAME TO {table}")).await;
        assert_eq!(again(&world, &acme).await, (200, "acme-1".to_owned()));
        assert_eq!(again(&world, &bravo).await, (200, "bravo-1".to_owned()));
    }
    assert_eq!(world.behind.service.refused(RejectionReason::Unavailable), 6);
}

/// The wrong database, or one that nobody migrated.
async fn a_directory_without_its_tables_is_503(place: Place) {
    let epochs = place.epochs().await;
    let alone = Alone::with(|service| service.epochs(epochs)).await;
    for org in [ACME, BRAVO] {
        assert_eq!(alone.with_grant(&LIST, &alone.grant(org, &LIST)).await.0, 503);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_503() {
    let epochs = DirectoryEpochs::postgres("postgres://nobody:canary@127.0.0.1:1/none").unwrap();
    let alone = Alone::with(|service| service.epochs(epochs.clone())).await;
    for org in [ACME, BRAVO] {
        assert_eq!(alone.with_grant(&LIST, &alone.grant(org, &LIST)).await, (503, "Service Unavailable".to_owned()));
    }
    assert!(!format!("{epochs:?}").contains("canary"));
}

/// The wait ends while the table is still locked: the answer comes before the lock is given back.
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_does_not_answer_is_503_in_bounded_time() {
    let place = Place::Server(Database::create());
    let Place::Server(database) = &place else { unreachable!("made above") };
    let epochs = DirectoryEpochs::postgres(database.url()).unwrap().wait_timeout(Duration::from_secs(4));
    let settings = |service: tenancy_service::ServiceBuilder| service.epochs(epochs);
    let world = World::over(place.tables().await, |keys| keys, |upstream| upstream, settings).await;
    let (acme, bravo) = (granted(&world, "alice").await, granted(&world, "bob").await);
    let mut locker = AsyncPgConnection::establish(database.url()).await.unwrap();
    locker.batch_execute("BEGIN; LOCK TABLE gateway_users IN ACCESS EXCLUSIVE MODE").await.unwrap();
    // More than there are connections: what nobody waits for any more holds none.
    for _ in 0..2 {
        let pair = async || tokio::join!(again(&world, &acme), again(&world, &bravo));
        let (one, two, three, four) = tokio::join!(pair(), pair(), pair(), pair());
        for (acme, bravo) in [one, two, three, four] {
            assert_eq!((acme.0, bravo.0), (503, 503));
        }
    }
    locker.batch_execute("COMMIT").await.unwrap();
    assert_eq!(again(&world, &acme).await, (200, "acme-1".to_owned()));
    assert_eq!(again(&world, &bravo).await, (200, "bravo-1".to_owned()));
}

/// 13.2.2: it reads epochs and states, and no name, no session, no line of the audit log.
#[tokio::test(flavor = "multi_thread")]
async fn it_needs_only_the_grants_that_are_shipped() {
    let database = Database::create();
    GatewayDb::postgres(database.url()).unwrap().migrate().await.unwrap();
    let role = format!("epochs_{}", std::process::id());
    let grants = epochs_grants(&role).unwrap();
    database.psql(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'; {grants}"));
    let user = Uuid::from_u128(1);
    database.psql(&format!(
        "INSERT INTO gateway_users VALUES ('{user}', 'https://id.test', 'alice', 0, 0, 0, 0);
         INSERT INTO gateway_organizations VALUES ('{ACME}', 'acme', 0, 'active', 0), ('{BRAVO}', 'bravo', 0, 'active', 0);
         INSERT INTO gateway_memberships VALUES ('{user}', '{ACME}', 'org', 0)"
    ));
    let (sam, entry) = (Uuid::from_u128(2), Uuid::from_u128(0xE));
    database.psql(&format!(
        "INSERT INTO gateway_users VALUES ('{sam}', 'https://id.test', 'sam', 0, 0, 0, 0);
         INSERT INTO gateway_staff VALUES ('{sam}', 0);
         INSERT INTO gateway_entries VALUES ('{entry}', '{sam}', '{sam}', '{BRAVO}', 0, 0, 'a call', NULL, 0, 900)"
    ));
    let url = database.url_as(&role, "secret");
    let epochs = DirectoryEpochs::postgres(&url).unwrap();
    let alone = Alone::with(|service| service.epochs(epochs).admit_staff()).await;
    // Staff where they entered, to do what they entered for, until they left.
    let staff = async |org, writes| {
        let grant = alone.key.grant(&crate::split::staff::acting(org, writes), &LIST);
        alone.with_grant(&LIST, &grant).await.0
    };
    assert_eq!((staff(BRAVO, false).await, staff(BRAVO, true).await, staff(ACME, false).await), (200, 401, 401));
    database.psql(&format!("INSERT INTO gateway_entry_ends VALUES ('{entry}', 0, 'left')"));
    assert_eq!(staff(BRAVO, false).await, 401);
    assert_eq!(alone.names(ACME).await, "acme-1");
    let foreign = alone.grant(BRAVO, &LIST);
    assert_eq!(alone.with_grant(&LIST, &foreign).await.0, 401, "a member of the other organization");
    for sql in [
        "SELECT slug FROM gateway_organizations",
        "SELECT created_at FROM gateway_users",
        "SELECT tier FROM gateway_memberships",
        "SELECT handle FROM gateway_sessions",
        "SELECT event FROM gateway_audit",
        "SELECT key FROM gateway_logins",
        "SELECT reason FROM gateway_entries",
        "SELECT why FROM gateway_entry_ends",
        "UPDATE gateway_users SET epoch = 0",
    ] {
        assert!(unscoped_sql::run_unscoped_sql::<Postgres>(&url, &[sql]).await.is_err(), "{sql}");
    }
    database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
