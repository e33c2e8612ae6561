//! The keys of the gateways in front of a service: known from statements that a root key signed, replaced while it runs.

use super::statement::{MAX_LIFE, Statement};
use super::trusted::{TrustedKey, TrustedKeys};
use super::{PublicKey, StatementError};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The most gateway processes that a service remembers at a time.
pub(super) const MAX_GATEWAYS: usize = 256;

/// The keys with which gateways grant for one service, as the root keys state them.
///
/// It holds public keys alone. [`Authority::of_ring`](super::Authority::of_ring) admits what they signed; cloning a ring gives
/// the same ring. A service without a current statement admits nothing.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    issuer: String,
    audience: String,
    roots: Vec<PublicKey>,
    keys: TrustedKeys,
    known: Mutex<Known>,
}

/// What was stated last.
#[derive(Default)]
struct Known {
    gateways: BTreeMap<Uuid, (Statement, Vec<TrustedKey>)>,
    /// When the newest statement began of those that were forgotten because they are over, in seconds since 1970.
    forgotten: u64,
}

impl KeyRing {
    /// A ring for the service `audience`, of the gateways of `issuer`, whose statements one of `roots` signs.
    ///
    /// Give two roots while they change. Taking one away ends at once whatever it stated.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        roots: impl IntoIterator<Item = PublicKey>,
    ) -> Self {
        Self(Arc::new(Ring {
            issuer: issuer.into(),
            audience: audience.into(),
            roots: roots.into_iter().collect(),
            keys: TrustedKeys::new([]),
            known: Mutex::default(),
        }))
    }

    /// Takes a gateway process's statement in place of its last one, at `now` (seconds since 1970). Keys that it no longer
    /// names are no longer trusted.
    ///
    /// # Errors
    /// When no root signed it for this issuer, it is not valid at `now`, a key's time is longer than the limit, or a newer
    /// one was seen. The ring is then as it was.
    pub fn accept(&self, statement: &str, now: u64) -> Result<(), StatementError> {
        let ring = &*self.0;
        let said = Statement::read(statement, &ring.roots, &ring.issuer, now)?;
        let keys = ring.trusted(&said)?;
        let mut known = ring.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.forget(now);
        match known.gateways.get(&said.gtw) {
            Some((last, _)) if *last == said => return Ok(()),
            Some((last, _)) if said.seq <= last.seq || said.iat < last.iat => return Err(StatementError::RolledBack),
            None if said.iat <= known.forgotten => return Err(StatementError::RolledBack),
            None if known.gateways.len() >= MAX_GATEWAYS => return Err(StatementError::TooMany),
            _ => {}
        }
        known.gateways.insert(said.gtw, (said, keys));
        ring.keys.replace(known.gateways.values().flat_map(|(_, keys)| keys).cloned().collect());
        Ok(())
    }

    pub(super) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(super) fn audience(&self) -> &str {
        &self.0.audience
    }

    pub(super) fn keys(&self) -> TrustedKeys {
        self.0.keys.clone()
    }
}

impl Ring {
    /// The keys that a statement gives to this service, each until its own time or the statement's is over.
    fn trusted(&self, said: &Statement) -> Result<Vec<TrustedKey>, StatementError> {
        let mut keys = Vec::with_capacity(said.keys.len());
        for stated in &said.keys {
            let key: PublicKey = stated.key.parse().map_err(|_| StatementError::Payload)?;
            if stated.aud.contains(&self.audience) {
                keys.push(TrustedKey { key, from: stated.nbf, until: stated.naf.min(said.exp) });
            }
        }
        Ok(keys)
    }
}

impl Known {
    /// Forgets what is over, and every statement that may come in its place: an older one began earlier, so it is over too.
    /// When it began is kept, in case the clock is set back.
    fn forget(&mut self, now: u64) {
        let forgotten = &mut self.forgotten;
        self.gateways.retain(|_, (said, _)| {
            let over = said.iat.saturating_add(MAX_LIFE) <= now;
            *forgotten = if over { (*forgotten).max(said.iat) } else { *forgotten };
            !over
        });
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ring { issuer, audience, keys, .. } = &*self.0;
        f.debug_struct("KeyRing").field("issuer", issuer).field("audience", audience).field("keys", keys).finish()
    }
}
