//! A signed-in user's session, as a handler sees it.

use crate::rejection::{Rejection, RejectionReason};
use crate::session::active_access::ActiveAccess;
use crate::session::session_row::SessionRow;
use crate::state::Inner;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tenancy::__private::{is_recent, proof_time};
use tenancy::scope::{OrgId, RequestedOrg, Subject};
use uuid::Uuid;

/// A live session: who is it. From the cookie's look-up in the database, as an axum extractor under a gateway layer, or from
/// [`Sessions`](crate::Sessions); from nothing else (`ui-tests/tests/fail/g_forging/a_session_made_by_hand.rs`).
///
/// It is no [`OrgScope`](tenancy::OrgScope) and opens no table.
#[derive(Clone)]
pub struct Session {
    facts: Arc<SessionRow>,
    /// Whether the facts were kept in memory.
    kept: bool,
    /// When it was looked up for this request, by the clock of the sessions and by the process's.
    looked_up: (u64, Instant),
    /// The entry under which a member of staff acts.
    entered: Option<Arc<ActiveAccess>>,
    by_previous: bool,
    inner: Arc<Inner>,
}

impl Session {
    /// As it was read for this request.
    pub(crate) fn new(facts: SessionRow, inner: Arc<Inner>) -> Self {
        let looked_up = (facts.now, Instant::now());
        Self { facts: Arc::new(facts), kept: false, looked_up, entered: None, by_previous: false, inner }
    }

    /// The same for a request that came with the id before: no proof counts as fresh.
    pub(crate) fn by_previous_id(self) -> Self {
        Self { by_previous: true, ..self }
    }

    /// The same under an entry, if there is one.
    pub(crate) fn under(self, entered: Option<ActiveAccess>) -> Self {
        Self { entered: entered.map(Arc::new), ..self }
    }

    /// As it was read for another request, at `now`.
    pub(crate) fn kept(facts: Arc<SessionRow>, now: u64, inner: Arc<Inner>) -> Self {
        Self { facts, kept: true, looked_up: (now, Instant::now()), entered: None, by_previous: false, inner }
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept
    }

    /// Whether it was looked up just now, and not a second ago.
    pub(crate) fn is_fresh(&self) -> bool {
        self.now() == self.looked_up.0
    }

    pub(crate) fn shared(&self) -> Arc<SessionRow> {
        Arc::clone(&self.facts)
    }

    /// What time it is, by the clock of the sessions, in seconds since 1970. A handler may have waited since the look-up.
    pub(crate) fn now(&self) -> u64 {
        let (then, at) = self.looked_up;
        self.inner.db.clock().unwrap_or_else(|| then.saturating_add(at.elapsed().as_secs()))
    }

    pub(crate) fn facts(&self) -> &SessionRow {
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
        self.facts.member.map(|member| member.org).or_else(|| self.entry().map(ActiveAccess::org))
    }

    /// The entry under which a member of the platform's staff acts in that organization; `None` for its own members.
    pub fn entry(&self) -> Option<&ActiveAccess> {
        self.entered.as_deref()
    }

    /// When the user proved who it is; `None` under the id that the session had before
    /// ([`previous_id_reads`](crate::GatewayBuilder::previous_id_reads)).
    pub fn authenticated_at(&self) -> Option<SystemTime> {
        proof_time(self.proved_at())
    }

    /// The same in seconds since 1970, and 0.
    pub(crate) fn proved_at(&self) -> u64 {
        if self.by_previous { 0 } else { self.facts.authenticated_at }
    }

    /// Whether that is at most `age` ago, by the clock of the sessions. For what needs a fresh proof.
    pub fn authenticated_within(&self, age: Duration) -> bool {
        !self.by_previous && is_recent(self.facts.authenticated_at, self.now(), age)
    }

    /// The same for a handler that goes no further without.
    ///
    /// # Errors
    /// [`RejectionReason::StaleProof`]: the user proves again who it is, and the handler's page asks again
    /// ([`step_up`](crate::Sessions::step_up)).
    pub fn needs_proof_within(&self, age: Duration) -> Result<(), Rejection> {
        if self.authenticated_within(age) { Ok(()) } else { Err(self.inner.refuse(RejectionReason::StaleProof)) }
    }

    /// How the user proved it (`amr`).
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.facts.methods.split_whitespace()
    }

    /// How strongly (`acr`); empty when the provider did not say.
    pub fn assurance(&self) -> &str {
        &self.facts.assurance
    }

    /// A token for a form of this session, to be sent back as the field [`FORM_FIELD`](crate::FORM_FIELD) or the header
    /// [`FORM_HEADER`](crate::FORM_HEADER). It is another each time and ends with the session's id.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn form_token(&self) -> Result<String, Rejection> {
        let token = self.inner.keys.form_token(&self.facts.id_hash, self.facts.handle);
        token.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).ok_or_else(|| self.inner.refuse(RejectionReason::Unavailable))
    }

    /// Checks that the session still acts for the organization that a page believes to be in, so that a form of one tab
    /// does nothing after another tab has switched. It selects nothing: the only answer that it can cause is `409`.
    ///
    /// # Errors
    /// [`RejectionReason::OtherOrganization`].
    pub fn expects(&self, believed: &RequestedOrg) -> Result<(), Rejection> {
        match self.organization() {
            Some(org) if believed.names(org) => Ok(()),
            _ => Err(self.inner.refuse(RejectionReason::OtherOrganization)),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("handle", &self.facts.handle).finish_non_exhaustive()
    }
}
