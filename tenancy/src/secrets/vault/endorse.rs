//! A transit key as the root that endorses gateways' signing keys. It never leaves the store.

use super::VaultSource;
use super::fault::fault_of;
use crate::gateway::split::{BoxFuture, EndorseError, Endorser, Unendorsed};
use crate::scope::PublicKey;
use crate::secrets::Fault;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fmt;
use vaultrs::api::transit::requests::SignDataRequest;
use vaultrs::api::transit::responses::{ReadKeyData, SignDataResponse};
use vaultrs::client::VaultClient;
use vaultrs::error::ClientError;
use vaultrs::transit;

/// Endorses with the version of a transit key (type `ed25519`) that is the newest when it connects. The policy needs
/// `read` on `<mount>/keys/<key>` and `update` on `<mount>/sign/<key>`.
///
/// After the key was rotated, give services both versions' [`public_key`](Self::public_key), then let gateways connect anew.
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
        let session = source.sessions.current().await.map_err(failed)?;
        let read = transit::key::read(&session.client, &mount, &key).await;
        let ReadKeyData::Asymmetric(versions) = read.map_err(|error| failed(fault_of(&error)))?.keys else {
            return Err(EndorseError::new("the transit key is none that signs"));
        };
        let versions = versions.into_iter().filter_map(|(version, entry)| Some((version.parse::<u64>().ok()?, entry)));
        let newest = versions.max_by_key(|(version, _)| *version);
        let (version, entry) = newest.ok_or_else(|| EndorseError::new("the transit key has no version"))?;
        let bytes = STANDARD.decode(entry.public_key).map_err(EndorseError::new)?;
        let root = format!("k4.public.{}", URL_SAFE_NO_PAD.encode(bytes)).parse().map_err(EndorseError::new)?;
        Ok(Self { source, mount, key, version, root })
    }

    /// The root that services trust.
    pub fn public_key(&self) -> PublicKey {
        self.root.clone()
    }

    /// A refusal may mean that the token was revoked: it is asked once more with a new one.
    async fn sign(&self, statement: &Unendorsed) -> Result<String, EndorseError> {
        let message = STANDARD.encode(statement.message(&self.root));
        let session = self.source.sessions.current().await.map_err(failed)?;
        let mut answer = self.ask(&session.client, &message).await;
        if matches!(&answer, Err(error) if fault_of(error) == Fault::Denied) {
            let session = self.source.sessions.sign_in_unless_newer(&session).await.map_err(failed)?;
            answer = self.ask(&session.client, &message).await;
        }
        let answer = answer.map_err(|error| failed(fault_of(&error)))?;
        // `vault:v1:` and the signature.
        let signature = answer.signature.rsplit(':').next().unwrap_or_default().to_owned();
        Ok(statement.signed(&self.root, &STANDARD.decode(signature).map_err(EndorseError::new)?))
    }

    async fn ask(&self, client: &VaultClient, message: &str) -> Result<SignDataResponse, ClientError> {
        let mut options = SignDataRequest::builder();
        options.key_version(self.version);
        transit::data::sign(client, &self.mount, &self.key, message, Some(&mut options)).await
    }
}

fn failed(fault: Fault) -> EndorseError {
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
