//! Which brand a source or a statement is of, and that two of them agree.

use super::alias::{AliasName, Aliased};
use super::arms::SetOperation;
use super::statement::{ByArms, BySource, ByType};
use crate::scope::Platform;
use diesel::internal::table_macro::{BoxedSelectStatement, FromClause, Join, JoinOn, NoFromClause, SelectStatement};
use diesel::query_source::{Alias, QuerySource};
use std::marker::PhantomData;

/// A table as a source, written by [`schema!`](crate::schema!). What it may call itself is checked: a source of one brand is
/// an organization table's own and renders through [`ScopedFrom`](super::ScopedFrom), which only a scope of that brand gives; the
/// others are declared global and render their name ([`PlainFrom`](crate::schema::PlainFrom)).
#[doc(hidden)]
pub trait LeafSource: diesel::Table {
    /// [`OfBrand`], [`Anywhere`] or [`OfThePlatform`].
    type Under;
}

/// Of the organization of a scope of brand `B`.
#[doc(hidden)]
#[derive(Debug)]
pub struct OfBrand<B>(PhantomData<fn(B) -> B>);

/// Of no organization: shared reference data, or no table at all.
#[doc(hidden)]
#[derive(Debug)]
pub struct Anywhere(());

/// The platform's: it stands on its connections alone, beside global tables.
#[doc(hidden)]
#[derive(Debug)]
pub struct OfThePlatform(());

/// Whether leaf source `T` may stand under brand `B`.
#[doc(hidden)]
pub trait Admits<T, B> {}
impl<T, B, Base> Admits<T, B> for OfBrand<B>
where
    T: QuerySource<FromClause = super::ScopedFrom<Base, B>>,
    Base: crate::schema::TenantTable<Scoped<B> = T>,
{
}
impl<T: crate::schema::GlobalTable, B> Admits<T, B> for Anywhere {}
impl<T: crate::schema::PlatformTable> Admits<T, Platform> for OfThePlatform {}

/// The brand of a source.
#[doc(hidden)]
pub trait SourceBrand {
    type Under;
}

impl<T: LeafSource> SourceBrand for T {
    type Under = T::Under;
}

impl<N: AliasName, B> SourceBrand for Alias<Aliased<N, B>> {
    type Under = OfBrand<B>;
}

impl<L, R, K> SourceBrand for Join<L, R, K>
where
    L: QuerySource + SourceBrand,
    R: QuerySource + SourceBrand,
    L::Under: Agrees<R::Under>,
{
    type Under = <L::Under as Agrees<R::Under>>::Both;
}

impl<J: SourceBrand, On> SourceBrand for JoinOn<J, On> {
    type Under = J::Under;
}

impl<F: QuerySource + SourceBrand, S, D, W, O, L, G, H, K> SourceBrand
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
    type Under = F::Under;
}

/// The brand of a statement that can be an arm of a set operation; `How` is inferred.
#[diagnostic::on_unimplemented(
    message = "an arm of this set operation names no organization",
    label = "not built from an `OrgScope`, and not of a global table",
    note = "start each arm from the request's scope: `scope.from(table)`",
    note = "TEN0003: run `tenancy explain TEN0003`"
)]
pub trait BrandOf<How> {
    #[doc(hidden)]
    type Under;
}

impl<F: QuerySource + SourceBrand, S, D, W, O, L, G, H, K> BrandOf<ByType>
    for SelectStatement<FromClause<F>, S, D, W, O, L, G, H, K>
{
    type Under = F::Under;
}

impl<S, D, W, O, L, G, H, K> BrandOf<ByType> for SelectStatement<NoFromClause, S, D, W, O, L, G, H, K> {
    type Under = Anywhere;
}

impl<F: QuerySource + SourceBrand, ST, DB, GB> BrandOf<ByType> for BoxedSelectStatement<'_, ST, FromClause<F>, DB, GB> {
    type Under = F::Under;
}

impl<ST, DB, GB> BrandOf<ByType> for BoxedSelectStatement<'_, ST, NoFromClause, DB, GB> {
    type Under = Anywhere;
}

impl<N: AliasName, B> BrandOf<BySource> for Alias<Aliased<N, B>> {
    type Under = OfBrand<B>;
}

impl<T: LeafSource> BrandOf<BySource> for T {
    type Under = T::Under;
}

/// A set operation as an arm: of the brand of its own arms.
impl<Q, L, HowL, R, HowR, Form> BrandOf<ByArms<L, HowL, R, HowR, Form>> for Q
where
    Q: SetOperation<L, R, Form>,
    L: BrandOf<HowL, Under: Agrees<R::Under>>,
    R: BrandOf<HowR>,
{
    type Under = <L::Under as Agrees<R::Under>>::Both;
}

/// Two brands that may meet in one statement.
#[diagnostic::on_unimplemented(
    message = "two scopes meet in one statement",
    label = "this side belongs to another `OrgScope`",
    note = "a statement acts for one organization: build all of it from one scope",
    note = "TEN0010: run `tenancy explain TEN0010`"
)]
pub trait Agrees<Other> {
    #[doc(hidden)]
    type Both;
}

impl<X> Agrees<X> for Anywhere {
    type Both = X;
}

impl<B> Agrees<Anywhere> for OfBrand<B> {
    type Both = Self;
}

// One impl for every brand, so that a brand which a function is generic over agrees with itself.
impl<B> Agrees<Self> for OfBrand<B> {
    type Both = Self;
}

impl Agrees<Self> for OfThePlatform {
    type Both = Self;
}

impl Agrees<Anywhere> for OfThePlatform {
    type Both = Self;
}
