//! The cases on SQLite in memory, and what only SQLite does.

use super::*;

const SCHEMA: &str = "CREATE TABLE things (org BLOB NOT NULL, name TEXT NOT NULL)";

async fn open(kit: &Kit, size: usize) -> (TenantDb<Sqlite>, ()) {
    let db = TenantDb::sqlite(":memory:", &kit.authority).migrations(&[SCHEMA]).pool_size(size);
    let db = db.without_statement_review(OWN);
    (db.wait_timeout(Duration::from_millis(500)).build().await.unwrap(), ())
}

cases!(open);

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_in_memory_share_nothing() {
    let kit = Kit::new();
    let ((one, ()), (two, ())) = (open(&kit, 1).await, open(&kit, 1).await);
    let a = kit.scope(A);
    add(&a, "one").execute(&mut one.scoped(&a).await.unwrap()).await.unwrap();
    assert_eq!(names(&a, "%").load::<String>(&mut two.scoped(&a).await.unwrap()).await, Ok(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_database_with_foreign_keys_and_a_write_ahead_log() {
    let kit = Kit::new();
    let path = std::env::temp_dir().join(format!("tenancy-{}.db", Uuid::new_v4()));
    let url = path.to_str().unwrap();
    unscoped_sql::run_unscoped_sql::<Sqlite>(url, &[SCHEMA]).await.unwrap();
    let db = TenantDb::sqlite(url, &kit.authority)
        .without_statement_review(OWN)
        .migrations(&[
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE children (parent INTEGER REFERENCES parents)",
        ])
        .build()
        .await
        .unwrap();
    let a = kit.scope(A);
    let mut conn = db.scoped(&a).await.unwrap();
    add(&a, "a1").execute(&mut conn).await.unwrap();
    assert!(path.with_extension("db-wal").exists());
    let orphan = unscoped_sql::run_unscoped_sql::<Sqlite>(url, &["INSERT INTO children VALUES (1)"]).await;
    assert_eq!(orphan.unwrap_err().to_string(), "the database reported an error");
    drop((conn, db));
    for file in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(path.with_extension(file));
    }
}

#[test]
fn a_pool_without_connections_is_refused() {
    let kit = Kit::new();
    let built = TenantDb::sqlite(":memory:", &kit.authority).without_statement_review(OWN).pool_size(0).pooled(None);
    assert_eq!(built.unwrap_err().to_string(), "no database connection");
}

#[test]
fn what_is_debugged_names_no_organization() {
    let kit = Kit::new();
    let scope = kit.scope(OrgId::new(Uuid::from_u128(0xDEAD_BEEF)));
    for text in [format!("{scope:?}"), format!("{:?}", scope.key()), format!("{:?}", kit.authority)] {
        assert!(!text.to_lowercase().contains("beef"), "{text}");
    }
}
