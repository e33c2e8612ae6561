//! The authority: the door through which every scope comes.

use super::clock::since_1970;
use super::grant::{self, Facts, GrantError, Payload, RequestContext};
use super::once::{Often, Once};
use super::trusted::{self, TrustedKey, TrustedKeys};
use super::{OrgScope, RequestGuard, token};
use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk, Id};
use pasetors::version4::V4;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Names one [`Authority`] in this process. A database trusts exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuthorityId(u64);

impl AuthorityId {
    /// An id that no other authority of this process has.
    fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A gateway's Ed25519 public key, in PASERK form (`k4.public.…`). It verifies grants and cannot make one.
#[derive(Clone)]
pub struct PublicKey {
    key: AsymmetricPublicKey<V4>,
    /// The footer of every grant that this key signed.
    footer: Vec<u8>,
}

/// The text is no PASERK public key of version 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a `k4.public.` key")]
pub struct PublicKeyError(());

impl PublicKey {
    pub(super) fn of(key: AsymmetricPublicKey<V4>) -> Result<Self, PublicKeyError> {
        let mut kid = String::new();
        FormatAsPaserk::fmt(&Id::from(&key), &mut kid).map_err(|_| PublicKeyError(()))?;
        let footer = format!(r#"{{"v":1,"kid":"{kid}"}}"#).into_bytes();
        Ok(Self { key, footer })
    }

    pub(super) fn key(&self) -> &AsymmetricPublicKey<V4> {
        &self.key
    }

    pub(crate) fn footer(&self) -> &[u8] {
        &self.footer
    }
}

impl std::str::FromStr for PublicKey {
    type Err = PublicKeyError;

    /// # Errors
    /// When the text is no PASERK public key of version 4.
    fn from_str(paserk: &str) -> Result<Self, PublicKeyError> {
        Self::of(AsymmetricPublicKey::try_from(paserk).map_err(|_| PublicKeyError(()))?)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        FormatAsPaserk::fmt(&self.key, f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Owns minting: it turns a gateway's grant into an [`OrgScope`], and needs the gateway's keys to exist.
///
/// A second authority is easy to make and worth nothing: a [`TenantDb`](crate::TenantDb) is built for one authority
/// and refuses the scopes of every other, also of one with the same keys (`tenancy/tests/scope_authority.rs`).
pub struct Authority {
    issuer: String,
    audience: String,
    keys: TrustedKeys,
    /// Whether staff of the platform are admitted.
    staff: bool,
    id: AuthorityId,
}

impl Authority {
    /// An authority that admits what `issuer` grants to the service `audience` under one of `keys`.
    ///
    /// Give several keys while the gateway rotates them. An authority without a key admits nothing.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: impl IntoIterator<Item = PublicKey>,
    ) -> Self {
        Self::trusting(issuer.into(), audience.into(), TrustedKeys::new(keys.into_iter().map(TrustedKey::always)))
    }

    /// An authority whose keys come and go with the gateways' key statements: see [`KeyRing`](super::KeyRing).
    #[cfg(feature = "service")]
    pub fn of_ring(ring: &super::KeyRing) -> Self {
        Self::trusting(ring.issuer().to_owned(), ring.audience().to_owned(), ring.keys())
    }

    fn trusting(issuer: String, audience: String, keys: TrustedKeys) -> Self {
        Self { issuer, audience, keys, staff: false, id: AuthorityId::fresh() }
    }

    /// Admits also grants for staff of the platform who entered an organization ([`Actor`](super::Actor)). Without it they
    /// are refused, whoever signed them.
    #[must_use]
    pub fn admitting_staff(mut self) -> Self {
        self.staff = true;
        self
    }

    pub(crate) fn id(&self) -> AuthorityId {
        self.id
    }

    /// The one door: verifies a grant for this request and mints the scope that it grants.
    ///
    /// The scope lives as long as `request` and its grant: until 5 s after the grant's `exp`, on a monotonic clock.
    ///
    /// # Errors
    /// When the token does not follow the profile, was not signed by a trusted key for exactly this request and this
    /// service, or its time is not now.
    pub fn admit(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        request: &RequestGuard,
    ) -> Result<OrgScope, GrantError> {
        self.admit_at(token, context, request, since_1970(), &Often)
    }

    /// [`admit`](Self::admit) at `now` (since 1970), for a grant that `once` has to spend.
    pub(crate) fn admit_at(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        request: &RequestGuard,
        now: Duration,
        once: &dyn Once,
    ) -> Result<OrgScope, GrantError> {
        Ok(self.verify(token, context, now, once)?.scope(request, now.as_secs()))
    }

    /// Verifies a grant that its issuer gave to its own process, bound to no request: the first half of
    /// [`admit`](Self::admit). The grant must go nowhere else.
    #[cfg(feature = "gateway")]
    pub(crate) fn admission(&self, token: &str, context: &RequestContext<'_>) -> Result<Admission, GrantError> {
        self.verify(token, context, since_1970(), &Often)
    }

    fn verify(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        now: Duration,
        once: &dyn Once,
    ) -> Result<Admission, GrantError> {
        let payload = self.verified(token, context, now.as_secs())?;
        payload.check(&self.issuer, &self.audience, self.staff, now.as_secs())?;
        let end = payload.exp.saturating_add(grant::LEEWAY);
        let left = Duration::from_secs(end).checked_sub(now).ok_or(GrantError::Expired)?;
        once.spend(payload.jti, end, now.as_secs())?;
        Ok(Admission { facts: Arc::new(payload.into_facts()), end: Instant::now() + left, authority: self.id })
    }

    /// Trusts these keys from now on and no others, each until a time in seconds since 1970.
    #[cfg(feature = "gateway")]
    pub(crate) fn trust(&self, keys: impl IntoIterator<Item = (PublicKey, u64)>) {
        self.keys.replace(keys.into_iter().map(|(key, until)| TrustedKey { key, from: 0, until }).collect());
    }

    /// The payload of a token that one of our keys signed for this request.
    fn verified(&self, token: &str, context: &RequestContext<'_>, now: u64) -> Result<Payload, GrantError> {
        let payload = self.verify_bytes(token, &context.assertion(&self.audience), now)?;
        // Into a struct, never into a map: a map would keep the last of two fields with one name.
        serde_json::from_str(&payload).map_err(|_| GrantError::Payload)
    }

    /// The payload of a token that one of our keys signed together with this assertion; `now` in seconds since 1970.
    pub(crate) fn verify_bytes(&self, token: &str, assertion: &[u8], now: u64) -> Result<String, GrantError> {
        let keys = self.keys.now();
        token::verified(token, grant::MAX_TOKEN, assertion, |footer| trusted::of_footer(&keys, footer, now))
    }

    /// Whose grants it admits, and for which service.
    #[cfg(feature = "jobs")]
    pub(crate) fn names(&self) -> Names<'_> {
        Names { issuer: &self.issuer, audience: &self.audience }
    }
}

/// What a grant said that an authority verified, and until when that holds.
///
/// Only `Authority::verify` makes one. It is no scope: it belongs to no request, and the scopes that it gives end with theirs.
pub(crate) struct Admission {
    facts: Arc<Facts>,
    end: Instant,
    authority: AuthorityId,
}

impl Admission {
    /// The scope of this request, which is admitted at `now` (seconds since 1970). One that is given after the admission's end
    /// has expired.
    pub(crate) fn scope(&self, request: &RequestGuard, now: u64) -> OrgScope {
        OrgScope::mint(Arc::clone(&self.facts), request.life_until(self.end), self.authority, now)
    }
}

/// Whose grants an authority admits, and for which service.
#[cfg(feature = "jobs")]
pub(crate) struct Names<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "signer"))]
#[path = "authority_tests.rs"]
mod tests;
