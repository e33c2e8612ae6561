//! The command line as its users run it: one program, one module a command or concern.
#![cfg(unix)]
#![allow(missing_docs)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "another connection stands in the way")]
#![allow(clippy::disallowed_macros, reason = "`schema!` declares its global table with diesel's macro: docs/lints.md")]

mod audit;
mod documents;
mod explain;
mod gateway_tables;
mod over_tls;
mod permissions;
mod ready;
mod rls;
