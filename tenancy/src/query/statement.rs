//! Which statements a scoped connection runs.
//!
//! Statements that begin in a scope say so by their type, set operations by the types of their arms. Which statements these
//! are is decided here alone: nothing that another crate implements for a type of its own makes it one
//! (`ui-tests/tests/fail/hostile/`).

use super::arms::SetOperation;
use super::{Admits, AliasName, Aliased, LeafSource};
use crate::isolation::sealed::{Source, Statement};
use crate::schema::PlainTable;
use crate::scope::Platform;
use diesel::internal::table_macro::{BoxedSelectStatement, FromClause, Join, JoinOn, NoFromClause, SelectStatement};
use diesel::query_builder::{AsQuery, DeleteStatement, InsertStatement, UpdateStatement};
use diesel::query_source::{Alias, QuerySource};
use std::marker::PhantomData;

/// Known by the statement's own type.
#[derive(Debug)]
pub struct ByType(());

/// Known by the source that stands alone.
#[derive(Debug)]
pub struct BySource(());

/// Known by the statement's own type, which says what permit it needs and has.
#[derive(Debug)]
pub struct ByPermit<N>(PhantomData<N>);

/// Known by the statement's own type, and run in parts where the database cannot take its rows at once.
#[derive(Debug)]
pub struct ByRows<N>(PhantomData<N>);

/// Known as one of diesel's set operations, of `L` and `R`, which are known by `HowL` and `HowR`.
#[derive(Debug)]
pub struct ByArms<L, HowL, R, HowR, Form>(PhantomData<(L, HowL, R, HowR, Form)>);

impl<B, T: LeafSource<Under: Admits<T, B>>> Source<B> for T {}
impl<B, N: AliasName> Source<B> for Alias<Aliased<N, B>> {}
impl<B, L: QuerySource + Source<B>, R: QuerySource + Source<B>, K> Source<B> for Join<L, R, K> {}
impl<B, J: Source<B>, On> Source<B> for JoinOn<J, On> {}
impl<B, F: QuerySource + Source<B>, S, D, W, O, L, G, H, K> Source<B>
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
}

impl<B, F: QuerySource + Source<B>, S, D, W, O, L, G, H, K> Statement<B, ByType>
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
}
impl<B, S, D, W, O, L, G, H, K> Statement<B, ByType> for SelectStatement<NoFromClause, S, D, W, O, L, G, H, K> {}
impl<B, F: QuerySource + Source<B>, ST, DB, GB> Statement<B, ByType>
    for BoxedSelectStatement<'_, ST, FromClause<F>, DB, GB>
{
}
impl<B, ST, DB, GB> Statement<B, ByType> for BoxedSelectStatement<'_, ST, NoFromClause, DB, GB> {}
// Diesel's own writes, of tables that belong to no organization, on the platform's connections.
impl<T: PlainTable, U, Op, Ret> Statement<Platform, ByType> for InsertStatement<T, U, Op, Ret> {}
impl<T: PlainTable, U, V, Ret> Statement<Platform, ByType> for UpdateStatement<T, U, V, Ret> {}
impl<T: PlainTable, U, Ret> Statement<Platform, ByType> for DeleteStatement<T, U, Ret> {}

impl<B, N: AliasName> Statement<B, BySource> for Alias<Aliased<N, B>> {}
// What is sent is the source's own query: another one would be whatever its author likes.
impl<B, T: LeafSource + Source<B> + AsQuery<Query = SelectStatement<FromClause<T>>>> Statement<B, BySource> for T {}

#[diagnostic::do_not_recommend]
impl<B, Q, L, HowL, R, HowR, Form> Statement<B, ByArms<L, HowL, R, HowR, Form>> for Q
where
    Q: SetOperation<L, R, Form>,
    L: Statement<B, HowL>,
    R: Statement<B, HowR>,
{
}
