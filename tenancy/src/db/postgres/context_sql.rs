//! The SQL that gives a transaction its row security context.

/// What a transaction begins with under wall two; its one value is the organization and its proof. With `sync_elision` it is one
/// request with the statement behind it, which must follow.
pub(super) const SET_CONTEXT: &str = "SELECT pg_catalog.set_config('tenancy.scope', $1, true)";

/// Sets the context after comparing the scope's epochs; the function of `tenancy/crates/rls/src/plan/standing.rs` fails when they
/// differ. It begins as [`SET_CONTEXT`] does.
pub(super) const SET_CONTEXT_IF_CURRENT: &str =
    "SELECT pg_catalog.set_config('tenancy.scope', $1, true) FROM tenancy.standing($2, $3, $4, $5, $6)";

/// What makes either of them a request of its own.
pub(super) const SEPARATE_REQUEST: &str = "/* alone */ ";
