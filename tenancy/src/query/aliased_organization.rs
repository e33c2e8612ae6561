//! The organization column under an alias of its table.

use crate::schema::{ComparesWithOrganization, OrganizationIsSetByTheScope, TenantTable, compares, walk_name};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
};
use diesel::internal::operators_macro::FieldAliasMapper;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::{Alias, AliasSource};
use diesel::sql_types::SqlType;
use std::marker::PhantomData;

/// The organization column of an alias.
pub struct AliasedOrganization<S>(PhantomData<S>);

impl<S> AliasedOrganization<S> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<S> Clone for AliasedOrganization<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for AliasedOrganization<S> {}

impl<S> std::fmt::Debug for AliasedOrganization<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("organization column of an alias")
    }
}

impl<S: 'static> QueryId for AliasedOrganization<S> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S: AliasSource> Expression for AliasedOrganization<S>
where
    S::Target: TenantTable,
{
    type SqlType = <S::Target as TenantTable>::OrganizationType;
}

impl<S: AliasSource, DB: Backend> QueryFragment<DB> for AliasedOrganization<S>
where
    S::Target: TenantTable,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk_name(out, S::NAME, <S::Target as TenantTable>::ORGANIZATION)
    }
}

impl<S, QS> AppearsOnTable<QS> for AliasedOrganization<S>
where
    S: AliasSource,
    S::Target: TenantTable,
    QS: diesel::query_source::AppearsInFromClause<Alias<S>, Count = diesel::query_source::Once>,
{
}

impl<S, QS> SelectableExpression<QS> for AliasedOrganization<S> where Self: AppearsOnTable<QS> {}

impl<S: AliasSource> ValidGrouping<()> for AliasedOrganization<S> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

/// Aliased already: another alias leaves it alone.
impl<S, Other: AliasSource> FieldAliasMapper<Other> for AliasedOrganization<S> {
    type Out = Self;

    fn map(self, _alias: &Alias<Other>) -> Self {
        self
    }
}

/// What a table's organization column becomes under alias source `Self`: aliased when the alias is of that table.
#[doc(hidden)]
pub trait MapsOrganization<T>: AliasSource + Sized {
    type Out;
    fn map(column: OrganizationIsSetByTheScope<T>) -> Self::Out;
}

/// The same question, asked of the alias' table.
#[doc(hidden)]
pub trait MapsOrganizationOf<T, S> {
    type Out;
    fn map(column: OrganizationIsSetByTheScope<T>) -> Self::Out;
}

impl<S, T> MapsOrganization<T> for S
where
    S: AliasSource,
    S::Target: MapsOrganizationOf<T, S>,
{
    type Out = <S::Target as MapsOrganizationOf<T, S>>::Out;

    fn map(column: OrganizationIsSetByTheScope<T>) -> Self::Out {
        <S::Target as MapsOrganizationOf<T, S>>::map(column)
    }
}

impl<S, T, Other> MapsOrganizationOf<Other, S> for T
where
    T: diesel::query_source::TableNotEqual<Other>,
    Other: diesel::Table,
{
    type Out = OrganizationIsSetByTheScope<Other>;

    fn map(column: OrganizationIsSetByTheScope<Other>) -> Self::Out {
        column
    }
}

compares! { [S] AliasedOrganization<S>; }

impl<T: TenantTable, S: AliasSource> FieldAliasMapper<S> for OrganizationIsSetByTheScope<T>
where
    S: MapsOrganization<T>,
{
    type Out = S::Out;

    fn map(self, _alias: &Alias<S>) -> Self::Out {
        S::map(self)
    }
}
