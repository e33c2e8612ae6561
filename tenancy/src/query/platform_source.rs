//! Which sources a platform table may be part of: those without an organization table.

use diesel::internal::table_macro::{FromClause, Join, JoinOn, SelectStatement};
#[cfg(feature = "postgres")]
use diesel::query_builder::{Only, Tablesample};
use diesel::query_source::{Alias, AliasSource, QuerySource};

/// A source without an organization table. The columns of a platform table appear on no other, so that a statement of an organization reads no
/// platform table, in a subquery neither: the compiler's message names this trait and with it what to do, where diesel would
/// miss a pair of tables and advise to add it. It is an open trait, since [`schema!`](crate::schema!) implements it; that a scoped connection renders no
/// platform table does not depend on it ([`PlainFrom`](crate::schema::PlainFrom)).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a statement of an organization reads a platform table",
    label = "it reads a platform table beside `{Self}`",
    note = "read the rows on a `PlatformConn` and pass their values, or declare reference data `global(..)` in `tenancy::schema!`",
    note = "TEN0007: run `tenancy explain TEN0007`"
)]
pub trait WithoutOrganizations {}

impl<L: WithoutOrganizations, R: WithoutOrganizations, K> WithoutOrganizations for Join<L, R, K>
where
    L: QuerySource,
    R: QuerySource,
{
}
#[diagnostic::do_not_recommend]
impl<J: WithoutOrganizations, On> WithoutOrganizations for JoinOn<J, On> {}
#[diagnostic::do_not_recommend]
impl<F: QuerySource + WithoutOrganizations, S, D, W, O, L, G, H, K> WithoutOrganizations
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
}
#[diagnostic::do_not_recommend]
impl<S: AliasSource<Target: WithoutOrganizations>> WithoutOrganizations for Alias<S> {}
#[cfg(feature = "postgres")]
#[diagnostic::do_not_recommend]
impl<S: WithoutOrganizations> WithoutOrganizations for Only<S> {}
#[cfg(feature = "postgres")]
#[diagnostic::do_not_recommend]
impl<S: WithoutOrganizations, M> WithoutOrganizations for Tablesample<S, M> where
    M: diesel::internal::table_macro::TablesampleMethod
{
}
