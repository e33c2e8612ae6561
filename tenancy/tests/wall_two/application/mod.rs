//! What a service needs around its organizations' rows: its platform's tables, one function for a request and a job, and its own
//! authentication.
#![cfg(all(unix, feature = "jobs", feature = "postgres", feature = "sqlite"))]
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "the schema has global and platform tables")]

use tenancy_test_support as support;

mod kit;
mod local_door;
mod local_layer;
mod old_sql_types;
mod one_function;
mod permits;
mod platform;
