//! On SQLite.

pub(super) type Db = tenancy::db::Sqlite;
type Backend = diesel::sqlite::Sqlite;

/// LIKE does not tell capitals apart here.
macro_rules! contains {
    ($column:expr, $pattern:expr) => {
        $column.like($pattern).escape('\\')
    };
}

#[path = "queries.rs"]
pub(super) mod queries;
