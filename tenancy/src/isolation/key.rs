//! What a scoped source carries of its scope: the organization, and nothing that could make a scope again.

use crate::identity::{Platform, Request};
use crate::scope_error::ScopeError;
use crate::sql_types::{OrganizationType, Stored};
use diesel::backend::Backend;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use uuid::Uuid;

/// Whether an organization's connection is looking at a statement.
pub(crate) fn an_organization_is_expected() -> bool {
    matches!(EXPECTED.get(), Some(Whose::Organization(_)))
}

/// Whose statement it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Organization(Uuid),
    /// The platform's, which holds no organization table.
    Platform,
}

/// The organization inside a scoped source. Opaque: it is copied with a query, and only rendered.
///
/// It cannot be made outside this crate (`ui-tests/tests/fail/hostile/`), and `Debug` hides the organization.
pub struct ScopeKey<B = Request> {
    whose: Option<Whose>,
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
    /// Whose statement is being rendered, hence the organization that it must carry. Diesel renders and binds a statement inside one
    /// synchronous call, so this is set by the connection for exactly that call and never lives across an `await`.
    static EXPECTED: Cell<Option<Whose>> = const { Cell::new(None) };
}

/// Renders under the promise that every scoped source in the statement carries `key`'s organization.
///
/// This is what holds inside subqueries, where diesel's types forget the source: `tenancy/tests/wall_one/surface/refusals.rs`.
pub(crate) fn expecting<B, R>(key: &ScopeKey<B>, render: impl FnOnce() -> R) -> R {
    struct Restore(Option<Whose>);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXPECTED.set(self.0);
        }
    }
    let _restore = Restore(EXPECTED.replace(key.whose));
    render()
}

impl ScopeKey<Platform> {
    /// The key of a platform connection. No source has it, so a statement with an organization table is refused.
    pub(crate) const PLATFORM: Self = Self { whose: Some(Whose::Platform), brand: PhantomData };
}

impl<B> ScopeKey<B> {
    pub(super) const fn of(org: Uuid) -> Self {
        Self { whose: Some(Whose::Organization(org)), brand: PhantomData }
    }

    /// A key without an organization, for places where diesel's traits want a source whose value is thrown away.
    /// A statement that carries it is refused: `ScopeError::NoOrganization`.
    pub(crate) const fn inert() -> Self {
        Self { whose: None, brand: PhantomData }
    }

    /// The same organization under the default brand, in which columns know their table.
    pub(crate) const fn unbranded(self) -> ScopeKey {
        ScopeKey { whose: self.whose, brand: PhantomData }
    }

    /// The organization, for the review of the text that is rendered.
    pub(crate) const fn organization(&self) -> Option<Uuid> {
        match self.whose {
            Some(Whose::Organization(org)) => Some(org),
            Some(Whose::Platform) | None => None,
        }
    }

    /// The organization to bind, checked against the connection that renders the statement, if one does.
    pub(crate) fn checked(&self) -> Result<&Uuid, diesel::result::Error> {
        let Some(Whose::Organization(org)) = &self.whose else { return Err(ScopeError::NoOrganization.into()) };
        match EXPECTED.get() {
            Some(Whose::Organization(expected)) if expected != *org => Err(ScopeError::OtherScope.into()),
            Some(Whose::Platform) => Err(ScopeError::OrganizationTable.into()),
            Some(Whose::Organization(_)) | None => Ok(org),
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
