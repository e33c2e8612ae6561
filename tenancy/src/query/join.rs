//! Joins: the organization equality that every join between organization tables carries.
//!
//! Each side is scoped by itself. The equality lets the planner see that both binds are one organization
//! (`docs/decisions/0001`), and a mismatch returns nothing instead of a product.

use super::aliased_organization::AliasedOrganization;
use super::brand::{Agrees, SourceBrand};
use crate::schema::{OrganizationIsSetByTheScope, TenantTable};
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression};
use diesel::internal::table_macro::{FromClause, Join, JoinOn, SelectStatement};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_dsl::InternalJoinDsl;
use diesel::query_source::{Alias, AliasSource, QuerySource};
use diesel::sql_types::BoolOrNullableBool;
use diesel::{JoinTo, QueryDsl, QueryResult};

/// The organization of a join's side, by its leftmost source.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined: it is neither scoped nor a global table of your schema",
    note = "start from the scope: `scope.from(table)`",
    note = "TEN0003: run `tenancy explain TEN0003`"
)]
pub trait JoinSide {
    /// The organization column, or [`NoOrganization`].
    type Organization;
    #[doc(hidden)]
    fn __organization() -> Self::Organization;
}

/// A side without an organization: a global table.
#[derive(Debug, Clone, Copy)]
pub struct NoOrganization;

/// An organization column of a join side.
#[doc(hidden)]
pub trait SideColumn {}
impl<T> SideColumn for OrganizationIsSetByTheScope<T> {}
impl<S> SideColumn for AliasedOrganization<S> {}

impl<S: AliasSource> JoinSide for Alias<S>
where
    S::Target: TenantTable,
{
    type Organization = AliasedOrganization<S>;

    fn __organization() -> Self::Organization {
        AliasedOrganization::NEW
    }
}

impl<L: QuerySource + JoinSide, R: QuerySource, K> JoinSide for Join<L, R, K> {
    type Organization = L::Organization;

    fn __organization() -> Self::Organization {
        L::__organization()
    }
}

impl<J: JoinSide, On> JoinSide for JoinOn<J, On> {
    type Organization = J::Organization;

    fn __organization() -> Self::Organization {
        J::__organization()
    }
}

impl<F: QuerySource + JoinSide, S, D, W, O, L, G, H, K> JoinSide
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
    type Organization = F::Organization;

    fn __organization() -> Self::Organization {
        F::__organization()
    }
}

/// The ON clause between two sides: with the equality when both have an organization.
#[doc(hidden)]
pub trait OnClauseOf<Rhs, On> {
    type Clause;
    fn clause(self, rhs: Rhs, on: On) -> Self::Clause;
}

impl<L: SideColumn, R: SideColumn, On> OnClauseOf<R, On> for L {
    type Clause = OnAndSameOrganization<On, L, R>;

    fn clause(self, rhs: R, on: On) -> Self::Clause {
        OnAndSameOrganization { on, left: self, right: rhs }
    }
}

impl<L: SideColumn, On> OnClauseOf<NoOrganization, On> for L {
    type Clause = On;

    fn clause(self, _rhs: NoOrganization, on: On) -> On {
        on
    }
}

impl<R, On> OnClauseOf<R, On> for NoOrganization {
    type Clause = On;

    fn clause(self, _rhs: R, on: On) -> On {
        on
    }
}

/// `(<on>) AND "left"."org_id" = "right"."org_id"`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct OnAndSameOrganization<On, L, R> {
    on: On,
    left: L,
    right: R,
}

impl<On: Expression, L, R> Expression for OnAndSameOrganization<On, L, R>
where
    On::SqlType: BoolOrNullableBool,
{
    type SqlType = On::SqlType;
}

impl<QS, On, L, R> AppearsOnTable<QS> for OnAndSameOrganization<On, L, R>
where
    Self: Expression,
    On: AppearsOnTable<QS>,
    L: AppearsOnTable<QS>,
    R: AppearsOnTable<QS>,
{
}

impl<DB, On, L, R> QueryFragment<DB> for OnAndSameOrganization<On, L, R>
where
    DB: Backend,
    On: QueryFragment<DB>,
    L: QueryFragment<DB>,
    R: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.on.walk_ast(out.reborrow())?;
        out.push_sql(") AND ");
        self.left.walk_ast(out.reborrow())?;
        out.push_sql(" = ");
        self.right.walk_ast(out.reborrow())
    }
}

/// A join's right side with an explicit ON clause: the twin of diesel's, which adds the organization.
#[derive(Debug, Clone, Copy)]
pub struct OnInOrganization<Source, On> {
    source: Source,
    on: On,
}

impl<Source, On> OnInOrganization<Source, On> {
    #[doc(hidden)]
    pub fn new(source: Source, on: On) -> Self {
        Self { source, on }
    }

    #[doc(hidden)]
    pub fn join_from<Lhs>(self) -> (Source, <Lhs::Organization as OnClauseOf<Source::Organization, On>>::Clause)
    where
        Lhs: JoinSide,
        Source: JoinSide,
        Lhs::Organization: OnClauseOf<Source::Organization, On>,
    {
        let on = Lhs::__organization().clause(Source::__organization(), self.on);
        (self.source, on)
    }
}

impl<Source, On> QueryDsl for OnInOrganization<Source, On> {}

impl<Source, On, Rhs> JoinTo<Rhs> for OnInOrganization<Source, On>
where
    Source: JoinTo<Rhs>,
{
    type FromClause = Source::FromClause;
    type OnClause = Source::OnClause;

    fn join_target(rhs: Rhs) -> (Self::FromClause, Self::OnClause) {
        Source::join_target(rhs)
    }
}

impl<Source, On, Rhs, Kind, OtherOn> InternalJoinDsl<Rhs, Kind, OtherOn> for OnInOrganization<Source, On>
where
    Source: InternalJoinDsl<Rhs, Kind, OtherOn>,
{
    type Output = OnInOrganization<Source::Output, On>;

    fn join(self, rhs: Rhs, kind: Kind, on: OtherOn) -> Self::Output {
        OnInOrganization { source: self.source.join(rhs, kind, on), on: self.on }
    }
}

#[diagnostic::do_not_recommend]
impl<S, Rhs, On> JoinTo<OnInOrganization<Rhs, On>> for Alias<S>
where
    Alias<S>: JoinSide + SourceBrand,
    Rhs: JoinSide + SourceBrand,
    <Alias<S> as SourceBrand>::Under: Agrees<Rhs::Under>,
    <Alias<S> as JoinSide>::Organization: OnClauseOf<Rhs::Organization, On>,
{
    type FromClause = Rhs;
    type OnClause = <<Alias<S> as JoinSide>::Organization as OnClauseOf<Rhs::Organization, On>>::Clause;

    fn join_target(rhs: OnInOrganization<Rhs, On>) -> (Self::FromClause, Self::OnClause) {
        rhs.join_from::<Self>()
    }
}

/// Gives a join an explicit ON clause, to which the organization equality is added.
///
/// In [`prelude`](crate::prelude) it stands in for diesel's trait of the same name. With diesel's, a scoped source is
/// still scoped; only the equality, which the planner likes, is missing.
pub trait JoinOnDsl: Sized {
    /// Joins on `on` instead of on the declared foreign key.
    fn on<On>(self, on: On) -> OnInOrganization<Self, On>
    where
        Self: JoinSide,
    {
        OnInOrganization::new(self, on)
    }
}

impl<T: QuerySource> JoinOnDsl for T {}
