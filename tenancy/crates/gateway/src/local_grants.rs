//! What the gateway grants to its own process.
//!
//! Such a grant goes the way of every other: it is signed, and the authority verifies it. It never leaves this module, so it is
//! bound to no request, and once it was verified, what it says is kept for some seconds: the next request of which it would say
//! the same is not signed for again. Whatever differs, an epoch, a tier, an organization, is another grant.

use crate::session::bounded_cache::BoundedCache;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tenancy::__private::{LEEWAY, MAX_LIFETIME};
use tenancy::scope::{
    Authority, Grant, GrantError, GrantSigner, NoReplayGuard, OrgScope, PublicKey, RequestBody, RequestContext,
    RequestGuard, SignerError, TrustedKey, TrustedKeys, VerifiedGrant,
};
use tenancy_service::__private::locked;

/// The issuer of grants that never leave the process.
const ISSUER: &str = "tenancy gateway";
/// Their audience.
pub(crate) const AUDIENCE: &str = "this process";
/// For how long a key signs.
const TURN: Duration = Duration::from_secs(60 * 60);
/// How many verified grants are kept at most: some 0.5 KiB each.
const MOST: usize = 16_384;

/// What no request is: it has no method.
const NO_REQUEST: RequestContext<'static> =
    RequestContext { method: "", authority: "", path_and_query: "", body: RequestBody::Bytes(b""), certificate: None };

/// The keys with which a gateway grants to itself, and what it granted lately.
pub(crate) struct LocalGrants {
    authority: Authority,
    /// What the authority trusts is decided here alone.
    trusted: TrustedKeys,
    turn: Mutex<KeyTurn>,
    admitted: BoundedCache<Grant, AdmittedGrant>,
}

/// The key that signs, and those that signed before and may still be asked for.
struct KeyTurn {
    signer: Arc<GrantSigner>,
    began: Instant,
    /// Each until a time.
    before: Vec<(PublicKey, SystemTime)>,
}

#[derive(Clone)]
struct AdmittedGrant {
    verified: Arc<VerifiedGrant>,
    /// From when on it is granted again, so that no request gets the rest of a life.
    renewed: Instant,
}

impl LocalGrants {
    /// With a key that was made here and never leaves the process.
    pub(crate) fn new() -> Result<Self, SignerError> {
        let signer = Arc::new(GrantSigner::generate(ISSUER)?);
        // What is granted here was decided and written down here.
        let (authority, trusted) = Authority::rotating(ISSUER, AUDIENCE);
        let authority = authority.admit_staff();
        trusted.replace([TrustedKey::always(signer.public_key())]);
        let turn = KeyTurn { signer, began: Instant::now(), before: Vec::new() };
        Ok(Self { authority, trusted, turn: Mutex::new(turn), admitted: BoundedCache::new(MOST) })
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The scope of a request that is granted this at `now` (by the sessions' clock); `None` when it cannot
    /// be signed, or is not admitted.
    pub(crate) fn scope(&self, grant: &Grant, request: &RequestGuard, now: SystemTime) -> Option<OrgScope> {
        if let Some(kept) = self.admitted.get(grant)
            && Instant::now() < kept.renewed
        {
            return Some(kept.verified.scope(request, now));
        }
        let renewed = Instant::now() + grant.lifetime / 3;
        let token = self.signer().ok()?.sign(grant, &NO_REQUEST).ok()?;
        let verified = Arc::new(self.verify(&token).ok()?);
        let scope = verified.scope(request, now);
        self.admitted.keep(grant.clone(), AdmittedGrant { verified, renewed });
        Some(scope)
    }

    /// Verifies a grant that never left this module.
    fn verify(&self, token: &str) -> Result<VerifiedGrant, GrantError> {
        self.trusted.verify(&self.authority, token, &NO_REQUEST, SystemTime::now(), &NoReplayGuard)
    }

    /// The key whose turn it is.
    fn signer(&self) -> Result<Arc<GrantSigner>, SignerError> {
        let mut turn = locked(&self.turn);
        if turn.began.elapsed() >= TURN {
            self.next(&mut turn)?;
        }
        Ok(Arc::clone(&turn.signer))
    }

    /// Makes the next key. The one before is trusted for as long as anything that it signs may live.
    fn next(&self, turn: &mut KeyTurn) -> Result<(), SignerError> {
        let signer = Arc::new(GrantSigner::generate(ISSUER)?);
        let now = SystemTime::now();
        turn.before.retain(|(_, until)| now < *until);
        turn.before.push((turn.signer.public_key(), now + Duration::from_secs(MAX_LIFETIME + LEEWAY)));
        let before = turn.before.iter().map(|(key, until)| TrustedKey {
            key: key.clone(),
            from: UNIX_EPOCH,
            until: Some(*until),
        });
        self.trusted.replace(before.chain([TrustedKey::always(signer.public_key())]));
        turn.signer = signer;
        turn.began = Instant::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use tenancy::__private::unix_time;
    use tenancy::scope::{Epochs, OrgId, ScopeError, Subject, Tier};
    use uuid::Uuid;

    fn grant(session: &str) -> Grant {
        Grant {
            audience: AUDIENCE.to_owned(),
            org: OrgId::new(Uuid::from_u128(0xa)),
            subject: Subject { issuer: "https://id.test".to_owned(), subject: "alice".to_owned() },
            session: session.to_owned(),
            epochs: Epochs { org: 1, sub: 1 },
            tier: Tier::Org,
            assurance: "aal1".to_owned(),
            authenticated_at: Some(unix_time(7)),
            actor: None,
            lifetime: Duration::from_secs(30),
        }
    }

    /// Signs with a key that no service trusts from now on: what is not kept is refused.
    fn keeps_only(own: &LocalGrants) {
        own.turn.lock().unwrap().signer = Arc::new(GrantSigner::generate(ISSUER).unwrap());
    }

    /// Whatever a grant says is looked for with it: a changed row never meets what was kept before.
    #[test]
    fn a_grant_that_differs_in_anything_is_granted_anew() {
        let own = LocalGrants::new().unwrap();
        let (kept, request) = (grant("one"), RequestGuard::new());
        assert!(own.scope(&kept, &request, unix_time(7)).is_some());
        keeps_only(&own);
        let changes: [fn(&mut Grant); 10] = [
            |grant| grant.audience.push('x'),
            |grant| grant.org = OrgId::new(Uuid::from_u128(0xb)),
            |grant| grant.subject.issuer.push('/'),
            |grant| grant.subject.subject.push('x'),
            |grant| grant.session.push('x'),
            |grant| grant.epochs.org += 1,
            |grant| grant.epochs.sub += 1,
            |grant| grant.tier = Tier::Tenant,
            |grant| grant.assurance = "aal2".to_owned(),
            |grant| grant.authenticated_at = None,
        ];
        for (at, change) in changes.iter().enumerate() {
            let mut other = kept.clone();
            change(&mut other);
            assert!(own.scope(&other, &request, unix_time(7)).is_none(), "{at}");
            let scope = own.scope(&kept, &request, unix_time(7)).unwrap();
            assert_eq!((scope.org_id(), scope.epochs(), scope.tier()), (kept.org, kept.epochs, kept.tier), "{at}");
        }
    }

    #[test]
    fn each_scope_ends_with_its_own_request() {
        let own = LocalGrants::new().unwrap();
        let (first, second) = (RequestGuard::new(), RequestGuard::new());
        let (one, other) = (
            own.scope(&grant("s"), &first, unix_time(7)).unwrap(),
            own.scope(&grant("s"), &second, unix_time(7)).unwrap(),
        );
        drop(first);
        assert_eq!((one.check(), other.check()), (Err(ScopeError::RequestEnded), Ok(())));
    }

    /// It is signed for again before its end, not when it has ended.
    #[test]
    fn what_is_kept_is_renewed() {
        let own = LocalGrants::new().unwrap();
        let (grant, request) = (grant("s"), RequestGuard::new());
        assert!(own.scope(&grant, &request, unix_time(7)).is_some());
        let kept = own.admitted.get(&grant).unwrap();
        own.admitted.keep(grant.clone(), AdmittedGrant { renewed: Instant::now(), ..kept });
        keeps_only(&own);
        assert!(own.scope(&grant, &request, unix_time(7)).is_none(), "it was signed for");
    }

    /// Grants are signed and verified in four threads while the key turns fifty times.
    #[test]
    fn no_grant_is_refused_while_the_key_turns() {
        let own = LocalGrants::new().unwrap();
        let first = own.signer().unwrap();
        thread::scope(|threads| {
            for thread in 0..4 {
                let own = &own;
                threads.spawn(move || {
                    let request = RequestGuard::new();
                    for number in 0..100 {
                        let grant = grant(&format!("{thread} {number}"));
                        assert!(own.scope(&grant, &request, unix_time(7)).is_some(), "{thread} {number}");
                        assert!(own.scope(&grant, &request, unix_time(7)).is_some(), "kept over the turn");
                    }
                });
            }
            for _ in 0..50 {
                own.next(&mut own.turn.lock().unwrap()).unwrap();
                thread::yield_now();
            }
        });
        assert_ne!(own.signer().unwrap().public_key().to_string(), first.public_key().to_string());
    }

    /// An hour is over; and a key whose time is over is no longer trusted.
    #[test]
    fn a_key_has_its_turn_and_an_end() {
        let own = LocalGrants::new().unwrap();
        let first = own.signer().unwrap();
        let name = |signer: &GrantSigner| signer.public_key().to_string();
        assert_eq!(name(&own.signer().unwrap()), name(&first));
        if let Some(before) = Instant::now().checked_sub(TURN) {
            own.turn.lock().unwrap().began = before;
            assert_ne!(name(&own.signer().unwrap()), name(&first));
        }
        own.next(&mut own.turn.lock().unwrap()).unwrap();
        let token = first.sign(&grant("s"), &NO_REQUEST).unwrap();
        assert!(own.verify(&token).is_ok());
        own.turn.lock().unwrap().before.iter_mut().for_each(|(_, until)| *until = UNIX_EPOCH);
        own.next(&mut own.turn.lock().unwrap()).unwrap();
        assert!(own.verify(&token).is_err());
        assert_eq!(own.turn.lock().unwrap().before.len(), 1);
    }
}
