//! Wall two against a throwaway PostgreSQL: wall one takes no part here, everything is raw SQL as the service's role.
#![cfg(all(unix, feature = "rls", feature = "audit"))]
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "`schema!` declares its global table with diesel's macro: docs/lints.md")]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "raw SQL is the attack")]

mod cli;
mod foreign_keys;
mod forging;
mod hostile;
mod keys;
mod oracle;
mod plan;
mod reach;
mod ready;
#[path = "../support/mod.rs"]
mod support;
mod validate;
mod wall;
