//! Brands keep two scopes apart at compile time.

use std::marker::PhantomData;

/// The brand of a scope that a request received: handlers write plain `OrgScope`.
///
/// All request scopes share it, so two of them are kept apart at run time: a statement of one is refused on a
/// connection armed for another.
#[derive(Debug, Clone, Copy)]
pub struct Request(());

/// A brand of its own for each closure that receives a scope; invariant, so it can be neither widened nor shortened.
///
/// Proof: `ui-tests/tests/fail/g_forging/a_brand_is_shortened_to_match_another.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Brand<'id>(PhantomData<fn(&'id ()) -> &'id ()>);

/// The brand of a platform connection: see [`PlatformDb`](crate::db::PlatformDb). No [`OrgScope`](crate::OrgScope) has it.
#[derive(Debug, Clone, Copy)]
pub struct Platform(());

/// Every brand: the bound of code that serves a request, a job and a run over many organizations alike.
///
/// ```
/// # tenancy::schema! { diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, total -> BigInt, } } }
/// # #[cfg(feature = "sqlite")] mod inner { use super::*;
/// use diesel::dsl::sum;
/// use tenancy::db::Sqlite;
/// use tenancy::prelude::*;
/// use tenancy::scope::AnyBrand;
/// use tenancy::{OrgConn, OrgScope};
///
/// async fn open<B: AnyBrand>(scope: &OrgScope<B>, conn: &mut OrgConn<'_, Sqlite, B>) -> QueryResult<Vec<i64>> {
///     scope.from(invoices::table).filter(invoices::total.gt(0)).select(invoices::total).load(conn).await
/// }
/// # }
/// # fn main() {}
/// ```
///
/// Sealed: its implementors are [`Request`] and [`Brand`]. It says nothing about which organization a scope is of, and two
/// scopes of one generic function have one brand only where the caller's have.
pub trait AnyBrand: sealed::Brand + Send + Sync {}
impl AnyBrand for Request {}
impl AnyBrand for Brand<'_> {}

mod sealed {
    pub trait Brand {}
    impl Brand for super::Request {}
    impl Brand for super::Brand<'_> {}
}
