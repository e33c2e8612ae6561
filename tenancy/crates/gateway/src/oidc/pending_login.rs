//! A sign-in that was begun: what must come back, and from whom.

use super::{ProviderOrganization, ReturnTo, StoredLoginError};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// A sign-in that was begun. It is kept on the server and taken out once: by [`Logins`](super::Logins), or by a store of the
/// caller's own under [`key`](Self::key), with `DELETE … RETURNING`.
///
/// It is bound to the browser, the provider, the client and the redirect address, and is used up by
/// [`OidcClient::finish`](super::OidcClient::finish). Of state, nonce and the browser's secret it holds hashes only.
pub struct PendingLogin {
    pub(super) bound: Bound,
    pub(super) verifier: SecretString,
}

/// What is stored, but for the secret. The field's names are those of the stored form.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bound {
    pub(super) issuer: String,
    pub(super) client: String,
    pub(super) redirect: String,
    /// Hashes, in hexadecimal.
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) browser: String,
    /// Seconds since 1970.
    pub(super) begun: u64,
    /// Seconds.
    pub(super) max_age: u64,
    /// Whether the provider was asked to have it proved again. Left out when not, for processes of before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) again: bool,
    /// Whether the request asked for this age, and not the configuration alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) exact: bool,
    pub(super) assurance: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) organization: Option<String>,
    pub(super) return_to: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u8,
    bound: Bound,
    verifier: String,
}

impl PendingLogin {
    /// Under what to keep it: the hash of the state, so that a reader of the table cannot finish a sign-in.
    /// [`Callback::key`](super::Callback::key) gives the same.
    pub fn key(&self) -> &str {
        &self.bound.state
    }

    /// Where the browser wanted to go: for a page that offers to begin once more.
    pub fn return_to(&self) -> ReturnTo {
        ReturnTo::or_root(&self.bound.return_to)
    }

    /// The form to keep. It holds the PKCE verifier: it is a secret until the sign-in ends.
    ///
    /// # Panics
    /// Never: texts and numbers are always JSON.
    pub fn into_stored(self) -> SecretString {
        let verifier = self.verifier.expose_secret().to_owned();
        let stored = Stored { version: 1, bound: self.bound, verifier };
        serde_json::to_string(&stored).expect("texts and numbers are always JSON").into()
    }

    /// Reads what [`into_stored`](Self::into_stored) gave.
    ///
    /// # Errors
    /// [`StoredLoginError`]: it is something else, or of another version of this crate.
    pub fn from_stored(stored: &SecretString) -> Result<Self, StoredLoginError> {
        let stored: Stored = serde_json::from_str(stored.expose_secret()).map_err(|_| StoredLoginError)?;
        let sound = stored.version == 1
            && ReturnTo::parse(&stored.bound.return_to).is_ok()
            && stored.bound.organization.as_deref().is_none_or(|id| ProviderOrganization::parse(id).is_ok());
        if !sound {
            return Err(StoredLoginError);
        }
        Ok(Self { bound: stored.bound, verifier: stored.verifier.into() })
    }
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin").finish_non_exhaustive()
    }
}

/// SHA-256 in hexadecimal. Secrets are compared by their hashes, so the time of a comparison says nothing about them.
pub(super) fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
