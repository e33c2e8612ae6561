//! Writes: all changes or none, one writer of an organization at a time.
//!
//! A write first locks the epoch of each organization that it changes, and the epoch of the levels above: shared, or
//! alone if it changes those levels. What it then reads (the last owner, a cycle) stays so until it commits.

mod change;
mod cycle;
mod erasure;
mod error;
mod guards;
mod holder;
mod on_behalf;
mod validation;

pub use change::{Change, Operation, Written};
pub(super) use cycle::CycleChecks;
pub use erasure::DeletedOrganization;
pub use error::WriteError;
pub(super) use guards::{Guards, NamedGuard};
pub(super) use holder::LastHolder;

use super::database::{Cell, Session, Value};
use super::dialect::Dialect;
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::{parts, seconds, until};
use crate::ObjectRef;
use std::collections::BTreeSet;
use std::time::{Instant, SystemTime};
use uuid::Uuid;

/// How many times as long as for a connection a whole write may take.
const PATIENCE: u32 = 6;

impl SqlEngine {
    /// Applies changes in one transaction, and records the account `by` and the `reason` in the log.
    ///
    /// It raises the epoch of each organization in which a permission may have been taken away (for the levels above:
    /// of every organization): by a delete, an expiry that comes earlier, or one more relationship of a relation that
    /// is used negatively.
    ///
    /// # Errors
    /// [`WriteError`]: each names what to do. Nothing has happened then. When the database does not answer the commit,
    /// it may have happened.
    pub async fn write(&self, changes: &[Change], by: &str, reason: &str) -> Result<Written, WriteError> {
        self.write_by(changes, by, reason, None).await
    }

    /// `actor`: the person who must be allowed to make the changes.
    async fn write_by(
        &self,
        changes: &[Change],
        by: &str,
        reason: &str,
        actor: Option<&ObjectRef>,
    ) -> Result<Written, WriteError> {
        attributed(by, reason)?;
        validation::validate(&self.inner.model, &self.inner.levels, changes, SystemTime::now())?;
        if changes.is_empty() {
            return Ok(Written::default());
        }
        let log = Log { by, reason };
        let organizations: BTreeSet<_> = changes.iter().map(|change| change.organization).collect();
        let done = until(self.patience(), async {
            let mut session = self.locked(&organizations).await?;
            let written = async {
                if let Some(actor) = actor {
                    self.may_write(&mut *session, actor, changes).await?;
                }
                self.apply(&mut *session, changes, &log).await
            };
            let written = written.await;
            finished(session, written).await
        });
        done.await?
    }

    /// When a write that begins now ends at the latest. What is dropped then closes the connection, and the database
    /// undoes what was not committed.
    fn patience(&self) -> Instant {
        Instant::now() + self.inner.wait * PATIENCE
    }

    /// Begins a transaction in which no other writer changes these organizations.
    async fn locked(&self, organizations: &BTreeSet<Option<Uuid>>) -> Result<Box<dyn Session>, EngineError> {
        let mut session = self.session().await?;
        session.begin().await?;
        self.lock(&mut *session, organizations).await?;
        Ok(session)
    }

    /// The levels above organizations come first (`None` sorts first), then organizations in order, so that no two
    /// writes wait for each other.
    async fn lock(&self, session: &mut dyn Session, organizations: &BTreeSet<Option<Uuid>>) -> Result<(), EngineError> {
        if !organizations.contains(&None) {
            let rows = session.rows(self.inner.fixed.share_upper.with(Vec::new())).await?;
            if rows.is_empty() {
                return Err(EngineError::Answer("the epoch of the levels above organizations is missing"));
            }
        }
        for organization in organizations {
            self.raise(session, *organization, 0).await?;
        }
        Ok(())
    }

    async fn raise(&self, session: &mut dyn Session, organization: Option<Uuid>, by: i64) -> Result<(), EngineError> {
        let values = vec![Value::Org(Some(organization.unwrap_or(Uuid::nil()))), Value::Int(by)];
        session.rows(self.inner.fixed.raise.with(values)).await?;
        Ok(())
    }

    /// A permitted statement compares its organization's epoch alone. This waits for the writers of every organization,
    /// which hold the epoch of the levels above.
    pub(super) async fn raise_all(&self, session: &mut dyn Session) -> Result<(), EngineError> {
        session.execute(self.inner.fixed.raise_all.with(Vec::new())).await?;
        Ok(())
    }

    async fn apply(&self, session: &mut dyn Session, changes: &[Change], log: &Log<'_>) -> Result<Written, WriteError> {
        let (mut written, mut taken, mut done) = (Written::default(), BTreeSet::new(), Vec::new());
        for change in changes {
            let takes = match change.operation {
                Operation::Delete if self.delete(session, change).await? == 0 => {
                    written.not_found += 1;
                    continue;
                }
                Operation::Delete => {
                    self.log(session, log, line(change)?).await?;
                    written.deleted += 1;
                    true
                }
                Operation::Touch | Operation::Create => {
                    let stored = self.store(session, change, log).await?;
                    written.stored += 1;
                    written.unchanged += usize::from(stored.unchanged);
                    stored.takes
                }
            };
            if takes {
                taken.insert(change.organization);
            }
            done.push(change);
        }
        self.outcome_is_allowed(session, &done).await?;
        self.raise_each(session, &taken).await?;
        Ok(written)
    }

    /// Only once all is done: what one change takes away another one may give, in whatever order.
    async fn outcome_is_allowed(&self, session: &mut dyn Session, done: &[&Change]) -> Result<(), WriteError> {
        for change in done {
            self.inner.cycles.check(session, change).await?;
            for holder in &self.inner.last_holders {
                holder.check(session, &self.inner.fixed, change).await?;
            }
        }
        Ok(())
    }

    /// Raises the epochs of the organizations and levels in which a permission may have been taken away. What is above
    /// organizations counts in each of them.
    async fn raise_each(&self, session: &mut dyn Session, taken: &BTreeSet<Option<Uuid>>) -> Result<(), EngineError> {
        if taken.contains(&None) {
            return self.raise_all(session).await;
        }
        for organization in taken {
            self.raise(session, *organization, 1).await?;
        }
        Ok(())
    }

    /// Deletes a relationship; returns how many there were.
    async fn delete(&self, session: &mut dyn Session, change: &Change) -> Result<usize, WriteError> {
        Ok(session.execute(self.inner.fixed.delete.with(named(change))).await?)
    }

    /// Stores a relationship, and writes the line of the log.
    async fn store(&self, session: &mut dyn Session, change: &Change, log: &Log<'_>) -> Result<Stored, WriteError> {
        let fixed = &self.inner.fixed;
        let expires = expiry(change)?;
        let mut values = named(change);
        let before = match self.inner.dialect {
            // The line of the log is written where the relationship is stored, and nowhere else.
            Dialect::Postgres => {
                values.extend([Value::MaybeInt(expires), Value::Text(log.by.to_owned())]);
                let Line { operation, what, .. } = line(change)?;
                values.extend([log.reason, operation, &what].map(|text| Value::Text(text.to_owned())));
                let text =
                    if change.operation == Operation::Create { &fixed.create_logged } else { &fixed.touch_logged };
                session.rows(text.with(values)).await?.pop().ok_or_else(|| exists(change))?
            }
            Dialect::Sqlite => {
                let found = session.rows(fixed.find.with(values.clone())).await?.pop();
                values.extend([Value::MaybeInt(expires), Value::Text(log.by.to_owned())]);
                let text = if change.operation == Operation::Create { &fixed.create } else { &fixed.touch };
                // A touch always stores.
                if session.execute(text.with(values)).await? == 0 {
                    return Err(exists(change));
                }
                self.log(session, log, line(change)?).await?;
                found.unwrap_or_else(|| vec![Cell::Int(0), Cell::Null])
            }
        };
        let (earlier, unchanged) = match before[..] {
            [Cell::Int(0), Cell::Null] => (false, false),
            [Cell::Int(1), Cell::Null] => (expires.is_some(), expires.is_none()),
            [Cell::Int(1), Cell::Int(before)] => (expires.is_some_and(|now| now < before), expires == Some(before)),
            _ => return Err(EngineError::Answer("what was stored before is not readable").into()),
        };
        let relation = (change.relationship.resource.kind().to_owned(), change.relationship.relation.clone());
        Ok(Stored { takes: earlier || self.inner.negative.contains(&relation), unchanged })
    }

    async fn log(&self, session: &mut dyn Session, log: &Log<'_>, line: Line<'_>) -> Result<(), EngineError> {
        let values = vec![
            Value::Org(line.organization),
            Value::Text(log.by.to_owned()),
            Value::Text(log.reason.to_owned()),
            Value::Text(line.operation.to_owned()),
            Value::Text(line.what),
            Value::MaybeInt(line.expires),
        ];
        session.execute(self.inner.fixed.log.with(values)).await?;
        Ok(())
    }
}

/// Commits what was done, or undoes all of it.
async fn finished<T>(
    mut session: Box<dyn Session>,
    done: Result<T, WriteError>,
) -> Result<Result<T, WriteError>, EngineError> {
    match &done {
        Ok(_) => session.commit().await?,
        // The connection is closed.
        Err(WriteError::Engine(_)) => return Ok(done),
        Err(_) => session.rollback().await?,
    }
    session.keep();
    Ok(done)
}

/// What storing a relationship did.
struct Stored {
    /// A permission may have been taken away.
    takes: bool,
    /// It was stored before, with the same expiry.
    unchanged: bool,
}

/// What each line of the log says.
struct Log<'a> {
    by: &'a str,
    reason: &'a str,
}

/// The rest of a line.
struct Line<'a> {
    organization: Option<Uuid>,
    operation: &'a str,
    what: String,
    expires: Option<i64>,
}

fn attributed(by: &str, reason: &str) -> Result<(), WriteError> {
    if by.trim().is_empty() || reason.trim().is_empty() { Err(WriteError::Unattributed) } else { Ok(()) }
}

/// The six names of a relationship, and its organization.
fn named(change: &Change) -> Vec<Value> {
    let relationship = &change.relationship;
    let (kind, id, relation) = parts(&relationship.subject);
    let resource = &relationship.resource;
    let names = [resource.kind(), resource.id(), &relationship.relation, kind, id, relation];
    let names = names.map(|name| Value::Text(name.to_owned()));
    names.into_iter().chain([Value::Org(change.organization)]).collect()
}

fn exists(change: &Change) -> WriteError {
    WriteError::Exists { relationship: change.relationship.to_string() }
}

fn line(change: &Change) -> Result<Line<'static>, EngineError> {
    let (expires, what) = (expiry(change)?, change.relationship.to_string());
    Ok(Line { organization: change.organization, operation: change.operation.name(), what, expires })
}

fn expiry(change: &Change) -> Result<Option<i64>, EngineError> {
    match change.operation {
        // A delete looks at no expiry.
        Operation::Delete => Ok(None),
        Operation::Touch | Operation::Create => change.relationship.expires_at.map(seconds).transpose(),
    }
}
