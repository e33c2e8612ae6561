//! The organization column: an expression that can be read and compared, and never written.

use super::{ColumnOf, TenantTable};
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, IsContainedInGroupBy, SelectableExpression, TypedExpressionType,
    ValidGrouping, is_aggregate, is_contained_in_group_by,
};
use diesel::internal::table_macro::{FromClause, Inner, Join, JoinOn, LeftOuter, Pick, SelectStatement};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::{AppearsInFromClause, Column, Never, Once, QuerySource};
use diesel::sql_types::SqlType;
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
        crate::isolation::organization_column::<T, DB>(out)
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

/// Never satisfied: the organization column is no column that a statement writes.
#[diagnostic::on_unimplemented(
    message = "the organization column of `{T}` is set by the scope: no statement gives it a value",
    label = "this names the organization column",
    note = "leave it out: of the tuple, and of the struct that derives `Insertable` or `AsChangeset`",
    note = "to read it from an alias, write `alias.fields(org_id)` instead of `alias.field(org_id)`",
    note = "TEN0022: run `tenancy explain TEN0022`"
)]
pub trait WrittenByHand<T>: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

/// So that the compiler's headline is ours where diesel asks for a column.
impl<T: TenantTable> Column for OrganizationIsSetByTheScope<T>
where
    Self: WrittenByHand<T>,
{
    type Table = T;
    const NAME: &'static str = T::ORGANIZATION;
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

/// What an organization column of SQL type `ST` is compared with.
#[diagnostic::on_unimplemented(
    message = "an organization column is not compared with `{Self}`",
    label = "neither an `OrgId` nor an organization column",
    note = "the scope already decides the organization; leave the comparison out",
    note = "an `OrgId` that came from a row can be compared; a `Uuid`, a type of your own around one, a string or what a client requested cannot",
    note = "TEN0009: run `tenancy explain TEN0009`"
)]
pub trait ComparesWithOrganization<ST> {
    /// The value in SQL.
    type Compared: Expression<SqlType = ST>;

    /// The value in SQL.
    fn compared(self) -> Self::Compared;
}

/// One trait is asked for, not diesel's beside it: so the compiler reports one mistake once.
macro_rules! compares {
    ($([$($generic:ident $(: $bound:ident)?),*] $value:ty;)*) => {$(
        impl<$($generic $(: $bound)?,)* ST> ComparesWithOrganization<ST> for $value
        where
            Self: AsExpression<ST>,
            ST: SqlType + TypedExpressionType,
        {
            type Compared = <Self as AsExpression<ST>>::Expression;

            fn compared(self) -> Self::Compared {
                self.as_expression()
            }
        }
    )*};
}
pub(crate) use compares;

compares! {
    [] crate::identity::OrgId;
    [] &crate::identity::OrgId;
    [] Option<crate::identity::OrgId>;
    [T] OrganizationIsSetByTheScope<T>;
}

macro_rules! comparisons {
    ($($name:ident -> $Output:ident),* $(,)?) => {
        /// Diesel's comparisons, asked for values that an organization column is compared with.
        impl<T: TenantTable> OrganizationIsSetByTheScope<T> {
            $(
                #[doc = concat!("As [`ExpressionMethods::", stringify!($name), "`](diesel::ExpressionMethods::", stringify!($name), ").")]
                pub fn $name<Rhs>(self, rhs: Rhs) -> diesel::dsl::$Output<Self, Rhs::Compared>
                where
                    Rhs: ComparesWithOrganization<T::OrganizationType>,
                {
                    diesel::ExpressionMethods::$name(self, rhs.compared())
                }
            )*
        }
    };
}

comparisons!(eq -> Eq, ne -> NotEq, gt -> Gt, ge -> GtEq, lt -> Lt, le -> LtEq);
