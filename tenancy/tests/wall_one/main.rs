//! Wall one: the query surface on both databases, the forms of a schema, and what is refused at run time.
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "global tables and twins are diesel's own, on purpose")]

mod asvs;
mod manifest;
mod permits;
mod refusals;
mod requested_org;
mod schema_forms;
mod scope_authority;
mod surface;
mod surface_gaps;
