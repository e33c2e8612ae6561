//! The signature algorithms that a provider may use.

use openidconnect::core::CoreJwsSigningAlgorithm;

/// A signature algorithm of the provider's tokens. There is none for a shared secret, and none for no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256; keys of 2048 to 4096 bits. What a provider uses unless told otherwise.
    Rs256,
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Its name in a token's header. Compared as it is: `rs256` and `none` name nothing here.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Type and, where it has one, curve of the keys that sign with it.
    pub(super) fn key(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rs256 => ("RSA", None),
            Self::Es256 => ("EC", Some("P-256")),
            Self::EdDsa => ("OKP", Some("Ed25519")),
        }
    }

    pub(super) fn wire(self) -> CoreJwsSigningAlgorithm {
        match self {
            Self::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            Self::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            Self::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
        }
    }
}
