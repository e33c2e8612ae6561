//! The only constructor of [`OrgScope`]. What reaches it is an `Admission`, which only the verification of a grant in
//! `authority.rs` makes.

use super::authority::AuthorityId;
use super::grant::{Facts, is_recent};
use super::liveness::Life;
use super::{Actor, Brand, Epochs, OrgId, Refusal, Request, ScopeKey, Subject, Tier};
use crate::callback::AsyncCallback;
use std::fmt;
use std::sync::Arc;

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
    /// When the request was admitted, in seconds since 1970, by the clock that admitted it.
    admitted_at: u64,
}

impl<B> OrgScope<B> {
    /// The one constructor. Its callers are `Admission::scope`, in `authority.rs`, and `rebranded`, below.
    pub(super) fn mint(facts: Arc<Facts>, life: Life, authority: AuthorityId, admitted_at: u64) -> Self {
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

    /// Whether the scope may still be used.
    ///
    /// # Errors
    /// [`Refusal::RequestEnded`] and [`Refusal::Expired`].
    pub fn check(&self) -> Result<(), Refusal> {
        self.life.check()
    }

    /// The organization, as data: to show, to log on purpose, to compare. It does not become a scope again.
    pub fn org_id(&self) -> OrgId {
        self.facts.org
    }

    /// Who acts.
    pub fn subject(&self) -> &Subject {
        &self.facts.subject
    }

    /// The keyed hash of the session, for logout and audit.
    pub fn session(&self) -> &str {
        &self.facts.session
    }

    /// The epochs that were current when the gateway decided.
    pub fn epochs(&self) -> Epochs {
        self.facts.epochs
    }

    /// The coarse tier of the subject.
    pub fn tier(&self) -> Tier {
        self.facts.tier
    }

    /// The member of the platform's staff who acts, under an audited entry; `None` for the organization's own members.
    pub fn actor(&self) -> Option<&Actor> {
        self.facts.actor.as_ref()
    }

    /// Whether the scope only reads: an entry of staff that is not to change anything. Every write is refused then
    /// ([`Refusal::ReadOnly`]), and on PostgreSQL and SQLite the database refuses it as well.
    pub fn is_read_only(&self) -> bool {
        self.actor().is_some_and(|actor| !actor.writes)
    }

    /// How strongly the subject proved who it is, in the provider's own word (`acr`); empty when it did not say, `job` in a
    /// job.
    pub fn assurance(&self) -> &str {
        &self.facts.assurance
    }

    /// When the subject proved who it is, in seconds since 1970; 0 in a job, where nobody did.
    pub fn authenticated_at(&self) -> u64 {
        self.facts.authenticated_at
    }

    /// Whether that was at most `seconds` before the request was admitted, for what needs a fresh proof. By the clock that
    /// admitted it, which must not be more than 5 s behind: a proof of the future is none.
    ///
    /// The gateway's pages ask for the proof (`docs/guide/sign-in.md`); a service that is told `false` answers, for
    /// instance, `403`.
    pub fn authenticated_within(&self, seconds: u64) -> bool {
        is_recent(self.facts.authenticated_at, self.admitted_at, seconds)
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
