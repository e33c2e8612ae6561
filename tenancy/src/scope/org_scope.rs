//! What a scope says: who acts, for which organization, and since when.

use super::{Actor, Epochs, OrgId, OrgScope, ScopeError, Subject, Tier};
use crate::clock::unix_seconds;
use crate::identity::{is_recent, proof_time};
use std::time::{Duration, SystemTime};

impl<B> OrgScope<B> {
    /// Whether the scope may still be used.
    ///
    /// # Errors
    /// [`ScopeError::RequestEnded`] and [`ScopeError::Expired`].
    pub fn check(&self) -> Result<(), ScopeError> {
        self.life().check()
    }

    /// The organization, as data: to show, to log on purpose, to compare. It does not become a scope again.
    pub fn org_id(&self) -> OrgId {
        self.facts().org
    }

    /// Who acts.
    pub fn subject(&self) -> &Subject {
        &self.facts().subject
    }

    /// The keyed hash of the session, for logout and audit.
    pub fn session(&self) -> &str {
        &self.facts().session
    }

    /// The epochs that were current when the gateway decided.
    pub fn epochs(&self) -> Epochs {
        self.facts().epochs
    }

    /// The coarse tier of the subject.
    pub fn tier(&self) -> Tier {
        self.facts().tier
    }

    /// The member of the platform's staff who acts, under an audited entry; `None` for the organization's own members.
    pub fn actor(&self) -> Option<&Actor> {
        self.facts().actor.as_ref()
    }

    /// Whether the scope only reads: an entry of staff that is not to change anything. Every write is refused then
    /// ([`ScopeError::ReadOnly`]), and on PostgreSQL and SQLite the database refuses it as well.
    pub fn is_read_only(&self) -> bool {
        self.actor().is_some_and(|actor| !actor.writes)
    }

    /// How strongly the subject proved who it is, in the provider's own word (`acr`); empty when it did not say, `job` in a
    /// job.
    pub fn assurance(&self) -> &str {
        &self.facts().assurance
    }

    /// When the subject proved who it is; `None` without a proof, as in a job, where there is no sign-in.
    pub fn authenticated_at(&self) -> Option<SystemTime> {
        proof_time(self.facts().authenticated_at)
    }

    /// Whether that was at most `age` before the request was admitted, for what needs a fresh proof. By the clock that
    /// admitted it, which must not be more than 5 s behind: a proof that claims a time in the future is not fresh.
    ///
    /// The gateway's pages ask for the proof (`docs/guide/sign-in.md`); on `false` a service answers, for
    /// instance, `403`.
    pub fn authenticated_within(&self, age: Duration) -> bool {
        is_recent(self.facts().authenticated_at, unix_seconds(self.admitted_at()), age)
    }
}
