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
//! changes no row. On PostgreSQL it also locks the epoch's row, shared, until its transaction ends. A revocation waits for
//! that, so it comes before the statement or after its transaction, and never between. At REPEATABLE READ and
//! SERIALIZABLE a statement whose transaction began before the revocation fails with a serialization error. SQLite has
//! one writer at a time.
//!
//! Therefore do not call [`SqlEngine::write`] inside a transaction of the service that has run a permitted statement of the
//! organization: it waits for that transaction, until its own time is over.

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
mod in_force;
mod list;
mod log;
#[cfg(feature = "spicedb")]
pub(crate) mod outbox;
mod question;
mod read;
mod schema;
mod subjects;
mod write;

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests;

pub use compile::CompileError;
#[cfg(feature = "spicedb")]
pub(crate) use compile::{Levels, implied_relation};
pub use condition::{BoundCondition, Condition};
pub use engine::{SqlEngine, SqlEngineBuilder};
pub use error::{BuildError, EngineError};
pub use explain::Explanation;
pub use list::Listed;
pub use log::LogLine;
pub use question::{Context, Decision, Question};
pub use read::{Filter, Page, StoredRelationship};
pub use schema::{SchemaError, postgres_grants, postgres_script};
pub use subjects::Subjects;
pub use write::{Change, DeletedOrganization, Operation, WriteError, Written};
