//! Looked at by clippy alone: the ban of `diesel::postfix_operator` fires. Clippy reports a macro at the crate's root, so each has a
//! crate of its own, and a benchmark target is one that `cargo test` does not build.
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the ban fires")]

diesel::postfix_operator!(Leaky, " IS NULL OR true", diesel::sql_types::Bool);

fn main() {}
