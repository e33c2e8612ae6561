//! The signature algorithms that a provider may use.

use openidconnect::core::CoreJwsSigningAlgorithm;
use std::str::FromStr;

/// A signature algorithm of the provider's tokens. There is none for a shared secret, and none for no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256; keys of 2048 to 4096 bits. What a provider uses unless told otherwise.
    Rs256,
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384. Few providers use it, and verifying takes several times longer than with the others.
    Es384,
    /// Ed25519.
    EdDsa,
}

/// The text names no algorithm that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature algorithm is one of `RS256`, `ES256`, `ES384`, `EdDSA`")]
pub struct UnknownAlgorithmError;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithmError;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithmError> {
        Self::named(name).ok_or(UnknownAlgorithmError)
    }
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Es256, Self::Es384, Self::EdDsa];

    /// Its name in a token's header. Compared as it is: `rs256` and `none` name nothing here.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its name in a token's header and in a provider's metadata, for instance `RS256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Type and, where it has one, curve of the keys that sign with it.
    pub(super) fn key(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rs256 => ("RSA", None),
            Self::Es256 => ("EC", Some("P-256")),
            Self::Es384 => ("EC", Some("P-384")),
            Self::EdDsa => ("OKP", Some("Ed25519")),
        }
    }

    pub(super) fn wire(self) -> CoreJwsSigningAlgorithm {
        match self {
            Self::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            Self::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            Self::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            Self::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
        }
    }
}
