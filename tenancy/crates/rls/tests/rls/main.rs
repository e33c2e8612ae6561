//! Wall two against a throwaway PostgreSQL: wall one takes no part here, everything is raw SQL as the service's role.
#![cfg(unix)]
#![allow(missing_docs)]
#![allow(clippy::disallowed_macros, reason = "`schema!` declares its global table with diesel's macro: docs/lints.md")]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "raw SQL is the attack")]

use tenancy_test_support::{self as support, wall};

mod foreign_keys;
mod forging;
mod hostile;
mod keys;
mod oracle;
mod plan;
mod reach;
mod validate;
