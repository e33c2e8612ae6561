//! What wall two needs before a statement: a row security context that names the organization of the transaction.

mod raw_sql;
pub mod seal;
mod sealed;
mod wall_two;

pub use raw_sql::{RawSql, RunsRawSql};
pub use wall_two::{ProvesWallTwo, WallTwo};

pub(super) use crate::db::driver::ScopeContext;
use diesel::QueryResult;

/// Whether the text of the statement that a token is for could have been chosen while the service ran.
///
/// PostgreSQL may evaluate a caller's cheap conditions before a policy's. For a text that is not fixed the database
/// plans without that freedom, which `tenancy.may_plan()` takes from it (decision 0016). The token says which it is, because
/// SQL cannot change what the token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Its text is kept under a name: types alone decide it.
    Fixed,
    /// Raw SQL, or a statement that holds a fragment of it.
    Free,
}

/// Makes the value of the setting that the row security policies read.
pub(super) trait RowSecurity: Send + Sync {
    /// The value for a statement of this kind, and for the rest of its transaction.
    fn context(&self, scope: &ScopeContext, text: Text) -> QueryResult<String>;
}
