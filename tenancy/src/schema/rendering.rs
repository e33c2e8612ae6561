//! How the columns that `schema!` declares render: by the name of their source, or alone where a statement has none.

use super::{PlainTable, walk_alias};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;

/// The name of an organization table's column, and what it is in a statement. `schema!` writes it.
#[derive(Debug)]
pub struct ColumnName {
    /// What a statement calls the table.
    pub table: &'static str,
    /// The column's name in SQL.
    pub column: &'static str,
    /// `"table"."column"`, as diesel quotes names for PostgreSQL.
    pub postgres: &'static str,
    /// The same, as diesel quotes names for SQLite.
    pub sqlite: &'static str,
}

impl ColumnName {
    /// The quoted text for this database. Diesel allocates for each name that it quotes, so a statement of six columns would cost more
    /// than the filter that wall one replaces (`docs/benchmarks.md`).
    fn quoted<DB>(&self) -> Option<&'static str> {
        let database = typeid::of::<DB>();
        #[cfg(feature = "postgres")]
        if database == std::any::TypeId::of::<diesel::pg::Pg>() {
            return Some(self.postgres);
        }
        #[cfg(feature = "sqlite")]
        if database == std::any::TypeId::of::<diesel::sqlite::Sqlite>() {
            return Some(self.sqlite);
        }
        let _ = database;
        None
    }
}

/// Renders a column by the name of its source only: behind a derived table the SQL schema is out of reach.
pub fn walk_column<DB: Backend>(mut out: AstPass<'_, '_, DB>, name: &ColumnName) -> QueryResult<()> {
    match name.quoted::<DB>() {
        Some(text) if !out.should_skip_from() => {
            out.push_sql(text);
            Ok(())
        }
        _ => walk_name(out, name.table, name.column),
    }
}

/// The same, name by name.
pub(crate) fn walk_name<DB: Backend>(mut out: AstPass<'_, '_, DB>, table: &str, column: &str) -> QueryResult<()> {
    if !out.should_skip_from() {
        out.push_identifier(table)?;
        out.push_sql(".");
    }
    out.push_identifier(column)
}

/// Renders a column of a table without an organization by the name of its source.
pub fn walk_plain_column<T: PlainTable, DB: Backend>(mut out: AstPass<'_, '_, DB>, column: &str) -> QueryResult<()> {
    if !out.should_skip_from() {
        walk_alias::<T, DB>(out.reborrow())?;
        out.push_sql(".");
    }
    out.push_identifier(column)
}

/// Renders `"table".*` of a table without an organization.
pub fn walk_plain_star<T: PlainTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    if !out.should_skip_from() {
        walk_alias::<T, DB>(out.reborrow())?;
        out.push_sql(".");
    }
    out.push_sql("*");
    Ok(())
}

/// Renders `"table".*`.
pub fn walk_star<DB: Backend>(mut out: AstPass<'_, '_, DB>, table: &str) -> QueryResult<()> {
    if !out.should_skip_from() {
        out.push_identifier(table)?;
        out.push_sql(".");
    }
    out.push_sql("*");
    Ok(())
}
