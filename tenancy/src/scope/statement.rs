//! The token profile "key statement, version 1": which keys a gateway signs with, and when, said by a root key.
//!
//! A PASETO v4.public token like a grant, under a domain of its own and under keys that sign nothing else.

use super::grant::{GrantError, LEEWAY, framed};
use super::{PublicKey, token};
use uuid::Uuid;

/// The longest statement, in bytes.
pub(super) const MAX_STATEMENT: usize = 8 * 1024;
/// The most keys of one gateway process.
const MAX_KEYS: usize = 8;
/// A statement may not live longer than this, in seconds: it bounds for how long a statement that was withdrawn, and is
/// served again to a service that has just begun, is believed.
pub(crate) const MAX_LIFE: u64 = 60 * 60;
/// A key's time may not be longer than this, in seconds.
pub(crate) const MAX_WINDOW: u64 = 2 * 60 * 60;

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
    #[error("more than {} gateway processes state keys", super::ring::MAX_GATEWAYS)]
    TooMany,
}

/// What a gateway process states. Every field must be there, once, and nothing else may be.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    pub(crate) iss: String,
    /// The gateway process.
    pub(crate) gtw: Uuid,
    /// Higher in each statement of that process.
    pub(crate) seq: u64,
    pub(crate) iat: u64,
    pub(crate) exp: u64,
    pub(crate) keys: Vec<StatedKey>,
}

/// A key, the services it is for, and the time in which they trust it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatedKey {
    pub(crate) key: String,
    pub(crate) aud: Vec<String>,
    pub(crate) nbf: u64,
    pub(crate) naf: u64,
}

/// What is signed together with a statement of this issuer.
pub(crate) fn assertion(issuer: &str) -> Vec<u8> {
    framed(&[DOMAIN, issuer.as_bytes()])
}

impl Statement {
    /// A statement that one of `roots` signed for `issuer` and that is valid at `now`.
    pub(super) fn read(text: &str, roots: &[PublicKey], issuer: &str, now: u64) -> Result<Self, StatementError> {
        let root = |footer: &[u8]| roots.iter().find(|root| root.footer() == footer).ok_or(GrantError::UnknownKey);
        let payload = token::verified(text, MAX_STATEMENT, &assertion(issuer), root).map_err(StatementError::Token)?;
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
