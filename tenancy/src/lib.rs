//! Placeholder essay; written last.
#![forbid(unsafe_code)]

// The macros name this crate by its absolute path; inside it that path must resolve too.
extern crate self as tenancy;

mod callback;
pub mod db;
pub mod prelude;
pub mod query;
pub mod schema;
pub mod scope;
pub mod sql_types;

#[doc(hidden)]
pub mod __private;

pub use db::{Error, OrgConn, RunQueryDsl, TenantDb};
pub use query::NeedsOrgScope;
pub use scope::{Authority, Claim, OrgId, OrgScope, Refusal};
pub use tenancy_macros::{HasQuery, Identifiable, schema};
