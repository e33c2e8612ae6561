//! Whether a process can serve, for whoever decides if it is given requests.

use crate::gateway::world::{ORIGIN, World, key};
use std::future::poll_fn;
use std::task::Poll;
use tenancy::TenantDb;
use tenancy::db::{Postgres, Sqlite};
use tenancy_gateway::{Gateway, GatewayDb, SessionKeys};

on_both!(a_gateway_is_ready_for_as_long_as_its_tables_answer, a_gateway_is_ready_when_its_tables_are_migrated,);

async fn a_gateway_is_ready_for_as_long_as_its_tables_answer(world: World) {
    assert!(world.gateway.is_ready().await);
    world.browser("alice").await;
    assert!(world.gateway.is_ready().await);
    world.execute("ALTER TABLE gateway_sessions RENAME TO moved").await;
    assert!(!world.gateway.is_ready().await);
    world.execute("ALTER TABLE moved RENAME TO gateway_sessions").await;
    assert!(world.gateway.is_ready().await);
    assert_eq!(world.refused(tenancy_gateway::RejectionReason::Unavailable), 0, "a probe is no request");
}

/// A running gateway goes on when a newer program adds a migration; one that starts then does not.
async fn a_gateway_is_ready_when_its_tables_are_migrated(world: World) {
    let starting = async || {
        let tables = world.place.tables().await;
        Gateway::builder(tables, SessionKeys::new(key('1')), ORIGIN).build().unwrap()
    };
    assert!(world.gateway.is_ready().await && starting().await.is_ready().await);
    world.execute("INSERT INTO gateway_migrations VALUES (99, 'later', 'x', 0)").await;
    assert!(world.gateway.is_ready().await && !starting().await.is_ready().await);
    world.execute("DELETE FROM gateway_migrations").await;
    assert!(world.gateway.is_ready().await && !starting().await.is_ready().await);
    world.place.tables().await.migrate().await.unwrap();
    assert!(starting().await.is_ready().await);
}

/// A server that is not there, or has taken the connections away.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_is_told() {
    const NOWHERE: &str = "postgres://nobody:canary@127.0.0.1:1/none";
    let tables = GatewayDb::postgres(NOWHERE).unwrap();
    let gateway = Gateway::builder(tables, SessionKeys::new(key('1')), ORIGIN).build().unwrap();
    assert!(!gateway.is_ready().await);
    let nowhere: TenantDb<Postgres> =
        TenantDb::postgres(NOWHERE, gateway.authority()).without_statement_review("no statement runs").build().unwrap();
    let refused = nowhere.ping().await.unwrap_err();
    assert!(!format!("{refused:?} {refused}").contains("canary"));
    let file: TenantDb<Sqlite> = TenantDb::sqlite(":memory:", gateway.authority())
        .without_statement_review("no statement runs")
        .build()
        .await
        .unwrap();
    file.ping().await.unwrap();

    let database = crate::pg::Database::create();
    let db = TenantDb::postgres(database.url(), gateway.authority()).without_statement_review("no statement runs");
    let db = db.pool_size(1).build().unwrap();
    db.ping().await.unwrap();
    database.psql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid()",
    );
    // Noticed at the latest while it is asked; then there is a new one.
    let _ = db.ping().await;
    db.ping().await.unwrap();
    // A probe that gave up half-way leaves no connection whose answer nobody took.
    let mut asked = Box::pin(db.ping());
    assert!(poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx).is_pending())).await);
    drop(asked);
    db.ping().await.unwrap();
}
