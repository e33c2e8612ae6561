//! The log of writes, for administration.

use super::database::{Cell, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::time;
use super::read::Page;
use std::time::SystemTime;
use uuid::Uuid;

/// A line of the log: one change of one relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// The line's number. Later lines of one organization have higher numbers.
    pub number: i64,
    /// The organization that the relationship's object belongs to. `None`: a level above organizations.
    pub organization: Option<Uuid>,
    /// When it was written, by the database's clock.
    pub written_at: SystemTime,
    /// The account that wrote it, or `erased`.
    pub by: String,
    /// The reason that the account gave, or `erased`.
    pub reason: String,
    /// `touch`, `create` or `delete`; `delete organization` and `delete references` of a deleted organization.
    pub operation: String,
    /// The relationship as a text; `erased`, or how many they were, of a deleted organization.
    pub relationship: String,
    /// The expiry that was written.
    pub expires_at: Option<SystemTime>,
}

impl SqlEngine {
    /// Reads the log of an organization, or of the levels above organizations for `None`, the newest line first.
    ///
    /// `before` is the number of a line: the page then begins with the line before it. Give the last number of a page to
    /// read the next one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_log(
        &self,
        organization: Option<Uuid>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Page<LogLine>, EngineError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut values = vec![Value::Int(before.unwrap_or(i64::MAX)), Value::Int(most)];
        let text = match organization {
            None => &self.inner.fixed.log_above,
            Some(_) => {
                values.push(Value::Org(organization));
                &self.inner.fixed.log_within
            }
        };
        let mut session = self.session().await?;
        let rows = session.rows(text.with(values)).await?;
        session.keep();
        Page::of(rows, limit, line)
    }
}

fn line(row: Vec<Cell>) -> Result<LogLine, EngineError> {
    const UNREADABLE: EngineError = EngineError::Answer("a line of the log is not readable");
    let row: [Cell; 8] = row.try_into().map_err(|_| UNREADABLE)?;
    let [
        Cell::Int(number),
        organization,
        Cell::Int(written_at),
        Cell::Text(by),
        Cell::Text(reason),
        Cell::Text(operation),
        Cell::Text(relationship),
        expires,
    ] = row
    else {
        return Err(UNREADABLE);
    };
    let organization = match organization {
        Cell::Null => None,
        Cell::Org(organization) => Some(organization),
        _ => return Err(UNREADABLE),
    };
    let expires_at = match expires {
        Cell::Null => None,
        Cell::Int(expires) => Some(time(expires).ok_or(UNREADABLE)?),
        _ => return Err(UNREADABLE),
    };
    let written_at = time(written_at).ok_or(UNREADABLE)?;
    Ok(LogLine { number, organization, written_at, by, reason, operation, relationship, expires_at })
}
