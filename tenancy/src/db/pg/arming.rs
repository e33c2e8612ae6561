//! What wall two is told before a statement: for which organization the transaction is.

pub(super) use crate::db::driver::Arming;
use diesel::QueryResult;

/// Makes the value of the setting that wall two believes.
pub(super) trait Arm: Send + Sync {
    /// The value for one transaction that begins now.
    fn value(&self, arming: &Arming) -> QueryResult<String>;
}
