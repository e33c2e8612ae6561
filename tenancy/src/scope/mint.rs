//! The only constructor of [`OrgScope`].

use super::{Request, ScopeKey};

/// The proof that the gateway decided that this request acts for one organization.
pub struct OrgScope<B = Request> {
    key: ScopeKey<B>,
}

impl<B> OrgScope<B> {
    pub(crate) fn key(&self) -> ScopeKey<B> {
        self.key
    }
}

impl OrgScope {
    /// scratch
    pub fn scratch(org: uuid::Uuid) -> Self { Self { key: ScopeKey::of(org) } }
}
