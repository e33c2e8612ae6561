//! The keys of the gateways in front of a service: known from statements that a root key signed, replaced while it runs.

use super::keyset_document::{MAX_GATEWAYS, MAX_LIFE, SignedKeySet, StatementError};
use super::replay_cache::ReplayCache;
use crate::sync::locked;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tenancy::__private::{unix_seconds, unix_time};
use tenancy::scope::{
    Authority, GrantError, NoReplayGuard, PublicKey, RequestContext, TrustedKey, TrustedKeys, VerifiedGrant,
};
use uuid::Uuid;

/// The keys with which gateways grant for one service, as the root keys state them.
///
/// It holds public keys alone. [`KeyRing::authority`] admits what they signed; cloning a ring gives
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
    gateways: BTreeMap<Uuid, (SignedKeySet, Vec<TrustedKey>)>,
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
        let (issuer, audience) = (issuer.into(), audience.into());
        Self(Arc::new(Ring {
            keys: TrustedKeys::new(issuer.clone(), audience.clone()),
            issuer,
            audience,
            roots: roots.into_iter().collect(),
            known: Mutex::default(),
        }))
    }

    /// Takes a gateway process's statement in place of its last one, at `now`. Keys that it no longer
    /// names are no longer trusted.
    ///
    /// # Errors
    /// When no root signed it for this issuer, it is not valid at `now`, a key's time is longer than the limit, or a newer
    /// one was seen. The ring is then as it was.
    pub fn accept(&self, statement: &str, now: SystemTime) -> Result<(), StatementError> {
        let (ring, now) = (&*self.0, unix_seconds(now));
        let said = SignedKeySet::read(statement, &ring.roots, &ring.issuer, now)?;
        let keys = ring.trusted(&said)?;
        let mut known = locked(&ring.known);
        known.forget(now);
        match known.gateways.get(&said.gtw) {
            Some((last, _)) if *last == said => return Ok(()),
            Some((last, _)) if said.seq <= last.seq || said.iat < last.iat => return Err(StatementError::RolledBack),
            None if said.iat <= known.forgotten => return Err(StatementError::RolledBack),
            None if known.gateways.len() >= MAX_GATEWAYS => return Err(StatementError::TooMany),
            _ => {}
        }
        known.gateways.insert(said.gtw, (said, keys));
        ring.keys.replace(known.gateways.values().flat_map(|(_, keys)| keys).cloned());
        Ok(())
    }

    /// An authority that admits what the ring's keys sign, as they come and go.
    pub fn authority(&self) -> Authority {
        self.0.keys.authority()
    }

    /// Verifies a grant for an authority of this ring, at `now`. One that is to serve once is spent.
    pub(crate) fn verify(
        &self,
        authority: &Authority,
        token: &str,
        context: &RequestContext<'_>,
        now: SystemTime,
        once: Option<&ReplayCache<Uuid>>,
    ) -> Result<VerifiedGrant, GrantError> {
        match once {
            Some(spent) => self.0.keys.verify(authority, token, context, now, spent),
            None => self.0.keys.verify(authority, token, context, now, &NoReplayGuard),
        }
    }
}

impl Ring {
    /// The keys that a statement gives to this service, each until its own time or the statement's is over.
    fn trusted(&self, said: &SignedKeySet) -> Result<Vec<TrustedKey>, StatementError> {
        let mut keys = Vec::with_capacity(said.keys.len());
        for stated in &said.keys {
            let key: PublicKey = stated.key.parse().map_err(|_| StatementError::Payload)?;
            if stated.aud.contains(&self.audience) {
                keys.push(TrustedKey {
                    key,
                    from: unix_time(stated.nbf),
                    until: Some(unix_time(stated.naf.min(said.exp))),
                });
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
