//! `scope.from(table)`: the derived table that stands in FROM wherever a tenant table is read.
//!
//! The predicate sits in FROM, so nothing written after it can remove it: not `or_filter`, not a boxed query, not an outer
//! join, not an explicit `on`, not a subquery, not a set operation (`docs/decisions/0001`).

use super::NeedsOrgScope;
use super::alias::{AliasName, Aliased};
use super::text::DerivedTable;
use crate::schema::TenantTable;
use crate::scope::{OrgScope, Request, ScopeKey};
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::Alias;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use std::marker::PhantomData;
use uuid::Uuid;

/// `(SELECT * FROM "t" WHERE "t"."org_id" = $1) AS "t"`: table `T`'s rows of the organization of a scope of brand `B`.
///
/// It is all that code outside of this crate ever holds of a scope's key: it renders this one derived table, and neither
/// the key, nor another table, nor another brand comes out of it (`ui-tests/tests/fail/hostile/`).
pub struct ScopedFrom<T, B = Request> {
    key: ScopeKey,
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
        f.write_str("a tenant table of one organization")
    }
}

impl<T: 'static, B> QueryId for ScopedFrom<T, B> {
    type QueryId = ScopedFrom<T>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T, B> ScopedFrom<T, B> {
    /// The organization's rows without a name, for [`Alias`](diesel::query_source::Alias), which adds its own.
    #[doc(hidden)]
    pub fn walk_rows<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        T: TenantTable,
        DB: Backend + HasSqlType<T::OrganizationType>,
        ScopeKey: ToSql<T::OrganizationType, DB>,
    {
        out.push_sql("(SELECT * FROM ");
        walk_table::<T, DB>(out.reborrow())?;
        out.push_sql(" WHERE ");
        walk_organization_is::<T, DB>(T::NAME, &self.key, out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<T, B, DB> QueryFragment<DB> for ScopedFrom<T, B>
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
        self.walk_rows(out.reborrow())?;
        out.push_sql(" AS ");
        out.push_identifier(T::ALIAS)
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

/// The table that a statement writes, under the name that its columns are qualified with.
pub(super) fn walk_written<T: TenantTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    walk_table::<T, DB>(out.reborrow())?;
    if T::SCHEMA.is_some() {
        out.push_sql(" AS ");
        out.push_identifier(T::ALIAS)?;
    }
    Ok(())
}

/// `"t"."org_id" = $1`, with the scope's organization checked before it is bound. `name` is what `T` is called there.
pub(super) fn walk_organization_is<'b, T, DB>(
    name: &str,
    key: &'b ScopeKey,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    key.checked()?;
    out.push_identifier(name)?;
    out.push_sql(".");
    out.push_identifier(T::ORGANIZATION)?;
    out.push_sql(" = ");
    out.push_bind_param::<T::OrganizationType, _>(key)
}

/// What `schema!` and `alias!` say of what they declare: whether it is a table or an alias. A scope's key is given to
/// neither.
#[doc(hidden)]
pub trait ScopeTarget {
    /// [`AsTable`] or [`AsAlias`].
    type As;
}

/// A tenant table.
#[doc(hidden)]
#[derive(Debug)]
pub struct AsTable(());

/// An alias of one.
#[doc(hidden)]
#[derive(Debug)]
pub struct AsAlias(());

mod sealed {
    use super::ScopeKey;

    /// What is given a scope's key. Only this crate can name it; the compiler asks for it first, so the words are here too.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a tenant table of your schema",
        label = "a scope has no rows of this",
        note = "declare the table in `tenancy::schema!` and write `scope.from(table)`; global tables need no scope",
        note = "TEN0007: see docs/errors/TEN0007.md"
    )]
    pub trait Scopable {
        /// The query source under brand `B`.
        type Source<B>;
        fn source<B>(key: ScopeKey<B>) -> Self::Source<B>;
    }

    /// The same for a target `T`, by what it is.
    pub trait SourceOf<T> {
        type Source<B>;
        fn source<B>(key: ScopeKey<B>) -> Self::Source<B>;
    }
}

impl<T: TenantTable> sealed::SourceOf<T> for AsTable {
    type Source<B> = T::Scoped<B>;

    fn source<B>(key: ScopeKey<B>) -> T::Scoped<B> {
        T::__scoped(ScopedFrom::of(key))
    }
}

impl<N: AliasName> sealed::SourceOf<N> for AsAlias {
    type Source<B> = Alias<Aliased<N, B>>;

    fn source<B>(key: ScopeKey<B>) -> Alias<Aliased<N, B>> {
        Alias::new(Aliased::of(key))
    }
}

/// What a scope can be asked for rows of: a tenant table, or an alias of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tenant table of your schema",
    label = "a scope has no rows of this",
    note = "declare the table in `tenancy::schema!` and write `scope.from(table)`; global tables need no scope",
    note = "TEN0007: see docs/errors/TEN0007.md"
)]
pub trait Scopable: sealed::Scopable {}

#[diagnostic::do_not_recommend]
impl<S: sealed::Scopable> Scopable for S {}

impl<T: ScopeTarget<As: sealed::SourceOf<T>>> sealed::Scopable for NeedsOrgScope<T> {
    type Source<B> = <T::As as sealed::SourceOf<T>>::Source<B>;

    fn source<B>(key: ScopeKey<B>) -> Self::Source<B> {
        <T::As as sealed::SourceOf<T>>::source(key)
    }
}

/// Several at once, for the aliases that one [`alias!`](crate::alias!) declares.
macro_rules! scopable_tuples {
    ($first:ident $($rest:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$first: sealed::Scopable, $($rest: sealed::Scopable),+> sealed::Scopable for ($first, $($rest),+) {
            type Source<B> = ($first::Source<B>, $($rest::Source<B>),+);

            fn source<B>(key: ScopeKey<B>) -> Self::Source<B> {
                ($first::source(key), $($rest::source(key)),+)
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
        S::source(self.key())
    }
    /// A SELECT without a FROM clause: `scope.select(exists(scope.from(table)))`.
    ///
    /// What it selects is asked for its own scope: it runs on a connection of this one alone.
    #[expect(clippy::disallowed_methods, reason = "this is what the list sends services to")]
    pub fn select<E>(&self, selection: E) -> diesel::dsl::select<E>
    where
        E: diesel::Expression,
        diesel::dsl::select<E>: diesel::query_builder::AsQuery,
    {
        diesel::select(selection)
    }
}
