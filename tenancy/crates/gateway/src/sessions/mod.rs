//! Sessions, in the database.
//!
//! No statement here writes a session that is not there: a session is inserted once, at sign-in, and after that only
//! updated where it is still alive. A slow request that saves late therefore finds nothing to save to, and a session
//! that ended stays ended (`tenancy/tests/gateway/sessions.rs`).

mod begin;
pub(super) mod change;
pub(super) mod cleanup;
mod end;
mod limit;
mod provider_tokens;
pub(crate) mod session;

pub use end::OwnSession;

use self::session::Session;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cache::Began;
use crate::session::session_id::SessionId;
use crate::session::session_keyring::MOST as MOST_KEYS;
use crate::session::session_row::SessionRow;
use crate::state::Inner;
use crate::statements;
use std::fmt;
use std::sync::Arc;
use tenancy_service::__private::sql::{Statement, StoreError, Value};

/// Begins, changes and ends sessions. From [`Gateway::sessions`](crate::Gateway::sessions).
#[derive(Clone)]
pub struct Sessions {
    pub(super) inner: Arc<Inner>,
}

/// How long a request may go without its session being marked as seen, in seconds.
const TOUCH: u64 = 60;

const _: () = assert!(MOST_KEYS == 4, "FindSessionByAny asks for as many");

impl Sessions {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The live session of an id, and that it was seen.
    pub(super) async fn find(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
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
    async fn look_up(&self, id: &SessionId) -> Result<Option<(Session, bool)>, StoreError> {
        let hashes = self.inner.hashes(id).iter().map(|hash| hash.to_vec()).collect();
        let Some(mut facts) = self.by_hash(hashes).await? else { return Ok(None) };
        let due = self.is_due(&facts, facts.now);
        if due {
            self.see(&facts).await?;
            // The mark may have waited for another transaction's lock: what was read before it is old.
            let Some(now) = self.by_hash(vec![facts.id_hash]).await? else { return Ok(None) };
            facts = now;
        }
        Ok(Some((self.entered(facts).await?, due)))
    }

    /// The live session that had this id a moment ago. It reads, and nothing more.
    pub(super) async fn find_by_previous(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        let (previous, clock) = (&self.inner.previous, self.inner.db.clock());
        let Some(hash) = self.inner.hashes(id).iter().find_map(|hash| previous.now(hash, clock)) else {
            return Ok(None);
        };
        let Some(facts) = self.by_hash(vec![hash]).await? else { return Ok(None) };
        Ok((!facts.is_no_members()).then(|| self.session(facts).by_previous_id()))
    }

    /// A session as it is now, if it is still alive under that id.
    pub(super) async fn look_again(&self, session: &Session) -> Result<Option<Session>, Rejection> {
        let read = async {
            match self.by_hash(vec![session.facts().id_hash.clone()]).await? {
                Some(facts) => self.entered(facts).await.map(Some),
                None => Ok(None),
            }
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }

    /// Whether it is time to mark a session as seen.
    fn is_due(&self, facts: &SessionRow, now: u64) -> bool {
        now.saturating_sub(facts.seen_at) >= TOUCH.min(self.inner.settings.staff.idle / 2)
    }

    async fn by_hash(&self, hashes: Vec<Vec<u8>>) -> Result<Option<SessionRow>, StoreError> {
        let answer = self.inner.db.read(self.find_statement(hashes)).await?;
        let facts = answer.rows.into_iter().next().map(SessionRow::read).transpose()?;
        Ok(facts.filter(|facts| !facts.is_over(facts.now)))
    }

    /// `hashes`: one, or at most four of which any may be the row's.
    fn find_statement(&self, hashes: Vec<Vec<u8>>) -> Statement {
        let now = self.inner.db.now();
        let mut hashes = hashes.into_iter().map(Value::Bytes);
        let id_hash = hashes.next().unwrap_or_else(|| Value::Bytes(Vec::new()));
        let Some(hash_2) = hashes.next() else { return statements::FindSession { now, id_hash }.statement() };
        let [hash_3, hash_4] = [hashes.next(), hashes.next()].map(|hash| hash.unwrap_or_else(|| id_hash.clone()));
        statements::FindSessionByAny { now, hash_1: id_hash, hash_2, hash_3, hash_4 }.statement()
    }

    /// Pushes the idle limit on. A session that died meanwhile is left as it is.
    async fn see(&self, facts: &SessionRow) -> Result<(), StoreError> {
        let [staff_idle, idle] = self.inner.settings.idle_times();
        let (now, id_hash) = (self.inner.db.now(), Value::Bytes(facts.id_hash.clone()));
        let mark = statements::MarkSeen { now, staff_idle, idle, id_hash }.statement();
        self.inner.db.write(vec![mark], &[]).await.map(drop)
    }

    pub(super) fn session(&self, facts: SessionRow) -> Session {
        Session::new(facts, Arc::clone(&self.inner))
    }

    /// What a change of the session starts from: facts that were kept, or read a second ago or more, are read again, because
    /// another request may have changed the session or its user meanwhile.
    pub(super) async fn to_change(&self, session: &Session) -> Result<Arc<SessionRow>, Rejection> {
        if !session.is_kept() && session.is_fresh() {
            return Ok(session.shared());
        }
        match self.by_hash(vec![session.facts().id_hash.clone()]).await {
            Ok(Some(facts)) => Ok(Arc::new(facts)),
            Ok(None) => Err(self.inner.refuse(RejectionReason::DeadSession)),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// Whether a session is alive, under whatever id. A session that cannot be asked about is not.
    pub(super) async fn is_alive(&self, session: &Session) -> bool {
        match self.inner.db.read(self.alive(session)).await {
            Ok(_) => true,
            Err(StoreError::Nothing) => false,
            Err(failure) => {
                let _ = self.inner.unavailable(&failure);
                false
            }
        }
    }

    /// A step without which nothing of what runs with it happens: the session that asks is alive.
    pub(super) fn alive(&self, session: &Session) -> Statement {
        statements::IsAlive { handle: Value::Id(session.handle()), now: self.inner.db.now() }.required()
    }

    /// Why a change found no session to change: it is over, or another request changed it. `None` when it is as it was.
    async fn gone(&self, facts: &SessionRow) -> Option<RejectionReason> {
        match self.by_hash(vec![facts.id_hash.clone()]).await {
            Ok(Some(now)) if now.version == facts.version => None,
            Ok(Some(_)) => Some(RejectionReason::Changed),
            Ok(None) => Some(RejectionReason::DeadSession),
            Err(_) => Some(RejectionReason::Unavailable),
        }
    }

    /// A random id for a session.
    fn fresh_id(&self) -> Result<SessionId, Rejection> {
        SessionId::generate().ok_or_else(|| self.inner.refuse(RejectionReason::Unavailable))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
