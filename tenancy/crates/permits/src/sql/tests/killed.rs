//! The database is killed at random while relationships are written and asked about: nothing is allowed that was not, and no
//! relationship is lost or doubled.
//!
//! `TENANCY_PERMITS_KILLS` sets how often the database is killed; 500 take about ten minutes.

use super::{A, B, Change, Context, MODEL, Question, SqlEngine, model, object, relationship, subject};
use crate::sql::{Filter, Operation};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tenancy_test_support::pg::OwnServer;
use uuid::Uuid;

/// How many relationships each writer changes, one after the other.
const EACH: u64 = 40;

/// What is known of one relationship. Raised before and after each write: odd while a write is under way or its outcome is not known.
#[derive(Default)]
struct Known {
    version: AtomicU64,
    stored: AtomicBool,
}

struct World {
    engine: SqlEngine,
    /// Of A, and of B.
    known: [Vec<Known>; 2],
    ended: AtomicBool,
    written: AtomicU64,
    unknown: AtomicU64,
    answered: AtomicU64,
    refused: AtomicU64,
}

fn text(of: u64) -> String {
    format!("folder:{of}#viewer@user:{of}")
}

impl World {
    fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Writes until an outcome is known. A write whose answer was lost is written again: it has the same effect.
    async fn settle(&self, org: Uuid, of: u64, operation: Operation, random: &mut fastrand::Rng) {
        let change = match operation {
            Operation::Delete => Change::delete(Some(org), relationship(&text(of))),
            _ => Change::touch(Some(org), relationship(&text(of))),
        };
        loop {
            let changes = [change.clone()];
            let write = self.engine.write(&changes, "user:writer", "a trial");
            // Some callers do not wait for the answer.
            let patience = if random.u8(..) < 40 { random.u64(0..3_000) } else { 30_000_000 };
            match tokio::time::timeout(Duration::from_micros(patience), write).await {
                Ok(Ok(_)) => break,
                Ok(Err(_)) | Err(_) => self.unknown.fetch_add(1, Ordering::SeqCst),
            };
            tokio::task::yield_now().await;
        }
        self.written.fetch_add(1, Ordering::SeqCst);
    }

    async fn writer(self: Arc<Self>, place: usize, first: u64, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        while !self.ended() {
            let of = first + random.u64(..EACH);
            let known = &self.known[place][usize::try_from(of).expect("few")];
            let stored = !known.stored.load(Ordering::SeqCst);
            known.version.fetch_add(1, Ordering::SeqCst);
            let operation = if stored { Operation::Touch } else { Operation::Delete };
            self.settle([A, B][place], of, operation, &mut random).await;
            known.stored.store(stored, Ordering::SeqCst);
            known.version.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// An answer counts when nothing was written meanwhile.
    async fn asker(self: Arc<Self>, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        while !self.ended() {
            let (place, of) = (random.usize(..2), random.u64(..2 * EACH));
            let known = &self.known[place][usize::try_from(of).expect("few")];
            let before = known.version.load(Ordering::SeqCst);
            let stored = known.stored.load(Ordering::SeqCst);
            let (resource, of) = (object(&format!("folder:{of}")), subject(&format!("user:{of}")));
            let context = Context::new(Some([A, B][place]), Duration::from_secs(30));
            let question = Question { resource: &resource, permission: "view", subject: &of, context };
            let Ok(answer) = self.engine.check(&question).await else {
                self.refused.fetch_add(1, Ordering::SeqCst);
                continue;
            };
            if before.is_multiple_of(2) && known.version.load(Ordering::SeqCst) == before {
                assert_eq!(answer.allowed, stored, "{resource}, {of}, {place}");
                self.answered.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// What is stored is what is known, once each.
    async fn compare(&self) {
        for (place, org) in [A, B].into_iter().enumerate() {
            let read = self.engine.read(Some(org), &Filter::All, 10_000).await.expect("relationships");
            let stored: Vec<String> = read.iter().map(|stored| stored.relationship.to_string()).collect();
            let once: BTreeSet<String> = stored.iter().cloned().collect();
            assert_eq!(once.len(), stored.len(), "doubled");
            let known = self.known[place].iter().enumerate();
            let expected = known.filter(|(_, known)| known.stored.load(Ordering::SeqCst));
            let expected: BTreeSet<String> = expected.map(|(of, _)| text(of as u64)).collect();
            assert_eq!(once, expected);
        }
    }
}

/// Kills a process of the server's, at random: all connections break, and the server recovers what was committed. Whether there
/// was one: the server may be away still.
fn kill(server: &OwnServer) -> bool {
    let backends = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() \
                    ORDER BY random() LIMIT 1";
    let Ok(pid) = server.try_as_owner(backends) else { return false };
    let pid = pid.trim();
    !pid.is_empty() && Command::new("kill").args(["-KILL", pid]).status().expect("`kill` is installed").success()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_is_killed_under_load_allows_nothing_and_loses_nothing() {
    let kills: u64 = std::env::var("TENANCY_PERMITS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let server = OwnServer::start();
    // The server of the tests does not wait for the log of its transactions. What is lost with it would be its own fault.
    server.psql("ALTER ROLE owner SET synchronous_commit = on");
    let engine = SqlEngine::postgres(server.url(), model(MODEL)).expect("an engine");
    engine.migrate().await.expect("the tables");
    let known = || (0..2 * EACH).map(|_| Known::default()).collect();
    let world = Arc::new(World {
        engine,
        known: [known(), known()],
        ended: AtomicBool::new(false),
        written: AtomicU64::new(0),
        unknown: AtomicU64::new(0),
        answered: AtomicU64::new(0),
        refused: AtomicU64::new(0),
    });
    let mut tasks = Vec::new();
    for (number, (place, first)) in [(0, 0), (0, EACH), (1, 0), (1, EACH)].into_iter().enumerate() {
        tasks.push(tokio::spawn(Arc::clone(&world).writer(place, first, number as u64)));
        tasks.push(tokio::spawn(Arc::clone(&world).asker(number as u64 + 100)));
    }
    for killed in 0..kills {
        let (written, answered) = (world.written.load(Ordering::SeqCst), world.answered.load(Ordering::SeqCst));
        let moved = || {
            world.written.load(Ordering::SeqCst) > written + 10 + killed % 20
                && world.answered.load(Ordering::SeqCst) > answered + 10
        };
        while !moved() {
            assert!(tasks.iter().all(|task| !task.is_finished()), "a task ended: see above");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while !tokio::task::block_in_place(|| kill(&server)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    world.ended.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.expect("no answer was wrong");
    }
    while world.engine.read(Some(A), &Filter::All, 10_000).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.compare().await;
    let count = |number: &AtomicU64| number.load(Ordering::SeqCst);
    let (unknown, refused) = (count(&world.unknown), count(&world.refused));
    eprintln!(
        "{} written, {unknown} without an answer; {} answers, {refused} refused",
        count(&world.written),
        count(&world.answered)
    );
    assert!(unknown > 0 && refused > 0, "the kills met nothing");
}
