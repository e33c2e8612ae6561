//! The session keys of a process: one in use, and those that are still understood.

use crate::session::session_id::SessionId;
use crate::session::session_key::{SessionKey, SessionKeyError};
use arc_swap::ArcSwap;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many keys are held at most.
pub(crate) const MOST: usize = 4;

/// For how long other processes may go on with a key that this one does not use any more, in seconds.
const ELSEWHERE: u64 = 10 * 60;

/// The session key in use, and up to three more that are still understood. Cloning gives the same keys.
///
/// New ids, form tokens and sealed tokens use the first; all are understood. To rotate while the process runs:
/// [`replace`](Self::replace), or `secrets::follow_session_keys`, which does it when a secret changes.
#[derive(Clone)]
pub struct SessionKeys(Arc<KeyringCell>);

struct KeyringCell {
    ring: ArcSwap<HeldKeys>,
    /// How long a session lives at most, in seconds.
    life: AtomicU64,
}

/// The first is in use. Never empty.
struct HeldKeys {
    held: Vec<HeldKey>,
    /// How often it was changed.
    changes: u64,
}

#[derive(Clone)]
struct HeldKey {
    key: Arc<SessionKey>,
    /// Until when it is understood, if it is no longer named.
    until: Option<Instant>,
}

impl HeldKey {
    fn named(key: SessionKey) -> Self {
        Self { key: Arc::new(key), until: None }
    }

    fn is_understood(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl SessionKeys {
    /// The key in use.
    pub fn new(current: SessionKey) -> Self {
        let ring = ArcSwap::from_pointee(HeldKeys { held: vec![HeldKey::named(current)], changes: 0 });
        Self(Arc::new(KeyringCell { ring, life: AtomicU64::new(12 * 60 * 60) }))
    }

    /// Reads one to four keys, each a line of 64 hexadecimal digits: the first is in use, the others are understood.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn from_lines(text: &SecretString) -> Result<Self, SessionKeyError> {
        let mut lines = text.expose_secret().lines();
        let key = |line: &str| SessionKey::from_hex(&SecretString::from(line));
        let keys = Self::new(key(lines.next().unwrap_or_default())?);
        let mut others = lines.by_ref().take(MOST - 1);
        let keys = others.try_fold(keys, |keys, line| Ok(keys.previous(key(line)?)))?;
        if lines.next().is_some() { Err(SessionKeyError::Count) } else { Ok(keys) }
    }

    /// A key that is understood beside it: the one that was in use before, or the next while processes learn of it. Of more
    /// than three, the last are left out.
    #[must_use]
    pub fn previous(self, previous: SessionKey) -> Self {
        let previous = HeldKey::named(previous);
        self.change(|held| held.iter().cloned().chain([previous.clone()]).collect());
        self
    }

    /// Uses the first of `new` from now on, while requests run. All of `new` are understood, and those held until now for as
    /// long as a session that began under one of them may still live: no user is signed out.
    ///
    /// At most four keys are held. Sessions whose id was made under one before these are unknown, so replace no more than
    /// three times in the time that a session lives at most (12 h unless set otherwise). `new` itself is not changed.
    pub fn replace(&self, new: &Self) {
        let named = new.ring();
        let life = self.0.life.load(Ordering::Relaxed).saturating_add(ELSEWHERE);
        let until = Instant::now().checked_add(Duration::from_secs(life));
        self.change(|held| {
            let old = held.iter().map(|old| HeldKey { until: old.until.or(until), ..old.clone() });
            named.held.iter().cloned().chain(old).collect()
        });
    }

    /// Forgets every key but the one in use, at once, for instance because one became known to others. Sessions whose id was
    /// made under them end, and so do form tokens and the provider's tokens that they sealed.
    pub fn forget_previous(&self) {
        self.change(|held| held.iter().take(1).cloned().collect());
    }

    /// How long a session lives at most, for a gateway that uses these keys.
    pub(crate) fn serve(&self, life: u64) {
        self.0.life.fetch_max(life, Ordering::Relaxed);
    }

    fn ring(&self) -> Arc<HeldKeys> {
        self.0.ring.load_full()
    }

    /// Each key once, the first of its kind; no more than there may be, and none whose time is over.
    fn change(&self, changed: impl Fn(&[HeldKey]) -> Vec<HeldKey>) {
        let now = Instant::now();
        // Of two changes at once, one is made again on what the other left.
        self.0.ring.rcu(|ring| {
            let mut new = Vec::<HeldKey>::with_capacity(MOST);
            for held in changed(&ring.held) {
                let known = new.iter().any(|one| one.key.id() == held.key.id());
                if !known && held.is_understood(now) && new.len() < MOST {
                    new.push(held);
                }
            }
            HeldKeys { held: new, changes: ring.changes + 1 }
        });
    }

    fn with<R>(&self, work: impl FnOnce(&SessionKey) -> R) -> R {
        work(&self.ring().held[0].key)
    }

    fn find<R>(&self, work: impl FnMut(&SessionKey) -> Option<R>) -> Option<R> {
        let (ring, now) = (self.ring(), Instant::now());
        ring.held.iter().filter(|held| held.is_understood(now)).map(|held| &*held.key).find_map(work)
    }

    /// What a row keeps of an id.
    pub(crate) fn hash(&self, id: &SessionId, origin: &str) -> [u8; 32] {
        self.with(|key| key.hash(id, origin))
    }

    /// By what a session is kept in memory: another for each id, and another after every change of the keys, which may have
    /// ended the session.
    pub(crate) fn kept_by(&self, id: &SessionId, origin: &str) -> ([u8; 32], u64) {
        let ring = self.ring();
        (ring.held[0].key.hash(id, origin), ring.changes)
    }

    /// What a row may keep of an id: under the key in use, and under each that is still understood.
    pub(crate) fn hashes(&self, id: &SessionId, origin: &str) -> Vec<[u8; 32]> {
        let mut hashes = Vec::with_capacity(MOST);
        self.find(|key| {
            hashes.push(key.hash(id, origin));
            None::<()>
        });
        hashes
    }

    /// A token for forms of the session whose row has this hash. Another each time, so that compression of a page
    /// gives none away.
    pub(crate) fn form_token(&self, id_hash: &[u8], handle: Uuid) -> Option<Vec<u8>> {
        self.with(|key| key.form_token(id_hash, handle))
    }

    /// Whether a form token is of a session, whatever id that had when the form was made.
    pub(crate) fn form_token_was_of(&self, token: &[u8], handle: Uuid) -> bool {
        self.find(|key| key.form_token_was_of(token, handle).then_some(())).is_some()
    }

    /// Whether a form token is the session's. In constant time for tokens of the right length.
    pub(crate) fn form_token_holds(&self, token: &[u8], id_hash: &[u8]) -> bool {
        self.find(|key| key.form_token_holds(token, id_hash).then_some(())).is_some()
    }

    /// Seals a secret for one session and one purpose. `None` when the system has no randomness.
    pub(crate) fn seal(&self, secret: &SecretString, about: &[u8]) -> Option<Vec<u8>> {
        self.with(|key| key.sealed(secret.expose_secret(), about))
    }

    /// Opens what [`seal`](Self::seal) sealed for the same session and purpose.
    pub(crate) fn open(&self, sealed: &[u8], about: &[u8]) -> Option<SecretString> {
        self.find(|key| key.opened(sealed, about))
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeys").field("held", &self.ring().held.len()).finish_non_exhaustive()
    }
}
