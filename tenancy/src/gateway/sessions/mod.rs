//! Sessions, in the database.
//!
//! No statement here writes a session that is not there: a session is inserted once, at sign-in, and after that only
//! updated where it is still alive. A slow request that saves late therefore finds nothing to save to, and a session
//! that ended stays ended (`tenancy/tests/gateway/sessions.rs`).

pub(super) mod audit;
mod begin;
pub(super) mod change;
mod end;
pub(super) mod janitor;
#[cfg(feature = "oidc")]
mod joining;
mod tokens;

pub use end::OwnSession;
pub(super) use end::end;

use super::clock::seconds;
use super::facts::{Facts, SESSION};
use super::id::SessionId;
use super::inner::Inner;
use super::refusal::{Reason, Refused};
use super::session::Session;
use crate::db::platform::{Failure, Statement, Value};
use std::fmt;
use std::sync::Arc;

/// Begins, changes and ends sessions. From [`Gateway::sessions`](super::Gateway::sessions).
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

/// How long a request may go without its session being marked as seen, in seconds.
const TOUCH: u64 = 60;

/// What a statement asks of a row of `gateway_sessions` that it may change. Takes the time, twice.
macro_rules! live {
    () => {
        "ended_at IS NULL AND ? < idle_until AND ? < abs_until AND EXISTS (SELECT 1 FROM gateway_users u \
         WHERE u.id = gateway_sessions.user_id AND u.disabled = 0 AND u.session_epoch = gateway_sessions.user_epoch)"
    };
}
use live;

/// One statement for everything that a request needs: the session, its user, and whether the membership that it acts
/// under still holds.
const FIND: &str = "SELECT s.id_hash, s.handle, s.version, s.user_id, u.issuer, u.subject, u.epoch, s.org_id, m.tier, \
     o.epoch, s.auth_time, s.amr, s.acr, s.seen_at, ? FROM gateway_sessions s \
     JOIN gateway_users u ON u.id = s.user_id AND u.disabled = 0 AND u.session_epoch = s.user_epoch \
     LEFT JOIN gateway_organizations o ON o.id = s.org_id AND o.state = 'active' \
     LEFT JOIN gateway_memberships m ON m.user_id = s.user_id AND m.org_id = o.id \
     WHERE s.id_hash IN (?, ?) AND s.ended_at IS NULL AND ? < s.idle_until AND ? < s.abs_until";

const SEE: &str =
    concat!("UPDATE gateway_sessions SET seen_at = ?, idle_until = ? + ? WHERE id_hash = ? AND ", live!());

impl Sessions {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The live session of an id, and that it was seen.
    pub(super) async fn find(&self, id: &SessionId) -> Result<Option<Facts>, Failure> {
        let found = self.by_hash(self.inner.keys.hashes(id)).await?;
        if let Some(facts) = &found
            && facts.now.saturating_sub(facts.seen_at) >= TOUCH.min(self.inner.settings.idle / 2)
        {
            self.see(facts).await?;
        }
        Ok(found)
    }

    async fn by_hash(&self, hashes: [Vec<u8>; 2]) -> Result<Option<Facts>, Failure> {
        let answer = self.inner.db.one(self.find_statement(hashes)).await?;
        answer.rows.into_iter().next().map(Facts::read).transpose()
    }

    fn find_statement(&self, [current, previous]: [Vec<u8>; 2]) -> Statement {
        let now = || self.inner.db.now();
        let values = vec![now(), Value::Bytes(current), Value::Bytes(previous), now(), now()];
        Statement::new(FIND, values).returning(SESSION)
    }

    /// Pushes the idle limit on. A session that died meanwhile is left as it is.
    async fn see(&self, facts: &Facts) -> Result<(), Failure> {
        let now = || self.inner.db.now();
        let idle = seconds(self.inner.settings.idle);
        let values = vec![now(), now(), idle, Value::Bytes(facts.id_hash.clone()), now(), now()];
        self.inner.db.one(Statement::new(SEE, values)).await.map(drop)
    }

    fn session(&self, facts: Facts) -> Session {
        Session::new(facts, Arc::clone(&self.inner))
    }

    /// Why a change found no session to change: it is over, or another request changed it. `None` when it is as it was.
    async fn gone(&self, facts: &Facts) -> Option<Reason> {
        match self.by_hash([facts.id_hash.clone(), facts.id_hash.clone()]).await {
            Ok(Some(now)) if now.version == facts.version => None,
            Ok(Some(_)) => Some(Reason::Changed),
            Ok(None) => Some(Reason::DeadSession),
            Err(_) => Some(Reason::Unavailable),
        }
    }

    /// A random id for a session.
    fn fresh_id(&self) -> Result<SessionId, Refused> {
        SessionId::generate().ok_or_else(|| self.inner.refuse(Reason::Unavailable))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
