//! What a scoped source carries of its scope: the organization, and nothing that could make a scope again.

use super::brand::Request;
use crate::sql_types::{OrganizationType, Stored};
use diesel::backend::Backend;
use diesel::result::Error::QueryBuilderError;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use uuid::Uuid;

/// Why a statement or a scope was refused. Never names an organization, a secret or SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The statement was built without a scope, through hidden plumbing.
    #[error("TEN0201: the statement carries no organization; build it from a scope: `scope.from(..)`")]
    NoOrganization,
    /// The statement belongs to another scope than the connection.
    #[error(
        "TEN0202: the statement was built from another scope than its connection; \
         build it from the scope that `db.scoped(&scope)` received"
    )]
    OtherScope,
    /// The scope's time is over.
    #[error("TEN0203: the scope has expired; ask the gateway for a new one")]
    Expired,
    /// The scope's request was answered already.
    #[error("TEN0204: the scope outlived its request; a scope is used inside the request that received it")]
    RequestEnded,
    /// The scope was minted by an authority that this database does not trust.
    #[error("TEN0205: the scope was minted by another authority than the one this database trusts")]
    OtherAuthority,
    /// The statement reads a table of the platform's on an organization's connection.
    #[error("TEN0206: the statement reaches a platform table; no organization's connection does")]
    PlatformTable,
    /// Raw SQL that is no single statement of the allowed kinds, or has no reason.
    #[error(
        "TEN0207: raw SQL is one SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, VALUES or TABLE statement, \
         and needs a reason"
    )]
    RawSql,
    /// The directory's epochs are other ones than those that the scope was granted under.
    #[error(
        "TEN0208: the organization or its member changed after the gateway decided; \
         ask the gateway for a new scope"
    )]
    Outdated,
    /// A statement that writes, for a scope that only reads.
    #[error("TEN0209: the scope only reads: staff of the platform entered this organization to read, not to change")]
    ReadOnly,
    /// A write that names the organization column among its own: nobody but the scope sets it.
    #[error(
        "TEN0230: the statement sets the organization column; leave it out, the scope decides it. \
         A column or changeset that was written by hand names its columns in quotes"
    )]
    OrganizationAssigned,
}

/// The SQLSTATE of [`Refusal::Outdated`], of no class of PostgreSQL's.
#[cfg(any(feature = "postgres", feature = "rls"))]
pub(crate) const OUTDATED: &str = "TEN08";

impl From<Refusal> for diesel::result::Error {
    fn from(refusal: Refusal) -> Self {
        QueryBuilderError(Box::new(refusal))
    }
}

impl Refusal {
    /// The refusal inside a diesel error, if it is one.
    pub fn in_error(error: &diesel::result::Error) -> Option<Self> {
        match error {
            QueryBuilderError(inner) => inner.downcast_ref::<Self>().copied(),
            _ => None,
        }
    }
}

/// Whether an organization's connection is looking at a statement.
pub(crate) fn an_organization_is_expected() -> bool {
    EXPECTED.get().is_some()
}

/// The organization inside a scoped source. Opaque: it is copied with a query, and only rendered.
///
/// It cannot be made outside this crate (`ui-tests/tests/fail/hostile/`), and `Debug` hides the organization.
pub struct ScopeKey<B = Request> {
    org: Option<Uuid>,
    brand: PhantomData<fn(B) -> B>,
}

impl<B> Clone for ScopeKey<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for ScopeKey<B> {}

impl<B> fmt::Debug for ScopeKey<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("organization of the scope")
    }
}

thread_local! {
    /// The organization that the statement being rendered must carry. Diesel renders and binds a statement inside one
    /// synchronous call, so this is set by the connection for exactly that call and never lives across an `await`.
    static EXPECTED: Cell<Option<Uuid>> = const { Cell::new(None) };
}

/// Renders under the promise that every scoped source in the statement carries `key`'s organization.
///
/// This is what holds inside subqueries, where diesel's types forget the source: `tenancy/tests/surface/refusals.rs`.
pub(crate) fn expecting<B, R>(key: &ScopeKey<B>, render: impl FnOnce() -> R) -> R {
    struct Restore(Option<Uuid>);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXPECTED.set(self.0);
        }
    }
    let _restore = Restore(EXPECTED.replace(key.org));
    render()
}

impl<B> ScopeKey<B> {
    pub(super) const fn of(org: Uuid) -> Self {
        Self { org: Some(org), brand: PhantomData }
    }

    /// A key without an organization, for places where diesel's traits want a source whose value is thrown away.
    /// A statement that carries it is refused: `Refusal::NoOrganization`.
    pub(crate) const fn inert() -> Self {
        Self { org: None, brand: PhantomData }
    }

    /// The same organization under the default brand, in which columns know their table.
    pub(crate) const fn unbranded(self) -> ScopeKey {
        ScopeKey { org: self.org, brand: PhantomData }
    }

    /// The organization to bind, checked against the connection that renders the statement, if one does.
    pub(crate) fn checked(&self) -> Result<&Uuid, diesel::result::Error> {
        let org = self.org.as_ref().ok_or(Refusal::NoOrganization)?;
        match EXPECTED.get() {
            Some(expected) if expected != *org => Err(Refusal::OtherScope.into()),
            _ => Ok(org),
        }
    }
}

impl<B, ST, DB> diesel::serialize::ToSql<ST, DB> for ScopeKey<B>
where
    DB: Backend,
    ST: OrganizationType,
    Uuid: Stored<ST, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        <Uuid as Stored<ST, DB>>::write(self.checked().map_err(Box::new)?, out)
    }
}
