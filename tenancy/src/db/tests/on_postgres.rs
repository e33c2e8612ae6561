//! The cases on a throwaway PostgreSQL server, and what only PostgreSQL does.

use super::*;

#[path = "../../../tests/support/pg.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with the integration tests")]
mod server;

const SCHEMA: &str = "CREATE TABLE things (org uuid NOT NULL, name text NOT NULL)";

async fn open(kit: &Kit, size: usize) -> (TenantDb<Postgres>, server::Database) {
    let database = server::Database::create();
    setup::run_unscoped_sql::<Postgres>(database.url(), &[SCHEMA]).await.unwrap();
    let db = TenantDb::postgres(database.url(), &kit.authority).pool_size(size);
    (db.wait_timeout(Duration::from_millis(500)).build().unwrap(), database)
}

cases!(open);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_an_error_without_its_address() {
    let kit = Kit::new();
    let db = TenantDb::postgres("postgres://nobody:secret@127.0.0.1:1/none", &kit.authority).build().unwrap();
    let error = db.scoped(&kit.scope(A)).await.unwrap_err();
    assert!(matches!(error, Error::Pool(PoolError::Connect(_))));
    assert_eq!(error.to_string(), "no database connection");
    assert!(!format!("{error:?}").contains("secret"));
}
