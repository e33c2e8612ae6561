//! Placeholder essay; written last.
#![forbid(unsafe_code)]

// The macros name this crate by its absolute path; inside it that path must resolve too.
extern crate self as tenancy;

pub mod query;
pub mod schema;
pub mod scope;
pub mod sql_types;

#[doc(hidden)]
pub mod __private;

pub use query::{DeleteFrom, IncompleteInsert, InsertInto, NeedsOrgScope, Update};
pub use scope::{OrgId, OrgScope};
pub use tenancy_macros::{HasQuery, Identifiable, schema};

