//! Looked at by clippy alone: the ban of `diesel::__diesel_infix_operator` fires. Clippy reports a macro at the crate's root, so each has a
//! crate of its own, and a benchmark target is one that `cargo test` does not build.
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the ban fires")]

diesel::__diesel_infix_operator!(
    name = Leaky,
    operator = " <<< ",
    return_ty = (diesel::sql_types::Bool),
    backend_ty_params = (DB,),
    backend_ty = DB,
);

fn main() {}
