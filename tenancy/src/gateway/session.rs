//! A signed-in user's session, as a handler sees it.

use super::facts::Facts;
use super::inner::Inner;
use super::refusal::{Reason, Refused};
use super::staff::Entered;
use crate::scope::{Claim, OrgId, Subject, is_recent};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;

/// A live session: who is it. From the cookie's look-up in the database, as an axum extractor under a gateway layer, or from
/// [`Sessions`](super::Sessions); from nothing else (`ui-tests/tests/fail/g_forging/a_session_made_by_hand.rs`).
///
/// It is no [`OrgScope`](crate::OrgScope) and opens no table.
#[derive(Clone)]
pub struct Session {
    facts: Arc<Facts>,
    /// Whether the facts were kept in memory.
    kept: bool,
    /// When it was looked up for this request, by the clock of the sessions and by the process's.
    looked_up: (u64, Instant),
    /// The entry under which a member of staff acts.
    entered: Option<Arc<Entered>>,
    by_previous: bool,
    inner: Arc<Inner>,
}

impl Session {
    /// As it was read for this request.
    pub(super) fn new(facts: Facts, inner: Arc<Inner>) -> Self {
        let looked_up = (facts.now, Instant::now());
        Self { facts: Arc::new(facts), kept: false, looked_up, entered: None, by_previous: false, inner }
    }

    /// The same for a request that came with the id before: no proof counts as fresh.
    pub(super) fn by_previous_id(self) -> Self {
        Self { by_previous: true, ..self }
    }

    /// The same under an entry, if there is one.
    pub(super) fn under(self, entered: Option<Entered>) -> Self {
        Self { entered: entered.map(Arc::new), ..self }
    }

    /// As it was read for another request, at `now`.
    pub(super) fn kept(facts: Arc<Facts>, now: u64, inner: Arc<Inner>) -> Self {
        Self { facts, kept: true, looked_up: (now, Instant::now()), entered: None, by_previous: false, inner }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept
    }

    /// Whether it was looked up just now, and not a second ago.
    pub(super) fn is_fresh(&self) -> bool {
        self.now() == self.looked_up.0
    }

    pub(super) fn shared(&self) -> Arc<Facts> {
        Arc::clone(&self.facts)
    }

    /// What time it is, by the clock of the sessions, in seconds since 1970. A handler may have waited since the look-up.
    pub(super) fn now(&self) -> u64 {
        let (then, at) = self.looked_up;
        self.inner.db.clock().unwrap_or_else(|| then.saturating_add(at.elapsed().as_secs()))
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Names the session in lists, logs and grants. It is not derived from the cookie and worth nothing as one.
    pub fn handle(&self) -> Uuid {
        self.facts.handle
    }

    /// Who signed in.
    pub fn subject(&self) -> &Subject {
        &self.facts.subject
    }

    /// The organization that the session acts for, if its membership or its [entry](Self::entry) holds: data, for a page to
    /// show.
    pub fn organization(&self) -> Option<OrgId> {
        self.facts.member.map(|member| member.org).or_else(|| self.entry().map(Entered::org))
    }

    /// The entry under which a member of the platform's staff acts in that organization; `None` for its own members.
    pub fn entry(&self) -> Option<&Entered> {
        self.entered.as_deref()
    }

    /// When the user proved who it is, in seconds since 1970; 0 under the id that the session had before
    /// ([`previous_id_reads`](super::GatewayBuilder::previous_id_reads)).
    pub fn authenticated_at(&self) -> u64 {
        if self.by_previous { 0 } else { self.facts.authenticated_at }
    }

    /// Whether that is at most `seconds` ago, by the clock of the sessions. For what needs a fresh proof.
    pub fn authenticated_within(&self, seconds: u64) -> bool {
        !self.by_previous && is_recent(self.facts.authenticated_at, self.now(), seconds)
    }

    /// The same for a handler that goes no further without.
    ///
    /// # Errors
    /// [`Reason::StaleProof`]: the user proves again who it is, and the handler's page asks again
    /// ([`raise`](super::Sessions::raise)).
    pub fn needs_proof_within(&self, seconds: u64) -> Result<(), Refused> {
        if self.authenticated_within(seconds) { Ok(()) } else { Err(self.inner.refuse(Reason::StaleProof)) }
    }

    /// How the user proved it (`amr`).
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.facts.methods.split_whitespace()
    }

    /// How strongly (`acr`); empty when the provider did not say.
    pub fn assurance(&self) -> &str {
        &self.facts.assurance
    }

    /// A token for a form of this session, to be sent back as the field [`FORM_FIELD`](super::FORM_FIELD) or the header
    /// [`FORM_HEADER`](super::FORM_HEADER). It is another each time and ends with the session's id.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn form_token(&self) -> Result<String, Refused> {
        let token = self.inner.keys.form_token(&self.facts.id_hash, self.facts.handle);
        token.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).ok_or_else(|| self.inner.refuse(Reason::Unavailable))
    }

    /// Checks that the session still acts for the organization that a page believes to be in, so that a form of one tab
    /// does nothing after another tab has switched. It selects nothing: the only answer that it can cause is `409`.
    ///
    /// # Errors
    /// [`Reason::OtherOrganization`].
    pub fn expects(&self, believed: &Claim) -> Result<(), Refused> {
        match self.organization() {
            Some(org) if believed.names(org) => Ok(()),
            _ => Err(self.inner.refuse(Reason::OtherOrganization)),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("handle", &self.facts.handle).finish_non_exhaustive()
    }
}
