//! Wall two, from a service: armed connections on PostgreSQL, jobs, and what an application needs around its rows.
#![cfg(all(unix, feature = "jobs", feature = "postgres", feature = "sqlite"))]
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "global tables and twins are diesel's own, on purpose")]

mod application;
mod armed;
mod jobs;
