//! Relationships in the service's own database, on PostgreSQL or SQLite.
//!
//! [`SqlEngine`] compiles each relation and permission of a model to one SQL statement. A check is one statement: it
//! reads the answer, the epoch of the organization and the epoch of the levels above organizations at one moment.
//! Answers are those of SpiceDB, except that a cycle or a long chain in the data is no error: the recursion ends where
//! nothing new is reached, or at the question's deadline.

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
