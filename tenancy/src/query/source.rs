//! `scope.from(table)`: the derived table that stands in FROM wherever a tenant table is read.
//!
//! The predicate sits in FROM, so nothing written after it can remove it: not `or_filter`, not a boxed query, not an outer
//! join, not an explicit `on`, not a subquery, not a set operation (`docs/decisions/0001`).

use super::NeedsOrgScope;
use super::text::DerivedTable;
use crate::schema::TenantTable;
use crate::scope::{OrgScope, ScopeKey};
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use std::marker::PhantomData;
use uuid::Uuid;

/// `(SELECT * FROM "t" WHERE "t"."org_id" = $1) AS "t"`.
pub struct ScopedFrom<T> {
    key: ScopeKey,
    table: PhantomData<T>,
}

impl<T> ScopedFrom<T> {
    #[doc(hidden)]
    pub fn new<B>(key: ScopeKey<B>) -> Self {
        Self { key: key.unbranded(), table: PhantomData }
    }
}

impl<T> Clone for ScopedFrom<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ScopedFrom<T> {}

impl<T> std::fmt::Debug for ScopedFrom<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a tenant table of one organization")
    }
}

impl<T: 'static> QueryId for ScopedFrom<T> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T> ScopedFrom<T> {
    /// The organization's rows without a name, for [`Alias`](diesel::query_source::Alias), which adds its own.
    #[doc(hidden)]
    pub fn walk_rows<'b, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        T: TenantTable,
        DB: Backend + HasSqlType<T::OrganizationType>,
        ScopeKey: ToSql<T::OrganizationType, DB>,
    {
        out.push_sql("(SELECT * FROM ");
        walk_table::<T, DB>(out.reborrow())?;
        out.push_sql(" WHERE ");
        walk_organization_is::<T, DB>(key, out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<T, DB> QueryFragment<DB> for ScopedFrom<T>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if let Some((before, after)) = DerivedTable::<T, DB>::AROUND {
            self.key.checked()?;
            out.push_sql(before);
            out.push_bind_param::<T::OrganizationType, _>(&self.key)?;
            out.push_sql(after);
            return Ok(());
        }
        Self::walk_rows(&self.key, out.reborrow())?;
        out.push_sql(" AS ");
        out.push_identifier(T::NAME)
    }
}

/// The table itself, qualified as it was declared: only derived tables and write targets name it.
pub(crate) fn walk_table<T: TenantTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    if let Some(schema) = T::SCHEMA {
        out.push_identifier(schema)?;
        out.push_sql(".");
    }
    out.push_identifier(T::NAME)
}

/// `"t"."org_id" = $1`, with the scope's organization checked before it is bound.
pub(super) fn walk_organization_is<'b, T, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    key.checked()?;
    out.push_identifier(T::NAME)?;
    out.push_sql(".");
    out.push_identifier(T::ORGANIZATION)?;
    out.push_sql(" = ");
    out.push_bind_param::<T::OrganizationType, _>(key)
}

/// A table or an alias that a scope turns into a query source.
#[doc(hidden)]
pub trait ScopeTarget {
    /// The query source under brand `B`.
    type Source<B>;
    fn __source<B>(key: ScopeKey<B>) -> Self::Source<B>;
}

impl<T: TenantTable> ScopeTarget for T {
    type Source<B> = T::Scoped<B>;

    fn __source<B>(key: ScopeKey<B>) -> T::Scoped<B> {
        T::__scoped(key)
    }
}

/// What a scope can be asked for rows of: a tenant table, or an alias of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tenant table of your schema",
    label = "a scope has no rows of this",
    note = "declare the table in `tenancy::schema!` and write `scope.from(table)`; a global table is read without a scope, a platform table is not reached from one",
    note = "TEN0007: see docs/errors/TEN0007.md"
)]
pub trait Scopable {
    /// The query source under brand `B`.
    type Source<B>;
    #[doc(hidden)]
    fn __source<B>(key: ScopeKey<B>) -> Self::Source<B>;
}

impl<T: ScopeTarget> Scopable for NeedsOrgScope<T> {
    type Source<B> = T::Source<B>;

    fn __source<B>(key: ScopeKey<B>) -> T::Source<B> {
        T::__source(key)
    }
}

/// Several at once, for the aliases that one [`alias!`](crate::alias!) declares.
macro_rules! scopable_tuples {
    ($first:ident $($rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$first: Scopable, $($rest: Scopable),+> Scopable for ($first, $($rest),+) {
            type Source<B> = ($first::Source<B>, $($rest::Source<B>),+);

            fn __source<B>(key: ScopeKey<B>) -> Self::Source<B> {
                ($first::__source(key), $($rest::__source(key)),+)
            }
        }
        scopable_tuples!($($rest)+);
    };
    ($last:ident) => {};
}

scopable_tuples!(S1 S2 S3 S4 S5 S6 S7 S8);

impl<B> OrgScope<B> {
    /// The rows of `table` that belong to this scope's organization, as a diesel query source.
    ///
    /// Everything that diesel offers on a table works on it, unchanged: filters, joins, aggregates, subqueries, set
    /// operations. `table` is a tenant table of [`schema!`](crate::schema!) or an [`alias!`](crate::alias!) of one.
    pub fn from<S: Scopable>(&self, _table: S) -> S::Source<B> {
        S::__source(self.key())
    }
}
