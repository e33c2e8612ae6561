//! Fixtures of the tests of this workspace: a throwaway PostgreSQL, poolers, a secret store, readers of rendered SQL.
//!
//! Not published, and no part of a service: [`tenancy-testkit`](https://docs.rs/tenancy-testkit) is what users test with.
#![cfg(unix)]
#![allow(missing_docs, reason = "fixtures, read beside the tests that use them")]
#![allow(clippy::new_without_default, reason = "a fixture is begun on purpose, never filled in")]

mod on_both;

/// A time in seconds since 1970; 0 for none.
pub fn seconds(time: Option<std::time::SystemTime>) -> u64 {
    time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |since| since.as_secs())
}

pub mod authority;
pub mod catalogue;
pub mod folder;
pub mod ids;
pub mod log;
pub mod openbao;
pub mod pg;
pub mod pieces;
pub mod pooler;
pub mod proxy;
pub mod router;
pub mod sql;
pub mod wall;
pub mod walled;
