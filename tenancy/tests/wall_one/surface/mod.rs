//! The whole query surface against two organizations, on SQLite and on PostgreSQL 15: rows and rendered SQL.
//!
//! The modules are written once and compiled for each database. In every test the other organization holds rows with the
//! same ids, names and numbers, which would be seen or changed if a predicate were lost. Each statement's text is checked
//! (`test-support/src/sql.rs`) and held against `sql/<module>.sql`; `TENANCY_BLESS=1` rewrites those files.
#![allow(clippy::disallowed_macros, reason = "the schema has a global table, and a shadow to be mistaken for")]
#![cfg(all(unix, feature = "sqlite", feature = "postgres"))]
#![allow(clippy::duplicate_mod, reason = "the tests are written once and compiled for each database")]

use tenancy_test_support as support;
use tenancy_test_support::router;

#[macro_use]
mod stage;
mod billing;
mod both_walls;
mod golden;
mod one_node;
mod postgres;
mod sqlite;
mod two_schemas;

#[test]
fn the_checker_accepts_what_is_scoped_and_refuses_what_is_not() {
    support::sql::shown::accepts_what_is_scoped();
    support::sql::shown::refuses_what_is_not();
}
