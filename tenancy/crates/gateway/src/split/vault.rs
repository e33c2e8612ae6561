//! A transit key as the root that endorses gateways' signing keys. It never leaves the store.

use super::{BoxFuture, EndorseError, Endorser, Unendorsed};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fmt;
use tenancy::scope::PublicKey;
use tenancy_secrets::{SourceError, VaultSource};

/// Endorses with the version of a transit key (type `ed25519`) that is the newest when it connects. The policy needs
/// `read` on `<mount>/keys/<key>` and `update` on `<mount>/sign/<key>`.
///
/// After the key was rotated, give services both versions' [`public_key`](Self::public_key), then let gateways connect again.
pub struct VaultEndorser {
    source: VaultSource,
    mount: String,
    key: String,
    version: u64,
    root: PublicKey,
}

impl VaultEndorser {
    /// The newest version of this key, through the source's session.
    ///
    /// # Errors
    /// When the store does not answer or refuses, or the key is not one of Ed25519.
    pub async fn connect(
        source: VaultSource,
        mount: impl Into<String>,
        key: impl Into<String>,
    ) -> Result<Self, EndorseError> {
        let (mount, key) = (mount.into(), key.into());
        let versions = source.transit_public_keys(&mount, &key).await.map_err(failed)?;
        let newest = versions.last_key_value();
        let (version, public) =
            newest.ok_or_else(|| EndorseError::new("the transit key does not sign, or has no version"))?;
        let bytes = STANDARD.decode(public).map_err(EndorseError::new)?;
        let root = format!("k4.public.{}", URL_SAFE_NO_PAD.encode(bytes)).parse().map_err(EndorseError::new)?;
        Ok(Self { version: *version, source, mount, key, root })
    }

    /// The root that services trust.
    pub fn public_key(&self) -> PublicKey {
        self.root.clone()
    }

    async fn sign(&self, statement: &Unendorsed) -> Result<String, EndorseError> {
        let message = statement.message(&self.root);
        let signature = self.source.transit_sign(&self.mount, &self.key, self.version, &message).await;
        Ok(statement.signed(&self.root, &signature.map_err(failed)?))
    }
}

fn failed(fault: SourceError) -> EndorseError {
    EndorseError::new(fault.to_string())
}

impl Endorser for VaultEndorser {
    fn endorse<'a>(&'a self, statement: &'a Unendorsed) -> BoxFuture<'a, Result<String, EndorseError>> {
        Box::pin(self.sign(statement))
    }
}

impl fmt::Debug for VaultEndorser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultEndorser").field("root", &self.root).finish_non_exhaustive()
    }
}
