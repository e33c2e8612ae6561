//! The run.

use super::LiveError;
use crate::rls::plan::{Plan, Step};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use std::time::{Duration, Instant};

/// What [`apply`] reports while it runs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A step is about to run.
    Started {
        /// From 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// The step.
        step: &'a Step,
    },
    /// The step is done.
    Done {
        /// The step.
        step: &'a Step,
        /// How long it took.
        took: Duration,
    },
}

/// Runs a plan's steps, in order.
///
/// On PostgreSQL in one transaction: a wall is built whole or not at all. Elsewhere one statement a transaction; a run
/// that stopped half-way may be run again. No statement waits longer than 5 s for a lock: behind a waiting `ALTER TABLE`
/// every query of the table would wait too.
///
/// # Errors
/// At the first step that fails.
pub async fn apply(
    conn: &mut AsyncPgConnection,
    plan: &Plan,
    mut report: impl FnMut(Progress<'_>),
) -> Result<(), LiveError> {
    if !plan.target.one_transaction() {
        return steps(conn, plan, &mut report).await;
    }
    conn.batch_execute("BEGIN; SET LOCAL lock_timeout = '5s'").await.map_err(LiveError::Catalog)?;
    let done = steps(conn, plan, &mut report).await;
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = conn.batch_execute(end).await.map_err(LiveError::Catalog);
    done.and(ended)
}

async fn steps(
    conn: &mut AsyncPgConnection,
    plan: &Plan,
    report: &mut impl FnMut(Progress<'_>),
) -> Result<(), LiveError> {
    for (index, step) in plan.steps.iter().enumerate() {
        report(Progress::Started { number: index + 1, of: plan.steps.len(), step });
        let started = Instant::now();
        for statement in &step.up {
            // A single statement sent alone is a transaction of its own.
            let failed = |source| LiveError::Step { id: step.id.clone(), source };
            conn.batch_execute(statement).await.map_err(failed)?;
        }
        report(Progress::Done { step, took: started.elapsed() });
    }
    Ok(())
}
