//! Transactions and savepoints, which begin with the first statement inside them.

use super::conn::{PgConn, TIME_ZONE};
use super::error::translated;
use super::pipelined::{Pipelined, Step, batch};
use super::transaction_state::Transaction;
use diesel::QueryResult;
use diesel::result::Error::{NotInTransaction, RollbackTransaction};
use std::sync::atomic::Ordering;

/// What a session remembers beyond its transaction. The seed is taken from the server's own randomness.
const FORGET: &str = "SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD SEQUENCES; \
    SELECT pg_catalog.setseed(pg_catalog.uuid_hash_extended(pg_catalog.gen_random_uuid(), 0)::pg_catalog.float8 \
    OPERATOR(pg_catalog./) 9223372036854775808::pg_catalog.float8)";

impl PgConn {
    pub(super) fn begin(&mut self) {
        if !self.transaction.is_open() {
            self.health.failed.store(false, Ordering::Relaxed);
        }
        self.transaction.begin();
    }

    /// Commits, or leaves a savepoint.
    ///
    /// After a statement that failed the server would answer COMMIT by rolling back, without an error.
    pub(super) async fn commit(&mut self) -> QueryResult<()> {
        if !self.transaction.is_open() {
            return Err(NotInTransaction);
        }
        if self.health.has_failed() {
            self.rollback().await?;
            return Err(RollbackTransaction);
        }
        if self.transaction.depth > 1 {
            self.transaction.leave(true);
            return Ok(());
        }
        self.end("COMMIT").await
    }

    pub(super) async fn rollback(&mut self) -> QueryResult<()> {
        if !self.transaction.is_open() {
            return Err(NotInTransaction);
        }
        if self.transaction.depth > 1 {
            if self.transaction.leave(false) {
                self.health.failed.store(false, Ordering::Relaxed);
            }
            return Ok(());
        }
        self.transaction.pending.clear();
        self.end("ROLLBACK").await
    }

    /// Ends the outermost transaction; the server hears of it only if it heard of its begin.
    async fn end(&mut self, how: &str) -> QueryResult<()> {
        let (mut steps, raw) = (Vec::new(), self.raw);
        if self.transaction.begun {
            let unsent = self.transaction.take_pending();
            steps.extend(unsent.map(|savepoints| batch(&self.client, savepoints)));
            if how == "COMMIT" && self.health.pending.load(Ordering::Relaxed) {
                // The response of a statement was not read: it may have failed. Then this fails, where COMMIT would not.
                steps.push(batch(&self.client, "SELECT 1"));
            }
            steps.extend(self.ending(how));
        }
        let mut sent = Vec::new();
        for step in steps {
            sent.push(Pipelined::send(step));
        }
        let mut ended = Ok(());
        for step in sent {
            ended = ended.and(self.driver.response(step).await);
        }
        if raw && ended.is_err() {
            // The server skipped what gives back raw SQL's locks, which outlive the transaction.
            self.health.give_up();
        }
        // Also after a COMMIT that was refused: the server has ended the transaction.
        self.transaction = Transaction::default();
        ended.map_err(translated)
    }

    /// What ends a transaction. Raw SQL may have changed the session's settings, taken its locks, drawn numbers and set the seed
    /// of `random()`: they go with it.
    pub(super) fn ending(&mut self, how: &str) -> Vec<Step> {
        if !std::mem::take(&mut self.raw) {
            return vec![batch(&self.client, how)];
        }
        let mut steps = Vec::new();
        if how == "COMMIT" {
            // After a statement that failed this is refused; then COMMIT rolls the settings back with all else.
            steps.push(batch(&self.client, format!("RESET ALL; {TIME_ZONE}")));
        }
        steps.push(batch(&self.client, format!("{how}; {FORGET}")));
        steps
    }
}
