//! What wall two is told before a statement: for which organization the transaction is.

pub(super) use crate::db::driver::Arming;
use diesel::QueryResult;

/// Whether the text of the statement that a token is for could have been chosen while the service ran.
///
/// PostgreSQL may evaluate a caller's cheap conditions before a policy's. For a text that is not fixed the database
/// plans without that freedom, which `tenancy.may_plan()` takes from it (decision 0016). The token says which it is, because
/// what the token says no SQL can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Its text is kept under a name: types alone decide it.
    Fixed,
    /// Raw SQL, or a statement that holds a fragment of it.
    Free,
}

/// Makes the value of the setting that wall two believes.
pub(super) trait Arm: Send + Sync {
    /// The value for a statement of this kind, and for the rest of its transaction.
    fn value(&self, arming: &Arming, text: Text) -> QueryResult<String>;
}
