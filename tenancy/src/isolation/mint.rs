//! The only constructor of [`OrgScope`]. What reaches it is a `VerifiedGrant`, which only the verification of a grant in
//! `authority.rs` makes.

use super::authority_id::AuthorityId;
use super::grant::Facts;
use super::key::ScopeKey;
use super::lifetime::Life;
use crate::async_callback::AsyncCallback;
use crate::identity::{Brand, Request};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// The proof that the gateway decided that this request acts for one organization.
///
/// It is not `Clone`, `Copy` or `Default`, is not (de)serialized, and is made from no other value than a verified
/// grant (`ui-tests/tests/fail/g_forging/`). It ends with its request and when its grant expires; a
/// [`TenantDb`](crate::TenantDb) runs nothing for it after that, and nothing at all if another authority minted it.
///
/// `B` keeps scopes apart at compile time: see [`OrgScope::enter`].
#[must_use]
pub struct OrgScope<B = Request> {
    key: ScopeKey<B>,
    facts: Arc<Facts>,
    life: Life,
    authority: AuthorityId,
    /// When the request was admitted, by the clock that admitted it.
    admitted_at: SystemTime,
}

impl<B> OrgScope<B> {
    /// The one constructor. Its callers are `VerifiedGrant::scope` and `rebranded`, below.
    pub(super) fn mint(facts: Arc<Facts>, life: Life, authority: AuthorityId, admitted_at: SystemTime) -> Self {
        Self { key: ScopeKey::of(*facts.org.as_uuid()), facts, life, authority, admitted_at }
    }

    /// The same organization under another brand. Private, so that a brand only comes from a closure.
    fn rebranded<C>(&self) -> OrgScope<C> {
        OrgScope::mint(Arc::clone(&self.facts), self.life.clone(), self.authority, self.admitted_at)
    }

    pub(crate) fn key(&self) -> ScopeKey<B> {
        self.key
    }

    pub(crate) fn authority(&self) -> AuthorityId {
        self.authority
    }

    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    pub(crate) fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    /// When the request was admitted.
    pub(crate) fn admitted_at(&self) -> SystemTime {
        self.admitted_at
    }

    /// Runs `work` with this scope under a brand of its own, for code that holds several organizations at once.
    ///
    /// The branded scope cannot be mixed with another in one statement, stashed, or moved into a spawned task
    /// (`ui-tests/tests/fail/g_forging/`): it exists inside this call only. It lives as long as `self`.
    #[expect(clippy::manual_async_fn, reason = "the signature promises `Send`")]
    pub fn enter<'a, R, F>(&'a self, work: F) -> impl Future<Output = R> + Send + use<'a, B, R, F>
    where
        for<'id> F: AsyncFnOnce(OrgScope<Brand<'id>>) -> R + AsyncCallback<OrgScope<Brand<'id>>, R, Fut: Send> + Send,
    {
        async move { work(self.rebranded()).await }
    }

    /// [`enter`](Self::enter) for code that does not await.
    pub fn enter_sync<R>(&self, work: impl for<'id> FnOnce(OrgScope<Brand<'id>>) -> R) -> R {
        work(self.rebranded())
    }
}

impl<B> fmt::Debug for OrgScope<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgScope").finish_non_exhaustive()
    }
}
