//! Transit keys: the store signs, and the key never leaves it.

use super::VaultSource;
use super::source_error::source_error;
use crate::SourceError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use vaultrs::api::transit::requests::SignDataRequest;
use vaultrs::api::transit::responses::{ReadKeyData, SignDataResponse};
use vaultrs::client::VaultClient;
use vaultrs::error::ClientError;
use vaultrs::transit;

impl VaultSource {
    /// The public key of each version of a transit key, in base64 as the store writes it; empty for a key that does not sign.
    /// The policy needs `read` on `<mount>/keys/<key>`.
    ///
    /// # Errors
    /// When the store does not answer or refuses.
    pub async fn transit_public_keys(&self, mount: &str, key: &str) -> Result<BTreeMap<u64, String>, SourceError> {
        let session = self.sessions.current().await?;
        let read = transit::key::read(&session.client, mount, key).await.map_err(|error| source_error(&error))?;
        let ReadKeyData::Asymmetric(versions) = read.keys else { return Ok(BTreeMap::new()) };
        Ok(versions
            .into_iter()
            .filter_map(|(version, entry)| Some((version.parse().ok()?, entry.public_key)))
            .collect())
    }

    /// The signature of this version of a transit key over `message`. The policy needs `update` on `<mount>/sign/<key>`.
    ///
    /// A refusal may mean that the token was revoked: the store is asked once more with a new one.
    ///
    /// # Errors
    /// When the store does not answer, refuses, or answers something that is no signature.
    pub async fn transit_sign(
        &self,
        mount: &str,
        key: &str,
        version: u64,
        message: &[u8],
    ) -> Result<Vec<u8>, SourceError> {
        let message = STANDARD.encode(message);
        let session = self.sessions.current().await?;
        let mut answer = sign(&session.client, mount, key, version, &message).await;
        if matches!(&answer, Err(error) if source_error(error) == SourceError::Denied) {
            let session = self.sessions.sign_in_unless_newer(&session).await?;
            answer = sign(&session.client, mount, key, version, &message).await;
        }
        let answer = answer.map_err(|error| source_error(&error))?;
        // `vault:v1:` and the signature.
        let signature = answer.signature.rsplit(':').next().unwrap_or_default().to_owned();
        STANDARD.decode(signature).map_err(|_| SourceError::Answer)
    }
}

async fn sign(
    client: &VaultClient,
    mount: &str,
    key: &str,
    version: u64,
    message: &str,
) -> Result<SignDataResponse, ClientError> {
    let mut options = SignDataRequest::builder();
    options.key_version(version);
    transit::data::sign(client, mount, key, message, Some(&mut options)).await
}
