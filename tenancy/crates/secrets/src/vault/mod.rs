//! Vault and OpenBao: version 2 of the key-value store, through a session that renews itself.
//!
//! - `builder.rs` is how a source is set up, `auth.rs` how it signs in;
//! - `session.rs` keeps the token alive; `fault.rs` says what an answer means, and drops its text;
//! - `transit.rs` asks the store to sign with a key that never leaves it.

mod auth;
mod builder;
mod session;
mod source_error;
mod transit;

pub use auth::VaultAuth;
pub use builder::VaultBuilder;

use super::abort_on_drop::Task;
use super::reference::Place;
use super::{BoxFuture, Changes, SecretError, SecretRef, SecretSource, SourceError};
use secrecy::SecretString;
use session::Sessions;
use source_error::source_error;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use vaultrs::error::ClientError;
use zeroize::Zeroize as _;

/// `vault:mount/path#field`: a field of a secret in version 2 of the key-value store.
///
/// It signs in when it is built, renews its token when two thirds of its time are over, and signs in again when it may be
/// renewed no more. While the store is away, is sealed or refuses, a [`Watched`](super::Watched) value stays in use for
/// [`outage_limit`](VaultBuilder::outage_limit), and is refused after that.
pub struct VaultSource {
    sessions: Arc<Sessions>,
    poll: Duration,
    outage_limit: Duration,
    _renewal: Task,
}

/// How the session does: for metrics and alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultStatus {
    /// How often it signed in.
    pub logins: u64,
    /// How often its token was renewed.
    pub renewals: u64,
    /// How often signing in or renewing failed.
    pub failures: u64,
}

type Fields = HashMap<String, serde_json::Value>;

impl VaultSource {
    /// A store at `https://host:port`, and how to sign in there.
    pub fn builder(address: impl Into<String>, auth: VaultAuth) -> VaultBuilder {
        VaultBuilder::new(address.into(), auth)
    }

    /// How the session does.
    pub fn status(&self) -> VaultStatus {
        self.sessions.status()
    }

    /// The fields of one secret. A refusal may mean that the token was revoked: it is asked once more with a new one.
    async fn fields(&self, mount: &str, path: &str) -> Result<Fields, SourceError> {
        let session = self.sessions.current().await?;
        match vaultrs::kv2::read::<Fields>(&session.client, mount, path).await {
            Err(error) if source_error(&error) == SourceError::Denied => {
                let session = self.sessions.sign_in_unless_newer(&session).await?;
                let again: Result<Fields, ClientError> = vaultrs::kv2::read(&session.client, mount, path).await;
                again.map_err(|error| source_error(&error))
            }
            read => read.map_err(|error| source_error(&error)),
        }
    }

    async fn read_all(&self, references: &[SecretRef]) -> Result<Vec<SecretString>, SecretError> {
        // One reading a secret: its fields are of one version.
        let mut secrets: HashMap<(&str, &str), Fields> = HashMap::new();
        let mut values = Vec::new();
        for reference in references {
            let failed = |fault| SecretError::new(reference, fault);
            let Place::Vault { mount, path, field } = reference.place() else {
                return Err(failed(SourceError::NoSource));
            };
            let fields = match secrets.entry((mount, path)) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(place) => place.insert(self.fields(mount, path).await.map_err(failed)?),
            };
            match fields.get(field) {
                Some(serde_json::Value::String(value)) => values.push(SecretString::from(value.as_str())),
                Some(_) => return Err(failed(SourceError::NotText)),
                None => return Err(failed(SourceError::Missing)),
            }
        }
        secrets.into_values().for_each(wipe);
        Ok(values)
    }
}

fn wipe(fields: Fields) {
    for value in fields.into_values() {
        if let serde_json::Value::String(mut text) = value {
            text.zeroize();
        }
    }
}

impl SecretSource for VaultSource {
    fn read_together<'a>(
        &'a self,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Result<Vec<SecretString>, SecretError>> {
        Box::pin(self.read_all(references))
    }

    fn changes(&self, _: &[SecretRef]) -> Changes {
        Changes::every(self.poll)
    }

    fn outage_limit(&self) -> Option<Duration> {
        Some(self.outage_limit)
    }
}

impl fmt::Debug for VaultSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultSource").field("status", &self.status()).finish_non_exhaustive()
    }
}
