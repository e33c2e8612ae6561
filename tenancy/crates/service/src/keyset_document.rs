//! The token profile "key statement, version 1": which keys a gateway signs with, and when, said by a root key.
//!
//! A PASETO v4.public token like a grant, under a domain of its own and under keys that sign nothing else.

use tenancy::__private::{LEEWAY, framed, verified_payload};
use tenancy::scope::{GrantError, PublicKey};
use uuid::Uuid;

/// The longest statement, in bytes.
pub(super) const MAX_STATEMENT: usize = 8 * 1024;
/// The most keys of one gateway process.
const MAX_KEYS: usize = 8;
/// The most gateway processes that a service remembers at a time.
pub(super) const MAX_GATEWAYS: usize = 256;
/// A statement may not live longer than this, in seconds: it bounds for how long a statement that was withdrawn, and is
/// served again to a service that has just begun, is believed.
pub const MAX_LIFE: u64 = 60 * 60;
/// A key's time may not be longer than this, in seconds.
pub const MAX_WINDOW: u64 = 2 * 60 * 60;

const DOMAIN: &[u8] = b"tenancy key statement v1";

/// Why a key statement was refused. The keys that are known stay as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// It is no statement that a root key signed.
    #[error("the key statement is not one that a trusted root key signed for this issuer: {0}")]
    Token(GrantError),
    /// It does not follow the profile: a field is missing, unknown, repeated, too many, or of another type.
    #[error("the key statement does not follow the profile")]
    Payload,
    /// It is another gateway deployment's.
    #[error("the key statement is of another issuer")]
    Issuer,
    /// It would live longer than an hour, or its times contradict each other.
    #[error("the key statement's times contradict each other or span more than an hour")]
    Lifetime,
    /// It is not valid yet.
    #[error("the key statement is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the key statement has expired")]
    Expired,
    /// One of its keys would be trusted for longer than two hours, or for no time at all.
    #[error("a key of the statement has a time of more than two hours, or none")]
    Window,
    /// A newer statement of the same gateway process was seen.
    #[error("the key statement is older than one that was seen")]
    RolledBack,
    /// More gateway processes than a service remembers.
    #[error("more than {} gateway processes state keys", MAX_GATEWAYS)]
    TooMany,
}

/// What a gateway process states. Every field must be there, once, and nothing else may be.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedKeySet {
    /// The issuer of the gateways.
    pub iss: String,
    /// The gateway process.
    pub gtw: Uuid,
    /// Higher in each statement of that process.
    pub seq: u64,
    /// From when on it is valid, in seconds since 1970.
    pub iat: u64,
    /// When its time is over, in seconds since 1970.
    pub exp: u64,
    /// The keys of the process.
    pub keys: Vec<StatedKey>,
}

/// A key, the services it is for, and the time in which they trust it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedKey {
    /// The public key, in PASERK form.
    pub key: String,
    /// The services it is for.
    pub aud: Vec<String>,
    /// From when on it is trusted, in seconds since 1970.
    pub nbf: u64,
    /// When its time is over, in seconds since 1970.
    pub naf: u64,
}

/// What is signed together with a statement of this issuer.
pub fn assertion(issuer: &str) -> Vec<u8> {
    framed(&[DOMAIN, issuer.as_bytes()])
}

impl SignedKeySet {
    /// A statement that one of `roots` signed for `issuer` and that is valid at `now`.
    pub(super) fn read(text: &str, roots: &[PublicKey], issuer: &str, now: u64) -> Result<Self, StatementError> {
        let payload =
            verified_payload(text, MAX_STATEMENT, &assertion(issuer), roots).map_err(StatementError::Token)?;
        let said: Self = serde_json::from_str(&payload).map_err(|_| StatementError::Payload)?;
        said.check(issuer, now)?;
        Ok(said)
    }

    fn check(&self, issuer: &str, now: u64) -> Result<(), StatementError> {
        if self.iss != issuer {
            return Err(StatementError::Issuer);
        }
        if self.exp <= self.iat || self.exp - self.iat > MAX_LIFE {
            return Err(StatementError::Lifetime);
        }
        if self.iat > now.saturating_add(LEEWAY) {
            return Err(StatementError::NotYetValid);
        }
        if self.exp <= now {
            return Err(StatementError::Expired);
        }
        if self.keys.len() > MAX_KEYS {
            return Err(StatementError::Payload);
        }
        let fits = |key: &StatedKey| key.nbf < key.naf && key.naf - key.nbf <= MAX_WINDOW;
        if self.keys.iter().all(fits) { Ok(()) } else { Err(StatementError::Window) }
    }
}
