//! The gateway's side: signs grants. Behind the feature `signing`, so that a service which only verifies has no
//! function that signs.

use super::{Actor, Epochs, OrgId, PublicKey, RequestContext, Subject, Tier};
use crate::clock::unix_seconds;
use crate::identity::MAX_LIFETIME;
use crate::isolation::grant::Payload;
use pasetors::keys::{AsymmetricKeyPair, AsymmetricPublicKey, AsymmetricSecretKey, Generate};
use pasetors::version4::{PublicToken, V4};
use std::fmt;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// What the gateway decided, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The service that it is for.
    pub audience: String,
    /// The organization that the request acts for. From the session and its membership, never from the request.
    pub org: OrgId,
    /// Who acts.
    pub subject: Subject,
    /// A keyed hash of the session key.
    pub session: String,
    /// The epochs that the decision was made under.
    pub epochs: Epochs,
    /// The subject's coarse tier.
    pub tier: Tier,
    /// How strongly the subject was authenticated.
    pub assurance: String,
    /// When, to the second; `None` without a proof.
    pub authenticated_at: Option<SystemTime>,
    /// The member of the platform's staff, if and only if `tier` is the platform's.
    pub actor: Option<Actor>,
    /// How long the grant lives, in whole seconds; 1 to 60 s, 30 s is a good value.
    pub lifetime: Duration,
}

/// Signing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The text is no PASERK secret key of version 4.
    #[error("not a `k4.secret.` key")]
    Key,
    /// The system has no randomness.
    #[error("the system's random number generator failed")]
    Random,
    /// The lifetime is not 1 to 60 s.
    #[error("a grant lives 1 to 60 s")]
    Lifetime,
    /// The payload cannot be written or signed.
    #[error("the grant cannot be signed")]
    Sign,
}

/// A gateway's Ed25519 secret key.
pub struct GrantSigner {
    issuer: String,
    secret: AsymmetricSecretKey<V4>,
    public: PublicKey,
}

impl GrantSigner {
    /// A signer with a new random key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate(issuer: impl Into<String>) -> Result<Self, SignerError> {
        let pair = AsymmetricKeyPair::<V4>::generate().map_err(|_| SignerError::Random)?;
        let public = PublicKey::of(pair.public).map_err(|_| SignerError::Key)?;
        Ok(Self { issuer: issuer.into(), secret: pair.secret, public })
    }

    /// A signer with a key in PASERK form, `k4.secret.…`.
    ///
    /// # Errors
    /// When the text is no such key.
    pub fn from_paserk(issuer: impl Into<String>, secret: &str) -> Result<Self, SignerError> {
        let secret = AsymmetricSecretKey::<V4>::try_from(secret).map_err(|_| SignerError::Key)?;
        let public = AsymmetricPublicKey::try_from(&secret).map_err(|_| SignerError::Key)?;
        let public = PublicKey::of(public).map_err(|_| SignerError::Key)?;
        Ok(Self { issuer: issuer.into(), secret, public })
    }

    /// The key that services trust.
    pub fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    /// Signs a grant for one request, now.
    ///
    /// # Errors
    /// When the lifetime is not 1 to 60 s, or the system has no randomness.
    pub fn sign(&self, grant: &Grant, context: &RequestContext<'_>) -> Result<String, SignerError> {
        self.sign_at(grant, context, SystemTime::now())
    }

    /// Signs a grant as of another time, for tests of what has expired.
    ///
    /// # Errors
    /// As [`sign`](Self::sign).
    pub fn sign_at(
        &self,
        grant: &Grant,
        context: &RequestContext<'_>,
        issued: SystemTime,
    ) -> Result<String, SignerError> {
        let lifetime = grant.lifetime.as_secs();
        if !(1..=MAX_LIFETIME).contains(&lifetime) {
            return Err(SignerError::Lifetime);
        }
        let iat = unix_seconds(issued);
        let mut jti = [0; 16];
        getrandom::fill(&mut jti).map_err(|_| SignerError::Random)?;
        let payload = Payload {
            iss: self.issuer.clone(),
            aud: grant.audience.clone(),
            sub: grant.subject.clone(),
            org: grant.org,
            sid: grant.session.clone(),
            epo: grant.epochs,
            rol: grant.tier,
            acr: grant.assurance.clone(),
            aut: grant.authenticated_at.map_or(0, unix_seconds),
            act: grant.actor.clone(),
            jti: Uuid::from_bytes(jti),
            iat,
            nbf: iat,
            exp: iat.saturating_add(lifetime),
        };
        self.seal(&serde_json::to_vec(&payload).map_err(|_| SignerError::Sign)?, &grant.audience, context)
    }

    /// Signs a payload as it is.
    pub(super) fn seal(
        &self,
        payload: &[u8],
        audience: &str,
        context: &RequestContext<'_>,
    ) -> Result<String, SignerError> {
        self.sign_bytes(payload, &context.assertion(audience))
    }

    /// Signs a payload together with an assertion that both sides compute.
    pub(crate) fn sign_bytes(&self, payload: &[u8], assertion: &[u8]) -> Result<String, SignerError> {
        PublicToken::sign(&self.secret, payload, Some(self.public.footer()), Some(assertion))
            .map_err(|_| SignerError::Sign)
    }

    #[cfg(feature = "jobs")]
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }
}

impl fmt::Debug for GrantSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantSigner").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
