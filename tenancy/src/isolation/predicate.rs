//! The only functions that render an organization table's name. Each binds the organization: in FROM, in WHERE, or as the
//! first value of every inserted row.

use super::const_sql::DerivedTable;
use super::key::ScopeKey;
use super::table::TenantTable;
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use uuid::Uuid;

/// `(SELECT * FROM "t" WHERE "t"."org_id" = $1)`: the organization's rows, without a name.
pub(crate) fn rows_of<'b, T, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql("(SELECT * FROM ");
    table::<T, DB>(out.reborrow())?;
    out.push_sql(" WHERE ");
    organization_is::<T, DB>(T::TABLE.name, key, out.reborrow())?;
    out.push_sql(")");
    Ok(())
}

/// `(SELECT * FROM "t" WHERE "t"."org_id" = $1) AS "t"`: what stands in FROM wherever an organization table is read.
pub(crate) fn derived_table<'b, T, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    if let Some((before, after)) = DerivedTable::<T, DB>::AROUND {
        key.checked()?;
        out.push_sql(before);
        out.push_bind_param::<T::OrganizationType, _>(key)?;
        out.push_sql(after);
        return Ok(());
    }
    rows_of::<T, DB>(key, out.reborrow())?;
    out.push_sql(" AS ");
    out.push_identifier(T::TABLE.alias)
}

/// `DELETE FROM "t" WHERE "t"."org_id" = $1 AND (<filter>)`.
pub(crate) fn delete<'b, T, DB>(
    key: &'b ScopeKey,
    filter: Option<&'b impl QueryFragment<DB>>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql("DELETE FROM ");
    written::<T, DB>(out.reborrow())?;
    own_rows::<T, DB>(key, filter, out)
}

/// `UPDATE "t" <changes> WHERE "t"."org_id" = $1 AND (<filter>)`.
pub(crate) fn update<'b, T, DB>(
    key: &'b ScopeKey,
    changes: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    filter: Option<&'b impl QueryFragment<DB>>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql("UPDATE ");
    written::<T, DB>(out.reborrow())?;
    changes(out.reborrow())?;
    own_rows::<T, DB>(key, filter, out)
}

/// ` DO UPDATE <changes> WHERE "t"."org_id" = $1 AND (<filter>)`, at the end of an INSERT.
pub(crate) fn do_update<'b, T, DB>(
    key: &'b ScopeKey,
    changes: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    filter: Option<&'b impl QueryFragment<DB>>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql(" DO UPDATE");
    changes(out.reborrow())?;
    own_rows::<T, DB>(key, filter, out)
}

/// `INSERT INTO "t" ("org_id"<columns>) VALUES ($1<row>), ($1<row>)`. What `columns` and a row write begins with a comma, or
/// is empty.
pub(crate) fn insert_values<'b, T, DB, Row>(
    key: &'b ScopeKey,
    columns: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    rows: impl IntoIterator<Item = Row>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
    Row: FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
{
    insert_into::<T, DB>(columns, out.reborrow())?;
    out.push_sql(" VALUES ");
    for (at, row) in rows.into_iter().enumerate() {
        out.push_sql(if at == 0 { "(" } else { ", (" });
        organization::<T, DB>(key, out.reborrow())?;
        row(out.reborrow())?;
        out.push_sql(")");
    }
    Ok(())
}

/// `INSERT INTO "t" ("org_id"<columns>) SELECT $1<selected>`. What `columns` writes begins with a comma, or is empty.
pub(crate) fn insert_selected<'b, T, DB>(
    key: &'b ScopeKey,
    columns: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    selected: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    insert_into::<T, DB>(columns, out.reborrow())?;
    out.push_sql(" SELECT ");
    organization::<T, DB>(key, out.reborrow())?;
    selected(out)
}

/// `"t"."org_id"`, the column that a statement may read; the name alone where sources are left out.
pub(crate) fn organization_column<T: TenantTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    if !out.should_skip_from() {
        out.push_identifier(T::TABLE.alias)?;
        out.push_sql(".");
    }
    out.push_identifier(T::ORGANIZATION)
}

fn table<T: TenantTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    if let Some(schema) = T::TABLE.schema {
        out.push_identifier(schema)?;
        out.push_sql(".");
    }
    out.push_identifier(T::TABLE.name)
}

/// The table that a statement writes, under the name that its columns are qualified with.
fn written<T: TenantTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    table::<T, DB>(out.reborrow())?;
    if T::TABLE.is_qualified() {
        out.push_sql(" AS ");
        out.push_identifier(T::TABLE.alias)?;
    }
    Ok(())
}

fn insert_into<'b, T: TenantTable, DB: Backend>(
    columns: impl FnOnce(AstPass<'_, 'b, DB>) -> QueryResult<()>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()> {
    out.push_sql("INSERT INTO ");
    written::<T, DB>(out.reborrow())?;
    out.push_sql(" (");
    out.push_identifier(T::ORGANIZATION)?;
    columns(out.reborrow())?;
    out.push_sql(")");
    Ok(())
}

/// ` WHERE "t"."org_id" = $1 AND (<filter>)`: the organization first, the caller's part in parentheses of its own.
fn own_rows<'b, T, DB>(
    key: &'b ScopeKey,
    filter: Option<&'b impl QueryFragment<DB>>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql(" WHERE ");
    organization_is::<T, DB>(T::TABLE.alias, key, out.reborrow())?;
    if let Some(filter) = filter {
        out.push_sql(" AND (");
        filter.walk_ast(out.reborrow())?;
        out.push_sql(")");
    }
    Ok(())
}

/// `"t"."org_id" = $1`. `name` is what `T` is called there.
fn organization_is<'b, T, DB>(name: &str, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_identifier(name)?;
    out.push_sql(".");
    out.push_identifier(T::ORGANIZATION)?;
    out.push_sql(" = ");
    organization::<T, DB>(key, out)
}

/// The bind of the organization, compared with the connection's before.
fn organization<'b, T, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    key.checked()?;
    out.push_bind_param::<T::OrganizationType, _>(key)
}
