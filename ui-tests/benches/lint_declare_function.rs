//! Looked at by clippy alone: the ban of `diesel::prelude::declare_sql_function` fires. Clippy reports a macro at the crate's root, so each has a
//! crate of its own, and a benchmark target is one that `cargo test` does not build.
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the ban fires")]
#![expect(clippy::disallowed_types, reason = "its expansion for SQLite names the connection")]

#[diesel::prelude::declare_sql_function]
extern "SQL" {
    fn query_to_xml(x: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

fn main() {}
