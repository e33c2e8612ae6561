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
mod most;
mod tokens;

pub use end::OwnSession;
pub(super) use end::end;

use super::cache::Began;
use super::counters::Event;
use super::facts::{Facts, SESSION};
use super::id::SessionId;
use super::inner::Inner;
use super::keys::MOST as MOST_KEYS;
use super::refusal::{Reason, Refused};
use super::session::Session;
use crate::db::platform::{Failure, Kind, Statement, Value};
use std::fmt;
use std::sync::Arc;

/// Begins, changes and ends sessions. From [`Gateway::sessions`](super::Gateway::sessions).
#[derive(Clone)]
pub struct Sessions {
    pub(super) inner: Arc<Inner>,
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
pub(super) use live;

/// One of two numbers of seconds: the first for a session of the platform's staff.
macro_rules! for_staff {
    ($user:literal) => {
        concat!("CASE WHEN EXISTS (SELECT 1 FROM gateway_staff t WHERE t.user_id = ", $user, ") THEN ? ELSE ? END")
    };
}
pub(super) use for_staff;

/// One statement for everything that a request needs: the session, its user, and whether the membership that it acts
/// under still holds, for which both a tier and an organization's epoch are there. In this order PostgreSQL finds every row by
/// its primary key; from the organization to the membership it read all organizations. The clock is read once: whether it
/// is past the session's limits, [`Facts::is_over`] says.
macro_rules! find {
    ($ids:literal) => {
        concat!(
            "SELECT s.id_hash, s.handle, s.version, s.user_id, u.issuer, u.subject, u.epoch, s.org_id, m.tier, o.epoch, \
             s.auth_time, s.amr, s.acr, s.seen_at, s.idle_until, s.abs_until, ? FROM gateway_sessions s \
             JOIN gateway_users u ON u.id = s.user_id AND u.disabled = 0 AND u.session_epoch = s.user_epoch \
             LEFT JOIN gateway_memberships m ON m.user_id = s.user_id AND m.org_id = s.org_id \
             LEFT JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' WHERE s.id_hash ",
            $ids,
            " AND s.ended_at IS NULL"
        )
    };
}
const FIND: &str = find!("= ?");
/// The same while several keys are understood.
const FIND_ANY: &str = find!("IN (?, ?, ?, ?)");
const _: () = assert!(MOST_KEYS == 4, "FIND_ANY asks for as many");

const SEE: &str = concat!(
    "UPDATE gateway_sessions SET seen_at = ?, idle_until = ? + ",
    for_staff!("gateway_sessions.user_id"),
    " WHERE id_hash = ? AND ",
    live!()
);

const ALIVE: &str = concat!("SELECT handle FROM gateway_sessions WHERE handle = ? AND ", live!());

impl Sessions {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The live session of an id, and that it was seen.
    pub(super) async fn find(&self, id: &SessionId) -> Result<Option<Session>, Failure> {
        let Some(cache) = &self.inner.cache else {
            return Ok(self.look_up(id).await?.map(|(session, _)| session));
        };
        let (key, db) = (self.inner.keys.kept_by(id, self.inner.settings.origin.text()), &self.inner.db);
        if let Some((facts, now)) = cache.get(&key, db.changes(), db.clock())
            && !self.is_due(&facts, now)
        {
            self.inner.did(Event::CacheHit);
            return Ok(Some(Session::kept(facts, now, Arc::clone(&self.inner))));
        }
        self.inner.did(Event::CacheMiss);
        let began = Began::now(db.changes());
        let Some((session, seen)) = self.look_up(id).await? else { return Ok(None) };
        // What was seen just now has another idle limit than these facts say. Whether an entry of staff holds is asked each
        // time.
        if !seen && !session.facts().is_no_members() {
            cache.keep(key, session.shared(), began);
        }
        Ok(Some(session))
    }

    /// The live session of an id in the database, and whether it had to be marked as seen.
    async fn look_up(&self, id: &SessionId) -> Result<Option<(Session, bool)>, Failure> {
        let hashes = self.inner.hashes(id).iter().map(|hash| hash.to_vec()).collect();
        let Some(mut facts) = self.by_hash(hashes).await? else { return Ok(None) };
        let due = self.is_due(&facts, facts.now);
        if due {
            self.see(&facts).await?;
            // The mark may have waited for somebody's lock: what was read before it is old.
            let Some(now) = self.by_hash(vec![facts.id_hash]).await? else { return Ok(None) };
            facts = now;
        }
        Ok(Some((self.entered(facts).await?, due)))
    }

    /// The live session that had this id a moment ago. It reads, and nothing more.
    pub(super) async fn find_by_previous(&self, id: &SessionId) -> Result<Option<Session>, Failure> {
        let (previous, clock) = (&self.inner.previous, self.inner.db.clock());
        let Some(hash) = self.inner.hashes(id).iter().find_map(|hash| previous.now(hash, clock)) else {
            return Ok(None);
        };
        let Some(facts) = self.by_hash(vec![hash]).await? else { return Ok(None) };
        Ok((!facts.is_no_members()).then(|| self.session(facts).by_previous_id()))
    }

    /// A session as it is now, if it is still alive under that id.
    pub(super) async fn look_again(&self, session: &Session) -> Result<Option<Session>, Refused> {
        let read = async {
            match self.by_hash(vec![session.facts().id_hash.clone()]).await? {
                Some(facts) => self.entered(facts).await.map(Some),
                None => Ok(None),
            }
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }

    /// Whether it is time to mark a session as seen.
    fn is_due(&self, facts: &Facts, now: u64) -> bool {
        now.saturating_sub(facts.seen_at) >= TOUCH.min(self.inner.settings.staff.idle / 2)
    }

    async fn by_hash(&self, hashes: Vec<Vec<u8>>) -> Result<Option<Facts>, Failure> {
        let answer = self.inner.db.read(self.find_statement(hashes)).await?;
        let facts = answer.rows.into_iter().next().map(Facts::read).transpose()?;
        Ok(facts.filter(|facts| !facts.is_over(facts.now)))
    }

    /// `hashes`: one, or at most four of which any may be the row's.
    fn find_statement(&self, mut hashes: Vec<Vec<u8>>) -> Statement {
        let sql = if hashes.len() == 1 { FIND } else { FIND_ANY };
        if hashes.len() > 1 {
            hashes.resize(MOST_KEYS, hashes[0].clone());
        }
        let mut values = vec![self.inner.db.now()];
        values.extend(hashes.into_iter().map(Value::Bytes));
        Statement::new(sql, values).returning(SESSION)
    }

    /// Pushes the idle limit on. A session that died meanwhile is left as it is.
    async fn see(&self, facts: &Facts) -> Result<(), Failure> {
        let now = || self.inner.db.now();
        let [staff, idle] = self.inner.settings.idle_times();
        let values = vec![now(), now(), staff, idle, Value::Bytes(facts.id_hash.clone()), now(), now()];
        self.inner.db.write(vec![Statement::new(SEE, values)], &[]).await.map(drop)
    }

    pub(super) fn session(&self, facts: Facts) -> Session {
        Session::new(facts, Arc::clone(&self.inner))
    }

    /// What a change of the session starts from: facts that were kept, or read a second ago or more, are read anew, because
    /// another request may have changed the session or its user meanwhile.
    pub(super) async fn to_change(&self, session: &Session) -> Result<Arc<Facts>, Refused> {
        if !session.is_kept() && session.is_fresh() {
            return Ok(session.shared());
        }
        match self.by_hash(vec![session.facts().id_hash.clone()]).await {
            Ok(Some(facts)) => Ok(Arc::new(facts)),
            Ok(None) => Err(self.inner.refuse(Reason::DeadSession)),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// Whether a session is alive, under whatever id. Whoever cannot be asked about is not.
    pub(super) async fn is_alive(&self, session: &Session) -> bool {
        match self.inner.db.read(self.alive(session)).await {
            Ok(_) => true,
            Err(Failure::Nothing) => false,
            Err(failure) => {
                let _ = self.inner.unavailable(&failure);
                false
            }
        }
    }

    /// A step without which nothing of what runs with it happens: the session that asks is alive.
    pub(super) fn alive(&self, session: &Session) -> Statement {
        let now = || self.inner.db.now();
        Statement::new(ALIVE, vec![Value::Id(session.handle()), now(), now()]).returning(&[Kind::Id]).required()
    }

    /// Why a change found no session to change: it is over, or another request changed it. `None` when it is as it was.
    async fn gone(&self, facts: &Facts) -> Option<Reason> {
        match self.by_hash(vec![facts.id_hash.clone()]).await {
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
