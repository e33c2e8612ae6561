//! Plumbing of the macros. It confers no authority: nothing here makes a scope, or a tenant table that renders for an
//! organization the caller has no scope of (`ui-tests/tests/fail/hostile/`).

use crate::query::plain::walk_alias;
use crate::schema::{PlainTable, TenantTable};
use crate::scope::ScopeKey;
use diesel::JoinTo;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;

pub use crate::query::plain::walk as walk_plain;
pub use crate::query::{NoTableValue, PlainFrom, ScopedFrom};
pub use diesel;

/// Renders a column by the name of its source only: behind a derived table the SQL schema is out of reach.
pub fn walk_column<DB: Backend>(mut out: AstPass<'_, '_, DB>, table: &str, column: &str) -> QueryResult<()> {
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

/// The ON clause of `rhs JOIN table`, for `table JOIN rhs`. The table value is thrown away, so it carries no organization.
pub fn join_flipped<T, B, Rhs>(rhs: Rhs) -> (Rhs, Rhs::OnClause)
where
    T: TenantTable,
    Rhs: JoinTo<T::Scoped<B>>,
{
    let (_, on) = Rhs::join_target(T::__scoped(ScopedFrom::of(ScopeKey::inert())));
    (rhs, on)
}

/// The ON clause of `rhs JOIN table`, for `table JOIN rhs`, of a table without an organization.
pub fn join_flipped_with<T, Rhs: JoinTo<T>>(table: T, rhs: Rhs) -> (Rhs, Rhs::OnClause) {
    let (_, on) = Rhs::join_target(table);
    (rhs, on)
}
