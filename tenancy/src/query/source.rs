//! `scope.from(table)`: the derived table that stands in FROM wherever an organization table is read.
//!
//! The predicate sits in FROM, so nothing written after it can remove it: not `or_filter`, not a boxed query, not an outer
//! join, not an explicit `on`, not a subquery, not a set operation (`docs/decisions/0001`).

use super::NeedsOrgScope;
use super::alias::{AliasName, Aliased};
use crate::isolation::ScopedFrom;
use crate::schema::TenantTable;
use crate::scope::{OrgScope, ScopeKey};
use diesel::query_source::Alias;

/// What `schema!` and `alias!` say of what they declare: whether it is a table or an alias. A scope's key is given to
/// neither.
#[doc(hidden)]
pub trait ScopeTarget {
    /// [`AsTable`] or [`AsAlias`].
    type As;
}

/// An organization table.
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
        message = "`{Self}` is not an organization table of your schema",
        label = "a scope has no rows of this",
        note = "declare the table in `tenancy::schema!` and write `scope.from(table)`; global tables need no scope",
        note = "TEN0007: run `tenancy explain TEN0007`"
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

/// What a scope can be asked for rows of: an organization table, or an alias of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an organization table of your schema",
    label = "a scope has no rows of this",
    note = "declare the table in `tenancy::schema!` and write `scope.from(table)`; a global table is read without a scope, a platform table is not reached from one",
    note = "TEN0007: run `tenancy explain TEN0007`"
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

/// An alias of a module: `alias!(units as child: Child)` makes `child` a function, which a `let` may shadow.
#[diagnostic::do_not_recommend]
impl<F, T> sealed::Scopable for F
where
    F: Fn() -> NeedsOrgScope<T>,
    NeedsOrgScope<T>: sealed::Scopable,
{
    type Source<B> = <NeedsOrgScope<T> as sealed::Scopable>::Source<B>;

    fn source<B>(key: ScopeKey<B>) -> Self::Source<B> {
        <NeedsOrgScope<T> as sealed::Scopable>::source(key)
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
    /// operations. `table` is an organization table of [`schema!`](crate::schema!) or an [`alias!`](crate::alias!) of one.
    pub fn from<S: Scopable>(&self, _table: S) -> S::Source<B> {
        S::source(self.key())
    }
    /// A SELECT without a FROM clause: `scope.select(exists(scope.from(table).filter(..)))`.
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
