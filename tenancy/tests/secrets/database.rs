//! The password of a database's role follows its secret.

use crate::support::folder::{Folder, until};
use crate::support::pg::OwnServer;
use tenancy::db::{DatabaseUrl, Error, PoolError, Postgres, TenantDb, follow_database_url};
use tenancy::prelude::*;
use tenancy_gateway::GatewayDb;
use tenancy_gateway::migrations::MigrationError;
use tenancy_secrets::{Secrets, SourceError};
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    diesel::table! {
        invoices (id) { id -> Integer, org_id -> Uuid, }
    }
}

const PASSWORDS: [&str; 3] = ["9f86d081884c7d65", "9a2feaa0c55ad015", "a3bf4f1b2b0b822c"];

/// A server with a role whose password the test changes.
struct Shop {
    server: OwnServer,
    folder: Folder,
    kit: TestKit,
    swaps: u32,
}

impl Shop {
    fn open() -> Shop {
        let server = OwnServer::start();
        server.psql("CREATE TABLE invoices (id int PRIMARY KEY, org_id uuid NOT NULL); CREATE ROLE shop LOGIN");
        server.psql(
            "INSERT INTO invoices SELECT id, '00000000-0000-0000-0000-00000000000a' FROM generate_series(1, 20) id",
        );
        server.psql("GRANT SELECT ON invoices TO shop");
        Shop { server, folder: Folder::new(), kit: TestKit::new(), swaps: 0 }
    }

    /// What the server takes from now on.
    fn alter(&self, password: &str) {
        self.server.psql(&format!("ALTER ROLE shop PASSWORD '{password}'"));
    }

    fn url(&self, password: &str) -> String {
        let (_, place) = self.server.url().split_once('@').expect("an account");
        format!("postgres://shop:{password}@{place}")
    }

    /// What the secret holds from now on.
    fn writes(&mut self, url: &str) {
        self.folder.swap(self.swaps, &[("url", url, 0o440)]);
        self.swaps += 1;
    }

    fn db(&self, url: &DatabaseUrl, size: usize) -> TenantDb<Postgres> {
        let db = TenantDb::postgres(url.clone(), self.kit.authority()).schema(schema_manifest());
        db.pool_size(size).build().expect("a pool")
    }

    async fn count(&self, db: &TenantDb<Postgres>) -> Result<i64, Error> {
        let scope = self.kit.scope(tenancy::OrgId::new(Uuid::from_u128(0xA)));
        let mut conn = db.scoped(&scope).await?;
        Ok(scope.from(invoices::table).count().get_result(&mut conn).await?)
    }

    /// Takes away all of the role's connections.
    /// Ends every connection. A pool notices at the latest while it asks on one: the runtime may hear of the end later.
    async fn cut(&self, pool: &TenantDb<Postgres>) {
        self.server.psql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'shop'");
        let _ = self.count(pool).await;
    }
}

fn not_connected(result: Result<i64, Error>) -> bool {
    matches!(result, Err(Error::Pool(PoolError::Connect(_))))
}

/// The secret first, then the role: every connection is opened, before, between and after. Open ones stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_changes_and_no_connection_fails() {
    let mut shop = Shop::open();
    shop.alter(PASSWORDS[0]);
    shop.writes(&shop.url(PASSWORDS[0]));
    let reference = shop.folder.reference("url");
    let (url, watched) = follow_database_url(&Secrets::new(), &reference).await.expect("a URL");
    let gateway = GatewayDb::postgres(url.clone()).expect("a pool");
    let steady = shop.db(&url, 1);
    assert_eq!(shop.count(&steady).await.expect("it is read"), 20);
    for (changes, password) in PASSWORDS[1..].iter().enumerate() {
        shop.writes(&shop.url(password));
        until("the secret is read", || watched.changes() == changes as u64 + 1).await;
        assert_eq!(shop.count(&shop.db(&url, 1)).await.expect("by the old one"), 20, "the server knows no new one yet");
        shop.alter(password);
        assert_eq!(shop.count(&steady).await.expect("it stays open"), 20);
        assert_eq!(shop.count(&shop.db(&url, 1)).await.expect("by the new one"), 20);
        let old = shop.url(PASSWORDS[changes]);
        assert!(not_connected(shop.count(&shop.db(&old.into(), 1)).await), "the server takes the new one alone");
    }
    shop.cut(&steady).await;
    assert_eq!(shop.count(&steady).await.expect("a new connection of an old pool"), 20);
    // The role owns no tables: it was let in, and refused there.
    assert!(matches!(gateway.migrate().await, Err(MigrationError::Failed { source: Error::Database(_), .. })));
    assert!(!format!("{url:?} {watched:?} {steady:?}").contains(PASSWORDS[2]));
}

/// The role first: what is open goes on, and new connections wait for the secret.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_role_changes_first_and_open_connections_go_on() {
    let mut shop = Shop::open();
    shop.alter(PASSWORDS[0]);
    shop.writes(&shop.url(PASSWORDS[0]));
    let reference = shop.folder.reference("url");
    let (url, watched) = follow_database_url(&Secrets::new(), &reference).await.expect("a URL");
    let steady = shop.db(&url, 1);
    assert_eq!(shop.count(&steady).await.expect("it is read"), 20);
    shop.alter(PASSWORDS[1]);
    assert_eq!(shop.count(&steady).await.expect("it stays open"), 20);
    assert!(not_connected(shop.count(&shop.db(&url, 1)).await), "nobody has told us of the new one");
    shop.writes(&shop.url(PASSWORDS[1]));
    until("the secret is read", || watched.changes() == 1).await;
    shop.cut(&steady).await;
    assert_eq!(shop.count(&steady).await.expect("it is read"), 20);
}

/// A pool has one server, one database and one role, which the audit has looked at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_leads_nowhere_else_while_the_service_runs() {
    let mut shop = Shop::open();
    shop.alter(PASSWORDS[0]);
    shop.writes(&shop.url(PASSWORDS[0]));
    let reference = shop.folder.reference("url");
    let (url, watched) = follow_database_url(&Secrets::new(), &reference).await.expect("a URL");
    let right = shop.url(PASSWORDS[0]);
    for elsewhere in [
        shop.server.url().to_owned(),
        format!("{}template1", right.strip_suffix("postgres").expect("a database")),
        right.replace("127.0.0.1", "127.0.0.2"),
        format!("{right}?sslmode=disable"),
        format!("{right}?options=-crole%3Downer"),
        "no URL at all".to_owned(),
    ] {
        assert!(url.replace(&elsewhere).is_err(), "{elsewhere}");
        shop.writes(&elsewhere);
        until("it is noticed", || watched.is_failing()).await;
        assert_eq!(watched.changes(), 0);
        assert_eq!(shop.count(&shop.db(&url, 1)).await.expect("as before"), 20);
        shop.writes(&right);
        until("it is read", || !watched.is_failing()).await;
    }
    let folder = Folder::new();
    let refused = follow_database_url(&Secrets::new(), &folder.write("url", "mysql://no-url-of-ours")).await;
    let refused = refused.expect_err("no URL");
    assert!(matches!(refused.fault(), SourceError::Unfit(_)) && !format!("{refused:?} {refused}").contains("mysql"));
}
