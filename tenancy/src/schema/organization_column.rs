//! The organization column: an expression that can be read and compared, and never written.

use super::{ColumnOf, TenantTable};
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, IsContainedInGroupBy, SelectableExpression, ValidGrouping, is_aggregate,
    is_contained_in_group_by,
};
use diesel::internal::operators_macro::FieldAliasMapper;
use diesel::internal::table_macro::{FromClause, Inner, Join, JoinOn, LeftOuter, Pick, SelectStatement};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::{Alias, AliasSource, AppearsInFromClause, Never, Once, QuerySource};
use diesel::{EqAll, QueryResult};
use std::marker::PhantomData;

/// The organization column of table `T`.
///
/// It can be selected, grouped by, and compared with an [`OrgId`](crate::OrgId) that came from a row. It is not a diesel
/// `Column`, so no insert, changeset or assignment can name it: the scope sets it.
/// Proof: `ui-tests/tests/fail/e_writes/`.
pub struct OrganizationIsSetByTheScope<T>(PhantomData<T>);

impl<T> OrganizationIsSetByTheScope<T> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<T> Clone for OrganizationIsSetByTheScope<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for OrganizationIsSetByTheScope<T> {}

impl<T> std::fmt::Debug for OrganizationIsSetByTheScope<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("organization column")
    }
}

impl<T: 'static> QueryId for OrganizationIsSetByTheScope<T> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: TenantTable> Expression for OrganizationIsSetByTheScope<T> {
    type SqlType = T::OrganizationType;
}

impl<T: TenantTable, DB: Backend> QueryFragment<DB> for OrganizationIsSetByTheScope<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        crate::__private::walk_column(out, T::ALIAS, T::ORGANIZATION)
    }
}

impl<T, QS> AppearsOnTable<QS> for OrganizationIsSetByTheScope<T>
where
    T: TenantTable,
    QS: AppearsInFromClause<T, Count = Once>,
{
}

// The remaining impls are those that `diesel::table!` writes for each of its columns.

impl<T, L, R> SelectableExpression<Join<L, R, LeftOuter>> for OrganizationIsSetByTheScope<T>
where
    T: TenantTable,
    Self: AppearsOnTable<Join<L, R, LeftOuter>> + SelectableExpression<L>,
    R: AppearsInFromClause<T, Count = Never> + QuerySource,
    L: QuerySource,
{
}

impl<T, L, R> SelectableExpression<Join<L, R, Inner>> for OrganizationIsSetByTheScope<T>
where
    T: TenantTable,
    L: AppearsInFromClause<T> + QuerySource,
    R: AppearsInFromClause<T> + QuerySource,
    (L::Count, R::Count): Pick<L, R>,
    Self: AppearsOnTable<Join<L, R, Inner>> + SelectableExpression<<(L::Count, R::Count) as Pick<L, R>>::Selection>,
{
}

impl<T, J, On> SelectableExpression<JoinOn<J, On>> for OrganizationIsSetByTheScope<T> where
    Self: SelectableExpression<J> + AppearsOnTable<JoinOn<J, On>>
{
}

impl<T, From> SelectableExpression<SelectStatement<FromClause<From>>> for OrganizationIsSetByTheScope<T>
where
    From: QuerySource,
    Self: SelectableExpression<From> + AppearsOnTable<SelectStatement<FromClause<From>>>,
{
}

impl<T: TenantTable> ValidGrouping<()> for OrganizationIsSetByTheScope<T> {
    type IsAggregate = is_aggregate::No;
}

impl<T, GB> ValidGrouping<GB> for OrganizationIsSetByTheScope<T>
where
    T: TenantTable,
    GB: IsContainedInGroupBy<Self, Output = is_contained_in_group_by::Yes>,
{
    type IsAggregate = is_aggregate::Yes;
}

impl<T, C> IsContainedInGroupBy<C> for OrganizationIsSetByTheScope<T>
where
    C: ColumnOf<T>,
    Self: ColumnOf<T>,
    <Self as ColumnOf<T>>::Index: super::SameColumn<C::Index>,
{
    type Output = <<Self as ColumnOf<T>>::Index as super::SameColumn<C::Index>>::Output;
}

impl<T, Rhs> EqAll<Rhs> for OrganizationIsSetByTheScope<T>
where
    T: TenantTable,
    T::OrganizationType: diesel::sql_types::SingleValue,
    Rhs: diesel::expression::AsExpression<T::OrganizationType>,
    diesel::dsl::Eq<Self, Rhs>: Expression<SqlType = diesel::sql_types::Bool>,
{
    type Output = diesel::dsl::Eq<Self, Rhs>;

    fn eq_all(self, rhs: Rhs) -> Self::Output {
        diesel::ExpressionMethods::eq(self, rhs)
    }
}

/// What an organization column is compared with.
#[diagnostic::on_unimplemented(
    message = "an organization column is not compared with `{Self}`",
    label = "neither an `OrgId` nor an organization column",
    note = "the scope already decides the organization; leave the comparison out",
    note = "an `OrgId` that came from a row can be compared; a `Uuid`, a string or a claim of a client cannot",
    note = "TEN0009: see docs/errors/TEN0009.md"
)]
pub trait ComparesWithOrganization {}
impl ComparesWithOrganization for crate::OrgId {}
impl ComparesWithOrganization for &crate::OrgId {}
impl<T> ComparesWithOrganization for OrganizationIsSetByTheScope<T> {}
impl<S> ComparesWithOrganization for crate::query::AliasedOrganization<S> {}
impl<C: ComparesWithOrganization> ComparesWithOrganization for Option<C> {}
impl<C: ComparesWithOrganization> ComparesWithOrganization for Vec<C> {}
impl<C: ComparesWithOrganization, const N: usize> ComparesWithOrganization for [C; N] {}
impl<C: ComparesWithOrganization> ComparesWithOrganization for &[C] {}
impl<C: ComparesWithOrganization> ComparesWithOrganization for &Vec<C> {}

macro_rules! comparisons {
    ($($name:ident -> $Output:ident),* $(,)?) => {
        /// Diesel's comparisons, asked for values that an organization column is compared with.
        impl<T: TenantTable> OrganizationIsSetByTheScope<T> {
            $(
                #[doc = concat!("As [`ExpressionMethods::", stringify!($name), "`](diesel::ExpressionMethods::", stringify!($name), ").")]
                pub fn $name<Rhs>(self, rhs: Rhs) -> diesel::dsl::$Output<Self, Rhs>
                where
                    Rhs: ComparesWithOrganization + diesel::expression::AsExpression<T::OrganizationType>,
                {
                    diesel::ExpressionMethods::$name(self, rhs)
                }
            )*
        }
    };
}

comparisons!(eq -> Eq, ne -> NotEq, gt -> Gt, ge -> GtEq, lt -> Lt, le -> LtEq);

impl<T: TenantTable, S: AliasSource> FieldAliasMapper<S> for OrganizationIsSetByTheScope<T>
where
    S: crate::query::MapsOrganization<T>,
{
    type Out = S::Out;

    fn map(self, _alias: &Alias<S>) -> Self::Out {
        S::map(self)
    }
}
