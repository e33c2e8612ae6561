//! How a statement's ON CONFLICT clause is written, and the one that is left out.

use super::permitted::Unprivileged;
use crate::scope::ScopeKey;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryId};

/// No ON CONFLICT clause.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct NoConflictClause;

/// How a conflict clause is written.
#[doc(hidden)]
pub trait ConflictClause<T, DB: Backend> {
    fn walk_conflict<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

impl<T, DB: Backend> ConflictClause<T, DB> for NoConflictClause {
    fn walk_conflict<'b>(&'b self, _key: &'b ScopeKey, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

/// What a statement with this conflict clause needs a permit for.
#[doc(hidden)]
pub trait ConflictNeed<T> {
    type Need;
}

impl<T> ConflictNeed<T> for NoConflictClause {
    type Need = Unprivileged;
}
