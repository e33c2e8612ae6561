//! The public half of a gateway's key.

use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk, Id};
use pasetors::version4::V4;
use std::fmt;

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
    pub(crate) fn of(key: AsymmetricPublicKey<V4>) -> Result<Self, PublicKeyError> {
        let mut kid = String::new();
        FormatAsPaserk::fmt(&Id::from(&key), &mut kid).map_err(|_| PublicKeyError(()))?;
        let footer = format!(r#"{{"v":1,"kid":"{kid}"}}"#).into_bytes();
        Ok(Self { key, footer })
    }

    pub(crate) fn key(&self) -> &AsymmetricPublicKey<V4> {
        &self.key
    }

    /// The footer of every token that this key signs: it names the key.
    pub fn footer(&self) -> &[u8] {
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
