//! The files on SQLite and PostgreSQL.

use super::{Outcome, files, parsed};
use std::time::{Duration, SystemTime};
use tenancy_permits::sql::{Change, Context, Question, SqlEngine};
use tenancy_permits::validation::{Assertion, Report, ValidationFile};
use tenancy_test_support::pg::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn integration_files_of_spicedb_hold_on_both_databases() {
    let database = Database::create();
    let (mut sqlite, mut postgres) = (Outcome::default(), Outcome::default());
    for (name, text) in files() {
        // SpiceDB knows no organizations: the type must not be one.
        let Ok(file) = parsed(&text.replace("organization", "organisation")) else { continue };
        let on_sqlite = SqlEngine::sqlite(":memory:", file.model().clone()).await;
        let on_postgres = SqlEngine::postgres(database.url(), file.model().clone());
        for (engine, outcome) in [(on_sqlite, &mut sqlite), (on_postgres, &mut postgres)] {
            let report = match engine {
                Ok(engine) => run(&engine, &file).await,
                Err(error) => Err(error.to_string()),
            };
            outcome.add(name.clone(), report);
        }
        database.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
    for (name, outcome) in [("SQLite", sqlite), ("PostgreSQL", postgres)] {
        // None that the model's parser takes.
        outcome.holds(name, "");
    }
}

async fn run(engine: &SqlEngine, file: &ValidationFile) -> Result<Report, String> {
    engine.migrate().await.expect("the tables");
    let now = SystemTime::now();
    // What has expired cannot be written, and has no effect.
    let relationships = file.relationships().iter().filter(|it| it.expires_at.is_none_or(|expires| expires > now));
    let changes: Vec<Change> = relationships.map(|it| Change::create(None, it.clone())).collect();
    for part in changes.chunks(1_000) {
        let _ = engine.write(part, "user:test", "a file").await.map_err(|error| error.to_string())?;
    }
    let check = |assertion: &Assertion| {
        let Assertion { resource, permission, subject, .. } = assertion;
        let context = Context::new(None, Duration::from_secs(20));
        let question = Question { resource, permission, subject, context };
        let decided = tokio::runtime::Handle::current().block_on(engine.check(&question));
        decided.map(|decision| decision.allowed)
    };
    Ok(tokio::task::block_in_place(|| file.run_with(check)))
}
