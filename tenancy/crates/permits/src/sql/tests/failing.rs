//! Nothing is allowed by a failure.

use super::super::database::{BoxFuture, Cell, Database, Session, Statement};
use super::super::engine::Inner;
use super::{A, Context, EngineError, Fixture, MODEL, SqlEngine, both, context, model, object, plain, subject};
use crate::ObjectRef;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tenancy::db::PoolStatus;

/// A database that counts statements and may answer with other rows.
struct Between {
    database: Box<dyn Database>,
    statements: Arc<AtomicUsize>,
    rows: Arc<Mutex<Option<Vec<Vec<Cell>>>>>,
}

struct BetweenSession {
    session: Box<dyn Session>,
    statements: Arc<AtomicUsize>,
    rows: Arc<Mutex<Option<Vec<Vec<Cell>>>>>,
}

impl Database for Between {
    fn lend(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, EngineError>> {
        Box::pin(async move {
            let session = self.database.lend(wait).await?;
            let (statements, rows) = (Arc::clone(&self.statements), Arc::clone(&self.rows));
            Ok(Box::new(BetweenSession { session, statements, rows }) as Box<dyn Session>)
        })
    }

    fn status(&self) -> PoolStatus {
        self.database.status()
    }
}

impl Session for BetweenSession {
    fn rows<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<Vec<Vec<Cell>>, EngineError>> {
        self.statements.fetch_add(1, Ordering::SeqCst);
        let canned = self.rows.lock().expect("a lock").clone();
        match canned {
            Some(rows) => Box::pin(async { Ok(rows) }),
            None => self.session.rows(statement),
        }
    }

    fn execute<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<usize, EngineError>> {
        self.statements.fetch_add(1, Ordering::SeqCst);
        self.session.execute(statement)
    }

    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), EngineError>> {
        self.statements.fetch_add(1, Ordering::SeqCst);
        self.session.script(sql)
    }

    fn begin(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        self.statements.fetch_add(1, Ordering::SeqCst);
        self.session.begin()
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        self.session.commit()
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        self.session.rollback()
    }

    fn keep(self: Box<Self>) {
        self.session.keep();
    }
}

type Canned = Arc<Mutex<Option<Vec<Vec<Cell>>>>>;

/// Puts a counter between the engine and its database.
fn between(fixture: Fixture) -> (Fixture, Arc<AtomicUsize>, Canned) {
    let Fixture { engine, database } = fixture;
    let Ok(inner) = Arc::try_unwrap(engine.inner) else { panic!("the engine has clones") };
    let (statements, rows) = (Arc::default(), Arc::default());
    let between = Between { database: inner.database, statements: Arc::clone(&statements), rows: Arc::clone(&rows) };
    let inner = Inner { database: Box::new(between), ..inner };
    (Fixture { engine: SqlEngine { inner: Arc::new(inner) }, database }, statements, rows)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_one_statement() {
    for fixture in both(MODEL, plain).await {
        fixture
            .give(Some(A), &["folder:1#parent@folder:2", "folder:2#viewer@team:1#member", "team:1#member@user:1"])
            .await;
        let (fixture, statements, _) = between(fixture);
        let asked = context(Some(A));
        assert!(fixture.ask(asked, "folder:1", "view", "user:1").await.expect("an answer").allowed);
        assert_eq!(statements.swap(0, Ordering::SeqCst), 1);
        let resources = ["1", "2", "3"].map(|id| ObjectRef::new("folder", id).expect("an id"));
        let _ = fixture.engine.check_many(&resources, "view", &subject("user:1"), &asked).await.expect("answers");
        assert_eq!(statements.swap(0, Ordering::SeqCst), 1);
        let _ = fixture.engine.lookup_resources("folder", "view", &subject("user:1"), 9, &asked).await.expect("a list");
        assert_eq!(statements.swap(0, Ordering::SeqCst), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_another_shape_is_an_error() {
    for fixture in both(MODEL, plain).await {
        let (fixture, _, rows) = between(fixture);
        let yes = vec![Cell::Int(1), Cell::Int(0), Cell::Int(0)];
        let none = vec![Cell::Null, Cell::Int(0), Cell::Int(0)];
        for canned in [vec![], vec![yes.clone(), yes.clone()], vec![none], vec![vec![]]] {
            *rows.lock().expect("a lock") = Some(canned);
            let refused = fixture.ask(context(Some(A)), "folder:1", "view", "user:1").await;
            assert!(matches!(refused, Err(EngineError::Answer(_))), "{refused:?}");
        }
        *rows.lock().expect("a lock") = Some(vec![yes]);
        let many =
            fixture.engine.check_many(&[object("folder:1")], "view", &subject("user:1"), &context(Some(A))).await;
        assert!(matches!(many, Err(EngineError::Answer(_))), "{many:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_the_model_lacks_and_questions_that_are_too_large_are_errors() {
    for fixture in both(MODEL, plain).await {
        let asked = context(Some(A));
        let refused = fixture.ask(asked, "folder:1", "delete", "user:1").await;
        assert!(matches!(refused, Err(EngineError::UnknownPermission { .. })), "{refused:?}");
        for (resource, of) in [("nothing:1", "user:1"), ("folder:1", "nothing:1")] {
            let refused = fixture.ask(asked, resource, "view", of).await;
            assert!(matches!(refused, Err(EngineError::UnknownType { .. })), "{refused:?}");
        }
        let refused = fixture.ask(asked, "folder:1", "view", "team:1#nothing").await;
        assert!(matches!(refused, Err(EngineError::UnknownPermission { .. })), "{refused:?}");
        let many: Vec<ObjectRef> =
            (0..1_001).map(|id| ObjectRef::new("folder", id.to_string()).expect("an id")).collect();
        let refused = fixture.engine.check_many(&many, "view", &subject("user:1"), &asked).await;
        assert!(matches!(refused, Err(EngineError::TooMany { .. })), "{refused:?}");
        assert_eq!(
            fixture.engine.check_many(&many[..1_000], "view", &subject("user:1"), &asked).await.expect("answers").len(),
            1_000
        );
        let mixed = [object("folder:1"), object("invoice:1")];
        let refused = fixture.engine.check_many(&mixed, "view", &subject("user:1"), &asked).await;
        assert!(matches!(refused, Err(EngineError::MixedTypes)), "{refused:?}");
        let none = fixture.engine.check_many(&[], "view", &subject("user:1"), &asked).await.expect("no answers");
        assert!(none.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tables_or_a_server_there_is_no_answer() {
    let sqlite = SqlEngine::sqlite(":memory:", model(MODEL)).await.expect("an engine");
    let postgres = SqlEngine::postgres("postgres://user:password@127.0.0.1:1/none", model(MODEL)).expect("an engine");
    let database = tenancy_test_support::pg::Database::create();
    let empty = SqlEngine::postgres(database.url(), model(MODEL)).expect("an engine");
    for engine in [sqlite, postgres, empty] {
        let fixture = Fixture { engine, database: None };
        let refused = fixture.ask(context(Some(A)), "folder:1", "view", "user:1").await;
        assert!(matches!(refused, Err(EngineError::Database(_))), "{refused:?}");
        assert!(fixture.engine.verify().await.is_err());
    }
}

fn within(milliseconds: u64) -> Context {
    Context { deadline: Instant::now() + Duration::from_millis(milliseconds), ..context(Some(A)) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_hangs_ends_at_its_deadline_and_spoils_no_connection() {
    let [_, fixture] = both(MODEL, |builder| builder.connections(3)).await;
    fixture.give(Some(A), &["folder:1#viewer@user:1"]).await;
    let mut blocker = fixture.engine.session().await.expect("a connection");
    blocker.begin().await.expect("begun");
    blocker.script("BEGIN; LOCK TABLE permission_relationships IN ACCESS EXCLUSIVE MODE").await.expect("locked");
    // More of them than there are connections: each is replaced.
    for _ in 0..5 {
        let begun = Instant::now();
        let refused = fixture.ask(within(200), "folder:1", "view", "user:1").await;
        assert!(matches!(refused, Err(EngineError::Timeout)), "{refused:?}");
        assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    }
    // A caller that stops waiting.
    let dropped =
        tokio::time::timeout(Duration::from_millis(50), fixture.ask(within(9_000), "folder:1", "view", "user:1"));
    assert!(dropped.await.is_err());
    drop(blocker);
    assert!(fixture.allows(Some(A), "folder:1", "view", "user:1").await);
    assert!(!fixture.allows(Some(A), "folder:1", "view", "user:2").await);
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                   AND query LIKE '%permission_relationships%'";
    let database = fixture.database.as_ref().expect("PostgreSQL");
    let until = Instant::now() + Duration::from_secs(5);
    while database.psql(waiting) != "0" {
        assert!(Instant::now() < until, "the server still runs a statement that is not waited for");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_waits_for_a_connection_no_longer_than_its_deadline() {
    for fixture in both(MODEL, |builder| builder.connections(1)).await {
        let only = fixture.engine.session().await.expect("a connection");
        let begun = Instant::now();
        let refused = fixture.ask(within(200), "folder:1", "view", "user:1").await;
        assert!(matches!(refused, Err(EngineError::Timeout | EngineError::Database(_))), "{refused:?}");
        assert!(begun.elapsed() < Duration::from_millis(1_500));
        only.keep();
        assert!(!fixture.allows(Some(A), "folder:1", "view", "user:1").await);
    }
}
