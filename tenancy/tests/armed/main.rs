//! An armed connection against a throwaway PostgreSQL behind wall two: round trips, cancellation, raw SQL, poolers.
#![cfg(all(unix, feature = "audit", feature = "gateway"))]
#![allow(missing_docs)]

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
#[path = "../support/mod.rs"]
mod support;
mod types;
mod unheard;
mod walls;
mod world;
