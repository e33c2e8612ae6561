//! On PostgreSQL.

pub(super) type Db = tenancy::db::Postgres;
type Backend = diesel::pg::Pg;

/// A column holds the text, in capitals or not.
macro_rules! contains {
    ($column:expr, $pattern:expr) => {
        $column.ilike($pattern).escape('\\')
    };
}

#[expect(clippy::duplicate_mod, reason = "one source for every database")]
#[path = "queries.rs"]
pub(super) mod queries;
