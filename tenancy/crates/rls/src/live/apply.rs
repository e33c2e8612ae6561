//! The run.

use super::error::LiveError;
use super::json::json;
use super::trust;
use crate::locked_reads::{self, PATH};
use crate::plan::{Advice, Plan, Step, Validation};
use diesel::result::{DatabaseErrorKind, Error};
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
    /// The rows of a table are about to be looked at.
    Validating {
        /// What for.
        validation: &'a Validation,
    },
}

/// Runs a plan's steps, in order.
///
/// On PostgreSQL in one transaction: a wall is built whole or not at all. Elsewhere one statement a transaction; a run
/// that stopped half-way may be run again. No statement waits longer than 5 s for a lock: behind a waiting `ALTER TABLE`
/// every query of the table would wait too.
///
/// After that the plan's [validations](Plan::validations) are tried on PostgreSQL, each in a transaction of its own and
/// for at most a minute. Returned is what is left for a person: the plan's advice, and what did not hold.
///
/// # Errors
/// At the first step that fails, and when the connection is lost.
pub async fn apply(
    conn: &mut AsyncPgConnection,
    plan: &Plan,
    mut report: impl FnMut(Progress<'_>),
) -> Result<Vec<Advice>, LiveError> {
    let mut left = plan.advice.clone();
    if !plan.target.one_transaction() {
        conn.batch_execute(&format!("SET search_path = {PATH}")).await.map_err(LiveError::Catalog)?;
        let done = match trust::event_triggers(conn).await {
            Ok(()) => steps(conn, plan, &mut report).await,
            untrusted => untrusted,
        };
        conn.batch_execute("RESET search_path").await.map_err(LiveError::Catalog)?;
        done?;
        left.extend(plan.validations.iter().map(|look| look.advice(look.reason.clone())));
        return Ok(left);
    }
    // Names in the steps mean what they should, whatever the database's owner has set for its sessions.
    let begin = format!("BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL search_path = {PATH}");
    conn.batch_execute(&begin).await.map_err(LiveError::Catalog)?;
    let done = match trust::event_triggers(conn).await {
        Ok(()) => steps(conn, plan, &mut report).await,
        untrusted => untrusted,
    };
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = conn.batch_execute(end).await.map_err(LiveError::Catalog);
    done.and(ended)?;
    if !plan.validations.is_empty() {
        let sees_all = sees_all(conn).await?;
        for look in &plan.validations {
            report(Progress::Validating { validation: look });
            left.extend(validate(conn, look, sees_all).await?);
        }
    }
    Ok(left)
}

/// Whether the connected role is exempt from row-level security: then FORCE need not be lifted, and no other session waits.
async fn sees_all(conn: &mut AsyncPgConnection) -> Result<bool, LiveError> {
    // Outside of a transaction of ours: the search path is the session's.
    let sql = "SELECT (rolsuper OR rolbypassrls)::pg_catalog.text AS json FROM pg_catalog.pg_roles \
               WHERE rolname OPERATOR(pg_catalog.=) current_user AND $1 OPERATOR(pg_catalog.=) $2";
    json(conn, sql, "", "").await
}

/// The advice that is left when it does not hold, or could not be looked at now.
async fn validate(
    conn: &mut AsyncPgConnection,
    look: &Validation,
    sees_all: bool,
) -> Result<Option<Advice>, LiveError> {
    // A minute under a lock that blocks every other session is long enough; a larger table is validated at a chosen hour.
    let begin = format!(
        "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'; SET LOCAL search_path = {PATH}; {}",
        locked_reads::lock(&look.reads, true)
    );
    let statements = if sees_all { vec![look.check.clone()] } else { look.statements() };
    let looked = async {
        conn.batch_execute(&begin).await?;
        // The server looks at the rows with a query, whose planning evaluates expressions of both tables' indexes.
        if let Some(why) = locked_reads::reads(conn, &look.reads).await?.into_iter().flatten().next() {
            return Ok(Some(why));
        }
        conn.batch_execute(&[statements.join(";\n"), "COMMIT".to_owned()].join(";\n")).await.map(|()| None)
    };
    let why = match looked.await {
        Ok(None) => return Ok(None),
        Ok(Some(untrusted)) => Ok(untrusted),
        Err(why) => Err(why),
    };
    conn.batch_execute("ROLLBACK").await.map_err(LiveError::Catalog)?;
    let reason = match why {
        Ok(why) => {
            format!("it was not looked at: {why}, which would run with this role's rights; run it as the tables' owner")
        }
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
            "rows that exist break it: a child's parent is of another organization, or there is none".to_owned()
        }
        Err(why @ Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => return Err(LiveError::Catalog(why)),
        // A lock that is held, a table too large for a minute, a table of another owner.
        Err(_) => {
            "it could not be looked at now: the table is busy, too large for a minute, or not this role's".to_owned()
        }
    };
    Ok(Some(look.advice(reason)))
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
