//! The policies that the wall consists of: their names, the functions that they call, their condition.

use crate::options::Target;
use crate::quote;
use crate::storage::Storage;

/// What the server knows the policies by.
pub(crate) const POLICY: &str = "tenancy";
/// What the server knows the restrictive policies of DELETE by.
pub(crate) const DELETE_POLICY: &str = "tenancy_delete";

/// What a generated function answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verifier {
    /// The organization that may be read.
    Read,
    /// The organization that may be written.
    Write,
    /// True. PostgreSQL evaluates an IMMUTABLE function while it plans, so without a scope there is no plan, and nothing
    /// that depends on rows is said: neither by an error that comes with a row, nor by the estimates of EXPLAIN.
    MayPlan,
}

impl Verifier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::MayPlan];

    /// Its name in the schema `tenancy`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "org",
            Self::Write => "org_rw",
            Self::MayPlan => "may_plan",
        }
    }

    /// Its result type, as the server writes it.
    pub const fn returns(self) -> &'static str {
        if matches!(self, Self::MayPlan) { "boolean" } else { "uuid" }
    }

    /// Its volatility, as `pg_proc` writes it.
    pub const fn volatility(self) -> &'static str {
        if matches!(self, Self::MayPlan) { "i" } else { "s" }
    }
}

/// The condition of a policy, in the form of the target and the column:
/// `tenancy.may_plan() AND (true, "org_id") = (SELECT true, tenancy.org())`.
///
/// As one row, the planner makes of `true = (the first result)` a bare parameter, which costs nothing and therefore is the first
/// thing that every scan asks: the token is checked before any condition of the caller sees a row. `"org_id" = (SELECT
/// tenancy.org())` alone is asked *after* cheaper conditions, so that an error said whether a row of any organization met
/// them. The second comparison stays one that an index takes. Decision 0016.
pub fn condition(column: &str, storage: Storage, verifier: Verifier, target: Target) -> String {
    let call = format!("tenancy.{}()", verifier.name());
    let call = match storage {
        Storage::Uuid => call,
        Storage::Binary => format!("pg_catalog.uuid_send({call})"),
        Storage::Text => format!("{call}::pg_catalog.text"),
    };
    let column = quote::ident(column);
    let equal = match target.wraps() {
        true => format!("(true, {column}) OPERATOR(pg_catalog.=) (SELECT true, {call})"),
        false => format!("{column} OPERATOR(pg_catalog.=) {call}"),
    };
    format!("tenancy.{}() AND {equal}", Verifier::MayPlan.name())
}
