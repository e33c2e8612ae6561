//! Relationships in the service's own database, on PostgreSQL or SQLite.
//!
//! [`SqlEngine`] compiles each relation and permission of a model to one SQL statement. A check is one statement: it
//! reads the answer, the epoch of the organization and the epoch of the levels above organizations at one moment.
//! Answers are those of SpiceDB, except that a cycle or a long chain in the data is no error: the recursion ends where
//! nothing new is reached, or at the question's deadline.
//!
//! # Organizations
//!
//! Ids are each organization's own: `invoice:1` of one organization and of another are two objects. Relationships of an
//! organization count in it alone. Those of the levels above organizations count in each.
//!
//! # A permission that is revoked between the check and the statement
//!
//! A permitted statement compares the organization's epoch with that of the check. Once a revocation is committed, it
//! changes no row. On PostgreSQL this holds at READ COMMITTED, the default: each statement sees what was committed
//! before it began, also in a transaction that began earlier. A statement that runs while the revocation commits may
//! still count as before it.
//!
//! It does not hold at REPEATABLE READ or SERIALIZABLE. There a transaction sees the epoch of its first statement, so a
//! revocation after that has no effect on it. `TenantDb` offers no isolation level; do not set
//! `default_transaction_isolation` for the service's role.

mod check;
mod compile;
mod condition;
mod database;
mod defaults;
mod dialect;
mod engine;
mod error;
mod explain;
mod fixed;
mod question;
mod read;
mod schema;
mod write;

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests;

pub use compile::CompileError;
pub use condition::{BoundCondition, Condition};
pub use engine::{SqlEngine, SqlEngineBuilder};
pub use error::{BuildError, EngineError};
pub use explain::Explanation;
pub use question::{Context, Decision, Question};
pub use read::{Filter, StoredRelationship};
pub use schema::{SchemaError, postgres_grants, postgres_script};
pub use write::{Change, DeletedOrganization, Operation, WriteError, Written};
