//! What a developer writes by habit, and the error that answers it.
//!
//! `invoices::table` the *value* is a [`NeedsOrgScope`]. It is no diesel table. Its methods carry diesel's names and a
//! bound that nothing satisfies, on the method itself, so that our message is the compiler's headline. What such a method
//! returns has the same methods without the bound: one forgotten scope is one error, however long the chain behind it is.

use std::marker::PhantomData;

/// An organization table before it is given a scope: `scope.from(invoices::table)` turns it into a query source.
pub struct NeedsOrgScope<T>(PhantomData<fn() -> T>);

impl<T> Clone for NeedsOrgScope<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NeedsOrgScope<T> {}

impl<T> std::fmt::Debug for NeedsOrgScope<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an organization table without a scope")
    }
}

/// Never satisfied: the methods that carry it exist to say what to write instead.
#[diagnostic::on_unimplemented(
    message = "`{T}` is an organization table: this query names no organization",
    label = "no organization here",
    note = "start from the request's scope: `scope.from({T})`; writes start from `scope.insert_into(..)`, `scope.update(..)`, `scope.delete(..)`",
    note = "an `OrgScope` is minted by the gateway for each request; take it as a handler argument",
    note = "TEN0001: run `tenancy explain TEN0001`"
)]
pub trait NamesAnOrganization<T>: sealed::Sealed<T> {}

mod sealed {
    pub trait Sealed<T> {}
}

/// A statement of diesel's. Its name is what the compiler says of a statement that names no organization.
#[doc(hidden)]
#[derive(Debug)]
pub struct AStatement(());

impl<T> NeedsOrgScope<T> {
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// What the first error leaves behind: everything that follows in the chain is silent. It has no value.
#[doc(hidden)]
pub struct Unscoped<T>(PhantomData<fn() -> T>);

impl<T> Unscoped<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The methods of [`NeedsOrgScope`] without their bound, and those that are asked of the field of an alias.
macro_rules! silent {
    ($($name:ident($($arg:ident),*)),* $(,)?) => {
        #[doc(hidden)]
        #[allow(non_camel_case_types, clippy::should_implement_trait, clippy::wrong_self_convention)]
        impl<T> Unscoped<T> {
            $(pub fn $name<$($arg),*>(self, $($arg: $arg),*) -> Self {
                $(drop($arg);)*
                self
            })*

            pub fn into_boxed<'a, DB: 'a>(self) -> Self {
                self
            }
        }
    };
}

silent! {
    select(selection), filter(predicate), or_filter(predicate), find(id), order(by), order_by(by), then_order_by(by),
    limit(count), offset(count), distinct(), distinct_on(by), group_by(by), having(predicate), count(), star(),
    inner_join(other), left_join(other), left_outer_join(other), on(condition), single_value(), nullable(),
    for_update(), for_no_key_update(), for_share(), for_key_share(), skip_locked(), no_wait(), as_query(),
    union(other), union_all(other), intersect(other), intersect_all(other), except(other), except_all(other),
    only(), tablesample_bernoulli(percentage), tablesample_system(percentage), primary_key(), default_selection(),
    from_clause(), insert_into(table), set(changes), values(rows), default_values(), field(column), fields(columns),
    grouping(columns), returning(selection), on_conflict(target), on_conflict_do_nothing(), do_update(), do_nothing(),
    into_columns(columns),
    eq(value), ne(value), gt(value), ge(value), lt(value), le(value), between(from, to), eq_any(values), ne_all(values),
    is_null(), is_not_null(), like(pattern), ilike(pattern), and(other), or(other), asc(), desc(), assume_not_null(),
}

macro_rules! silent_to_run {
    ($($name:ident<$($row:ident)?> -> $result:ty;)*) => {
        #[doc(hidden)]
        impl<T> Unscoped<T> {
            $(pub fn $name<$($row)?>(self, _conn: &mut impl Sized) -> Outcome<$result> {
                Outcome(PhantomData)
            })*
        }
    };
}

// Their results are annotated by a developer; an annotation must not hide our message.
silent_to_run! {
    load<U> -> Vec<U>;
    get_results<U> -> Vec<U>;
    load_iter<U> -> Vec<U>;
    load_stream<U> -> Vec<U>;
    first<U> -> U;
    get_result<U> -> U;
    execute<> -> usize;
}

/// Stands for both diesel's result and diesel-async's future, so that no second error follows ours.
#[doc(hidden)]
pub struct Outcome<U>(PhantomData<U>);

#[doc(hidden)]
impl<U> Outcome<U> {
    pub(super) const fn none() -> Self {
        Self(PhantomData)
    }

    pub fn unwrap(self) -> U {
        unreachable!("no value of an unscoped statement exists")
    }

    pub fn expect(self, _message: &str) -> U {
        self.unwrap()
    }

    pub fn optional(self) -> Outcome<Option<U>> {
        Outcome(PhantomData)
    }
}

impl<U> Future for Outcome<U> {
    type Output = diesel::QueryResult<U>;

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::task::Poll::Ready(Err(crate::scope::ScopeError::NoOrganization.into()))
    }
}
