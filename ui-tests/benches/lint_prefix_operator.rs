//! Looked at by clippy alone: the ban of `diesel::prefix_operator` fires. Clippy reports a macro at the crate's root, so each has a
//! crate of its own, and a benchmark target is one that `cargo test` does not build.
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the ban fires")]

diesel::prefix_operator!(Leaky, "true OR ", diesel::sql_types::Bool);

fn main() {}
