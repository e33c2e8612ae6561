//! The authority: the door through which every scope comes.

use super::grant::{self, GrantError, Payload, RequestContext};
use super::{OrgScope, RequestGuard};
use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk, Id};
use pasetors::token::{Public, UntrustedToken};
use pasetors::version4::{PublicToken, V4};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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

    #[cfg(feature = "signer")]
    pub(super) fn footer(&self) -> &[u8] {
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
    keys: Vec<PublicKey>,
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
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            keys: keys.into_iter().collect(),
            id: AuthorityId::fresh(),
        }
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
        // A clock before 1970 makes every grant one of the future, which is refused.
        self.admit_at(token, context, request, SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    fn admit_at(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        request: &RequestGuard,
        now: Duration,
    ) -> Result<OrgScope, GrantError> {
        let payload = self.verified(token, context)?;
        payload.check(&self.issuer, &self.audience, now.as_secs())?;
        let end = Duration::from_secs(payload.exp.saturating_add(grant::LEEWAY));
        let left = end.checked_sub(now).ok_or(GrantError::Expired)?;
        let life = request.life_until(Instant::now() + left);
        Ok(OrgScope::mint(Arc::new(payload.into_facts()), life, self.id))
    }

    /// The payload of a token that one of our keys signed for this request.
    fn verified(&self, token: &str, context: &RequestContext<'_>) -> Result<Payload, GrantError> {
        let payload = self.verify_bytes(token, &context.assertion(&self.audience))?;
        // Into a struct, never into a map: a map would keep the last of two fields with one name.
        serde_json::from_str(&payload).map_err(|_| GrantError::Payload)
    }

    /// The payload of a token that one of our keys signed together with this assertion.
    pub(crate) fn verify_bytes(&self, token: &str, assertion: &[u8]) -> Result<String, GrantError> {
        if token.len() > grant::MAX_TOKEN {
            return Err(GrantError::TooLong);
        }
        let token = UntrustedToken::<Public, V4>::try_from(token).map_err(|_| GrantError::NotAToken)?;
        let footer = token.untrusted_footer();
        if footer.len() > grant::MAX_FOOTER {
            return Err(GrantError::UnknownKey);
        }
        // The footer picks the key and is compared whole, so nothing in it is parsed.
        let trusted = self.keys.iter().find(|key| key.footer == footer).ok_or(GrantError::UnknownKey)?;
        let verified = PublicToken::verify(&trusted.key, &token, Some(&trusted.footer), Some(assertion))
            .map_err(|_| GrantError::Signature)?;
        Ok(verified.payload().to_owned())
    }

    /// Whose grants it admits, and for which service.
    #[cfg(feature = "jobs")]
    pub(crate) fn names(&self) -> Names<'_> {
        Names { issuer: &self.issuer, audience: &self.audience }
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
