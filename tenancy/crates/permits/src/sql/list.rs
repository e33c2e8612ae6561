//! Lists: the objects of a type by their permission, with one statement.

use super::database::{Cell, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::question::Context;
use crate::SubjectRef;

/// On which objects of a type a subject has a permission: those in `exceptions`, or all but those.
///
/// A member of an organization often has a permission on all of its objects, so that no list of them could be short.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Whether the subject has the permission on an object that is not in `exceptions`.
    pub otherwise: bool,
    /// The ids for which the opposite holds, sorted, each once.
    pub exceptions: Vec<String>,
    /// The epoch of the organization.
    pub organization_epoch: i64,
    /// The epoch of the levels above organizations.
    pub upper_epoch: i64,
}

impl Listed {
    /// Returns whether the subject has the permission on the object with this id.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.exceptions.binary_search_by(|exception| exception.as_str().cmp(id)).is_ok() != self.otherwise
    }
}

impl SqlEngine {
    /// Answers, with one statement, on which objects of a type the subject has a permission. An object whose relation to the
    /// organization is implied need not occur in any relationship.
    ///
    /// The costs grow with the relationships that lead from the subject backwards, to objects of all types.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when there are more than `limit` exceptions. Nothing is returned in part.
    pub async fn list(
        &self,
        kind: &str,
        permission: &str,
        subject: &SubjectRef,
        limit: usize,
        context: &Context,
    ) -> Result<Listed, EngineError> {
        let compiled = self.compiled(kind, permission)?;
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let values = self.values(subject, Value::Int(most), context)?;
        let rows = self.ask(context.deadline, compiled.list.with(values));
        listed(rows.await?, limit)
    }
}

/// # Errors
/// When the rows are not a list, or too many.
fn listed(rows: Vec<Vec<Cell>>, limit: usize) -> Result<Listed, EngineError> {
    if rows.len() > limit.max(1) {
        return Err(EngineError::TooMany { limit });
    }
    let mut found: Option<Listed> = None;
    for row in rows {
        let (id, otherwise, organization_epoch, upper_epoch) = exception(row)?;
        let listed = found.get_or_insert(Listed { otherwise, exceptions: Vec::new(), organization_epoch, upper_epoch });
        if (listed.otherwise, listed.organization_epoch, listed.upper_epoch)
            != (otherwise, organization_epoch, upper_epoch)
        {
            return Err(EngineError::Answer("the rows of a list are of two moments"));
        }
        listed.exceptions.extend(id);
    }
    let mut listed = found.ok_or(EngineError::Answer("a list returned no row"))?;
    if listed.exceptions.len() > limit {
        return Err(EngineError::TooMany { limit });
    }
    listed.exceptions.sort_unstable();
    listed.exceptions.dedup();
    Ok(listed)
}

/// An id, unless there are no exceptions; the answer for other objects; the epochs.
fn exception(row: Vec<Cell>) -> Result<(Option<String>, bool, i64, i64), EngineError> {
    const UNCLEAR: EngineError = EngineError::Answer("a list contains neither yes nor no");
    let Ok([id, otherwise, answer, Cell::Int(organization_epoch), Cell::Int(upper_epoch)]) = <[Cell; 5]>::try_from(row)
    else {
        return Err(UNCLEAR);
    };
    let otherwise = match otherwise {
        Cell::Int(0) => false,
        Cell::Int(1) => true,
        _ => return Err(UNCLEAR),
    };
    let id = match (id, answer) {
        (Cell::Null, Cell::Null) => None,
        (Cell::Text(id), Cell::Int(answer @ (0 | 1))) if (answer == 1) != otherwise => Some(id),
        _ => return Err(UNCLEAR),
    };
    Ok((id, otherwise, organization_epoch, upper_epoch))
}
