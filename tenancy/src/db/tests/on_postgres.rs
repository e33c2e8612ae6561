//! The cases on a throwaway PostgreSQL server, and what only PostgreSQL does.

use super::*;

pub(in crate::db) use tenancy_test_support::pg as server;

const SCHEMA: &str = "CREATE TABLE things (org uuid NOT NULL, name text NOT NULL)";

async fn open(kit: &Kit, size: usize) -> (TenantDb<Postgres>, server::Database) {
    let database = server::Database::create();
    unscoped_sql::run_unscoped_sql::<Postgres>(database.url(), &[SCHEMA]).await.unwrap();
    let db = TenantDb::postgres(database.url(), &kit.authority).without_statement_review(OWN).pool_size(size);
    (db.wait_timeout(Duration::from_millis(500)).build().unwrap(), database)
}

mod wall_one {
    use super::*;
    cases!(open);
}

/// All of it again where every transaction begins with a setting.
mod armed {
    use super::*;
    cases!(open_armed);

    fn wall_two() -> crate::db::WallTwo {
        TenantDb::postgres("postgres://app@localhost/app", &Kit::new().authority).unsealed().wall_two()
    }

    async fn open_armed(kit: &Kit, size: usize) -> (TenantDb<Postgres>, server::Database) {
        let database = server::Database::create();
        unscoped_sql::run_unscoped_sql::<Postgres>(database.url(), &[SCHEMA]).await.unwrap();
        let db =
            TenantDb::postgres(database.url(), &kit.authority).without_statement_review(OWN).pool_size(size).unsealed();
        (db.wait_timeout(Duration::from_millis(500)).build().unwrap(), database)
    }

    /// What the server has in the setting when the next borrower comes.
    async fn left_behind(db: &TenantDb<Postgres>) -> Option<String> {
        let lease = db.pool.get().await.unwrap();
        let sql = "SELECT nullif(current_setting('tenancy.scope', true), '')";
        lease.driver.response(lease.client.query_one(sql, &[])).await.unwrap().get(0)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_setting_ends_with_the_statement_or_the_transaction() {
        let kit = Kit::new();
        let (db, _keep) = open_armed(&kit, 1).await;
        let a = kit.scope(A);
        let mut conn = db.scoped(&a).await.unwrap();
        let armed = "SELECT current_setting('tenancy.scope', true) AS name";
        #[derive(diesel::QueryableByName)]
        struct Name {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let setting: Name = conn.raw_sql(&wall_two(), armed, "a test").get_result().await.unwrap();
        assert_eq!(setting.name, format!("{A}|rw"));
        drop(conn);
        assert_eq!(left_behind(&db).await, None);
        let mut conn = db.scoped_read_only(&wall_two(), &a).await.unwrap();
        conn.transaction(async |conn| {
            let setting: Name = conn.raw_sql(&wall_two(), armed, "a test").get_result().await?;
            assert_eq!(setting.name, format!("{A}|r"));
            Ok::<_, DieselError>(())
        })
        .await
        .unwrap();
        drop(conn);
        assert_eq!(left_behind(&db).await, None);
    }

    /// An error keeps the connection only when the server has said that the transaction is over.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_error_leaves_nothing_behind() {
        let kit = Kit::new();
        let (db, database) = open_armed(&kit, 1).await;
        database.psql("CREATE UNIQUE INDEX ON things (org, name)");
        let a = kit.scope(A);
        let mut conn = db.scoped(&a).await.unwrap();
        add(&a, "once").execute(&mut conn).await.unwrap();
        add(&a, "once").execute(&mut conn).await.unwrap_err();
        drop(conn);
        assert_eq!(left_behind(&db).await, None);
        let mut conn = db.scoped(&a).await.unwrap();
        let lost = conn
            .transaction(async |conn| {
                add(&a, "lost").execute(conn).await?;
                add(&a, "once").execute(conn).await.unwrap_err();
                Ok::<_, DieselError>(())
            })
            .await;
        // PostgreSQL itself answers such a COMMIT with "ROLLBACK" and no error.
        assert_eq!(lost, Err(DieselError::RollbackTransaction));
        drop(conn);
        assert_eq!(left_behind(&db).await, None);
        let mut conn = db.scoped(&a).await.unwrap();
        assert_eq!(names(&a, "%").load::<String>(&mut conn).await, Ok(vec!["once".to_owned()]));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_that_was_told_of_no_scope_sends_nothing() {
        let kit = Kit::new();
        let (db, _keep) = open_armed(&kit, 1).await;
        let mut lease = db.pool.get().await.unwrap();
        let asked = <Postgres as driver::Link>::load(&mut lease, armed_names(&kit.scope(A))).await;
        assert!(matches!(asked, Err(DieselError::QueryBuilderError(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_an_error_without_its_address() {
    let kit = Kit::new();
    let db = TenantDb::postgres("postgres://nobody:secret@127.0.0.1:1/none", &kit.authority);
    let db = db.without_statement_review(OWN).build().unwrap();
    let error = db.scoped(&kit.scope(A)).await.unwrap_err();
    assert!(matches!(error, Error::Pool(PoolError::Connect(_))));
    assert_eq!(error.to_string(), "no database connection");
    assert!(!format!("{error:?}").contains("secret"));
}
