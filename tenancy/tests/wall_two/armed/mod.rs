//! An armed connection against a throwaway PostgreSQL behind wall two: round trips, cancellation, raw SQL, poolers.
#![cfg(all(unix, feature = "postgres"))]
#![allow(missing_docs)]

use tenancy_test_support as support;

mod cancelled;
mod connection;
mod deferred;
mod fragments;
mod instrumented;
mod named_types;
mod oracle;
mod pgbouncer;
mod raw_sql;
mod rotation;
mod round_trips;
mod staff;
mod standing;
mod types;
mod unheard;
mod walls;
mod world;
