//! Epochs, compared by the statement that a transaction begins with: who was put out reads nothing more.

use crate::armed::support::proxy::Proxy;
use crate::armed::world::{A, Db, World, invoices, new, schema_manifest};
use diesel::result::Error as DieselError;
use std::time::Duration;
use tenancy::db::Error;
use tenancy::prelude::*;
use tenancy::scope::ScopeError;
use tenancy::{OrgConn, TenantDb};
use tenancy_audit::{Audit, Options};
use tenancy_gateway::migrations::POSTGRES;

/// The organizations and the member of the kit's scopes, whose epochs are 1.
const DIRECTORY: &str = "
    INSERT INTO gateway_users VALUES ('00000000-0000-0000-0000-0000000000aa', 'https://id.test', 'alice', 1, 1, 0, 0);
    INSERT INTO gateway_organizations VALUES ('00000000-0000-0000-0000-00000000000a', 'a', 1, 'active', 0),
                                             ('00000000-0000-0000-0000-00000000000b', 'b', 1, 'active', 0);
";

async fn world() -> (World, TenantDb<Db>) {
    compared(World::new().await).await
}

async fn with_each_pipeline() -> [(World, TenantDb<Db>); 2] {
    let [one, other] = World::with_each_pipeline().await;
    [compared(one).await, compared(other).await]
}

async fn compared(world: World) -> (World, TenantDb<Db>) {
    world.wall.db.psql(POSTGRES[0].sql());
    world.wall.db.psql(DIRECTORY);
    let options = world.wall.options.clone().directory("public");
    world.wall.apply(&world.wall.diff(&options).await).await;
    assert!(world.wall.diff(&options).await.is_empty(), "what was made is as it was planned");
    let db = world.wall.tenant_db(world.kit.authority()).pool_size(1).compare_epochs();
    let db = world.pipelined(db).build().expect("a pool");
    (world, db)
}

async fn read(scope: &OrgScope, conn: &mut OrgConn<'_, Db>) -> Result<i64, DieselError> {
    scope.from(invoices::table).count().get_result(conn).await
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, DieselError>) -> ScopeError {
    let error = answer.expect_err("it is refused");
    ScopeError::in_error(&error).unwrap_or_else(|| panic!("{error:?}"))
}

/// What puts out the member of A, and nobody else of B.
const CHANGES: [(&str, &str, bool); 5] = [
    ("suspended", "UPDATE gateway_organizations SET state = 'suspended' WHERE slug = 'a'", true),
    ("its epoch was raised", "UPDATE gateway_organizations SET epoch = epoch + 1 WHERE slug = 'a'", true),
    ("closed and gone", "DELETE FROM gateway_organizations WHERE slug = 'a'", true),
    ("the member's epoch was raised", "UPDATE gateway_users SET epoch = epoch + 1", false),
    ("disabled", "UPDATE gateway_users SET disabled = 1", false),
];

// attack: K09
#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_out_reads_and_writes_nothing_more() {
    for (what, change, b_goes_on) in CHANGES {
        for (world, db) in with_each_pipeline().await {
            let (a, b) = (world.a(), world.b());
            let before = world.rows_of(A);
            let mut conn = db.scoped(&a).await.expect("a connection");
            assert_eq!(read(&a, &mut conn).await, Ok(20));
            world.wall.db.psql(change);
            for _ in 0..2 {
                assert_eq!(refusal(read(&a, &mut conn).await), ScopeError::Outdated, "{what}");
                let write = a.insert_into(invoices::table).values(new(70)).execute(&mut conn);
                assert_eq!(refusal(write.await), ScopeError::Outdated, "{what}");
            }
            let work = conn.transaction(async |conn| {
                a.delete(invoices::table).execute(conn).await?;
                Ok::<_, DieselError>(())
            });
            assert_eq!(refusal(work.await), ScopeError::Outdated, "{what}");
            // With a savepoint between the token and the statement, the two are not one request.
            let nested = conn.transaction(async |conn| conn.transaction(async |conn| read(&a, conn).await).await);
            assert_eq!(refusal(nested.await), ScopeError::Outdated, "{what}");
            drop(conn);
            assert_eq!(world.rows_of(A), before);
            let mut conn = db.scoped(&b).await.expect("a connection");
            let seen = read(&b, &mut conn).await;
            assert_eq!(seen.is_ok(), b_goes_on, "{what}: {seen:?}");
        }
    }
}

/// As a service tells it to its callers: typed, and without a word of what is in the database.
#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_is_typed_and_says_what_to_do() {
    let (world, db) = world().await;
    world.wall.db.psql(CHANGES[0].1);
    let a = world.a();
    let mut conn = db.scoped(&a).await.expect("a connection");
    let error = Error::from(read(&a, &mut conn).await.expect_err("it is refused"));
    assert!(matches!(error, Error::Refused(ScopeError::Outdated)), "{error:?}");
    assert!(error.to_string().starts_with("TEN0208"), "{error}");
}

/// A refused scope does not cost a connection, and a comparison costs no round trip.
#[tokio::test(flavor = "multi_thread")]
async fn it_costs_neither_connections_nor_round_trips() {
    for (world, _) in with_each_pipeline().await {
        let proxy = Proxy::to(&world.wall.app_url(), Duration::from_millis(25)).await;
        for named in [true, false] {
            let db = world.db_at(&proxy.url(&world.wall.app_url())).compare_epochs();
            let db = if named { db } else { db.unnamed_statements() }.build().expect("a pool");
            let (a, b) = (world.a(), world.b());
            let mut conn = db.scoped(&a).await.expect("a connection");
            proxy.trips();
            assert_eq!(read(&a, &mut conn).await, Ok(20));
            assert_eq!(proxy.trips(), 1);
            conn.transaction(async |conn| {
                // A savepoint comes between the token and the statement.
                conn.transaction(async |conn| read(&a, conn).await).await
            })
            .await
            .expect("it commits");
            assert_eq!(proxy.trips(), 2);
            world.wall.db.psql("UPDATE gateway_organizations SET epoch = 2 WHERE slug = 'a'");
            assert_eq!(refusal(read(&a, &mut conn).await), ScopeError::Outdated);
            drop(conn);
            proxy.trips();
            let mut conn = db.scoped(&b).await.expect("the same connection");
            assert_eq!(read(&b, &mut conn).await, Ok(20));
            assert_eq!(proxy.trips(), 1, "it was not opened anew");
            world.wall.db.psql("UPDATE gateway_organizations SET epoch = 1 WHERE slug = 'a'");
        }
    }
}

/// Without the function, or without the right to call it, nothing runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_compare_refuses_everything() {
    let (world, db) = world().await;
    let a = world.a();
    world.wall.db.psql("REVOKE EXECUTE ON FUNCTION tenancy.standing FROM PUBLIC");
    world
        .wall
        .db
        .psql(&format!("REVOKE EXECUTE ON FUNCTION tenancy.standing FROM \"{}\"", world.wall.options.app_role));
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert!(read(&a, &mut conn).await.is_err());
    drop(conn);
    world.wall.db.psql("DROP FUNCTION tenancy.standing");
    assert!(match db.scoped(&a).await {
        Ok(mut conn) => read(&a, &mut conn).await.is_err(),
        Err(_) => true,
    });
}

/// The audit knows the function that was made, and no other of its name.
#[tokio::test(flavor = "multi_thread")]
async fn the_audit_knows_it_as_it_was_made() {
    let (world, _) = world().await;
    let mut options = Options::new(world.wall.options.clone().directory("public"));
    let gateways = ["memberships", "removed_members", "provider_organizations", "sessions", "entries", "audit"]
        .map(|table| format!("public.gateway_{table}"));
    options.ignored_tables.extend(gateways);
    let manifest = schema_manifest();
    let d03 = async || {
        let report = Audit::new(world.wall.db.url(), &manifest, &options).run().await.expect("it is looked at");
        report.findings.iter().filter(|finding| finding.rule.id == "D03").count()
    };
    assert_eq!(d03().await, 0);
    world.wall.db.psql(
        "CREATE OR REPLACE FUNCTION tenancy.standing(uuid, bigint, text, text, bigint) RETURNS boolean LANGUAGE plpgsql
         STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN true; END'",
    );
    assert_eq!(d03().await, 1, "one that always agrees");
}
