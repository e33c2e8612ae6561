//! Looked at by clippy alone: the ban of `diesel::define_sql_function` fires. Clippy reports a macro at the crate's root, so each has a
//! crate of its own, and a benchmark target is one that `cargo test` does not build.
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the ban fires")]
#![expect(clippy::disallowed_types, reason = "its expansion for SQLite names the connection")]

diesel::define_sql_function! { fn definer(x: diesel::sql_types::Integer) -> diesel::sql_types::Integer; }

fn main() {}
