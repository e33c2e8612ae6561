//! An organization table: a name that only this folder can read, and the source that a scope gives of it.

use super::key::ScopeKey;
use crate::identity::Request;
use crate::sql_types::OrganizationType;
use diesel::Table;
use diesel::query_builder::QueryId;
use diesel::query_source::QuerySource;
use std::marker::PhantomData;

/// The name of an organization table in SQL, written by [`schema!`](crate::schema!).
///
/// Nothing outside of `isolation/` can read or render it, so that a statement which names the table also names the
/// organization. A new kind of statement that forgets it does not compile:
///
/// ```compile_fail,E0616
/// use diesel::query_builder::AstPass;
/// use tenancy::schema::TenantTable;
///
/// fn delete_all<T: TenantTable, DB: diesel::backend::Backend>(mut out: AstPass<'_, '_, DB>) -> diesel::QueryResult<()> {
///     out.push_sql("DELETE FROM ");
///     out.push_identifier(T::TABLE.name)
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn shown<T: tenancy::schema::TenantTable>() -> String {
///     format!("DELETE FROM {}", T::TABLE)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct TableName {
    pub(super) schema: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) alias: &'static str,
}

impl TableName {
    /// The table `name`, of the SQL schema `schema` if it is qualified. `alias` is what a statement calls it: its name, with
    /// the schema in front when it is qualified, since two schemas may have a table of one name.
    #[doc(hidden)]
    pub const fn new(schema: Option<&'static str>, name: &'static str, alias: &'static str) -> Self {
        Self { schema, name, alias }
    }

    /// Returns whether the table was declared with its SQL schema.
    pub(crate) const fn is_qualified(&self) -> bool {
        self.schema.is_some()
    }
}

impl std::fmt::Debug for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name of an organization table")
    }
}

/// A table whose every row belongs to one organization.
///
/// Written by [`schema!`](crate::schema!). The table's type carries the organization of the scope that made it, and
/// its FROM clause is the derived table that holds the organization's rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an organization table of your schema",
    label = "not declared by `tenancy::schema!`",
    note = "declare the table in `tenancy::schema!`; a table from plain `diesel::table!` has no organization to scope by",
    note = "TEN0007: run `tenancy explain TEN0007`"
)]
pub trait TenantTable: Table + Copy + Send + 'static {
    /// The table under the brand of a scope.
    type Scoped<B>: QuerySource<FromClause = ScopedFrom<Self, B>> + Copy;
    /// The SQL type of the organization column.
    type OrganizationType: OrganizationType;
    /// The table's name in SQL, which only the functions that bind the organization render.
    const TABLE: TableName;
    /// The organization column's name in SQL.
    const ORGANIZATION: &'static str;

    /// The table as the scope's query source.
    #[doc(hidden)]
    fn __scoped<B>(rows: ScopedFrom<Self, B>) -> Self::Scoped<B>;
}

/// `(SELECT * FROM "t" WHERE "t"."org_id" = $1) AS "t"`: table `T`'s rows of the organization of a scope of brand `B`.
///
/// It is all that code outside of this crate ever holds of a scope's key: it renders this one derived table, and neither
/// the key, nor another table, nor another brand comes out of it (`ui-tests/tests/fail/hostile/`).
pub struct ScopedFrom<T, B = Request> {
    pub(super) key: ScopeKey,
    table: PhantomData<fn(B) -> (T, B)>,
}

impl<T, B> ScopedFrom<T, B> {
    pub(crate) fn of(key: ScopeKey<B>) -> Self {
        Self { key: key.unbranded(), table: PhantomData }
    }
}

impl<T, B> Clone for ScopedFrom<T, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, B> Copy for ScopedFrom<T, B> {}

impl<T, B> std::fmt::Debug for ScopedFrom<T, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an organization table of one organization")
    }
}

impl<T: 'static, B> QueryId for ScopedFrom<T, B> {
    type QueryId = ScopedFrom<T>;
    const HAS_STATIC_QUERY_ID: bool = true;
}
