//! What is said of a migration that fails.

use super::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::sync::Arc;
use std::time::Duration;
use tenancy::db::{Error, PoolStatus};
use tenancy_service::__private::sql::{Answer, Platform, Session, StoreError};
use tenancy_service::BoxFuture;

/// A database whose answers to COMMIT are lost.
struct Deaf(Arc<dyn Platform>);

struct DeafSession(Box<dyn Session>);

impl Platform for Deaf {
    fn run(&self, statements: Vec<Statement>, wait: Duration) -> BoxFuture<'_, Result<Vec<Answer>, StoreError>> {
        self.0.run(statements, wait)
    }

    fn session(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, StoreError>> {
        Box::pin(async move { Ok(Box::new(DeafSession(self.0.session(wait).await?)) as Box<dyn Session>) })
    }

    fn status(&self) -> PoolStatus {
        self.0.status()
    }
}

impl Session for DeafSession {
    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.0.script(sql).await?;
            if sql != "COMMIT" {
                return Ok(());
            }
            let lost = DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new("closed".to_owned()));
            Err(StoreError::Database(Error::Database(lost)))
        })
    }

    fn ask(&mut self, statement: Statement) -> BoxFuture<'_, Result<Answer, StoreError>> {
        self.0.ask(statement)
    }

    fn done(self: Box<Self>) {
        self.0.done();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_commit_is_no_undone_migration() {
    for place in Place::both() {
        let mut db = place.db().await;
        let whole = Arc::clone(&db.platform);
        db.platform = Arc::new(Deaf(Arc::clone(&whole)));
        let error = db.migrate().await.unwrap_err();
        assert!(matches!(error, MigrationError::Unconfirmed { version: 1, .. }), "{error}");
        assert!(!error.to_string().contains("undone"), "{error}");
        db.platform = whole;
        assert_eq!(db.migrate().await.unwrap(), []);
    }
}

/// It was taken for another process that had been faster, 64 times.
#[tokio::test(flavor = "multi_thread")]
async fn a_unique_violation_of_a_migration_is_its_failure() {
    let twice = "INSERT INTO gateway_organizations (id, slug, created_at) VALUES ('00000000000000000000000000000001', 'a', 0);
                 INSERT INTO gateway_organizations (id, slug, created_at) VALUES ('00000000000000000000000000000002', 'a', 0)";
    for place in Place::both() {
        let db = place.db().await;
        let migrations = [place.migrations()[0], Migration::new(2, "twice", twice)];
        let error = db.migrate_with(&migrations).await.unwrap_err();
        assert!(matches!(error, MigrationError::Failed { version: 2, name: "twice", .. }), "{error}");
        assert_eq!(db.migrate_with(place.later()).await.unwrap(), [ADD_COLUMN]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_the_record_controls_no_terminal() {
    for place in Place::both() {
        let db = place.db().await;
        db.migrate().await.unwrap();
        place.execute("INSERT INTO gateway_migrations VALUES (9, 'x\u{1b}[2J\u{202e}\ny', 'x', 0)");
        let error = db.migrate().await.unwrap_err().to_string();
        assert!(error.contains("migration 9 `x\\u{1b}[2J\\u{202e}\\u{a}y`"), "{error:?}");
    }
    let error = MigrationError::Different("the column `\u{9b}2J`".to_owned()).to_string();
    assert!(error.contains("the column `\\u{9b}2J`"), "{error:?}");
}

#[test]
fn a_printed_script_stops_at_the_first_error() {
    let broken = Migration::new(2, "broken", "SELECT * FROM gateway_nowhere");
    let after = Migration::new(3, "after", "ALTER TABLE gateway_users ADD COLUMN name text");
    let script = postgres_script(&[POSTGRES[0], broken, after]);
    assert!(script.starts_with("-- The gateway's tables. Run it as the role that owns them:\n"), "{script}");
    assert!(script.contains("\n\\set ON_ERROR_STOP on\n"), "{script}");
    let recorded = "SELECT string_agg(version::text, ' ') FROM gateway_migrations";
    // As it is, and sent by a tool that does not stop.
    for script in [script.clone(), script.replace("\\set ON_ERROR_STOP on", "")] {
        let database = Database::create();
        let said = database.psql_script(&script).unwrap_err();
        assert!(said.contains("gateway_nowhere"), "{said}");
        assert_eq!(database.psql(recorded), "1");
    }
}

#[test]
fn a_printed_script_adopts_nothing() {
    let role = format!("script_{}", std::process::id());
    for sql in ["CREATE TABLE gateway_users (id uuid)", "CREATE VIEW gateway_migrations AS SELECT 1 AS version"] {
        let database = Database::create();
        database.psql(&format!("CREATE ROLE {role}; GRANT CREATE ON SCHEMA public TO {role}; SET ROLE {role}; {sql}"));
        let said = database.psql_script(&postgres_script(POSTGRES)).unwrap_err();
        assert!(said.contains("`tenancy gateway migrate` says which"), "{said}");
        assert_eq!(database.psql("SELECT to_regclass('gateway_sessions')"), "");
        database.psql(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}
