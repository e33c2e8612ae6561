//! The provider's answer through the browser: the query of the redirect address.

use super::pending_login::hash;
use super::{CallbackError, ProviderError};
use openidconnect::url::form_urlencoded;
use secrecy::SecretString;
use std::collections::HashMap;

/// A longer query is refused, in bytes.
const MAX: usize = 8192;

/// The query of the redirect address, parsed. Everything in it is a claim of the browser's.
#[derive(Debug)]
pub struct Callback {
    pub(super) state: String,
    pub(super) issuer: Option<String>,
    pub(super) answer: Answer,
}

#[derive(Debug)]
pub(super) enum Answer {
    Code(SecretString),
    Error(ProviderError),
}

impl Callback {
    /// Parses the query, without the question mark. `error_description` and `error_uri` are never kept: the
    /// author of the address writes them.
    ///
    /// # Errors
    /// [`CallbackError`]: too long, repeated, or incomplete.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > MAX {
            return Err(CallbackError::TooLong);
        }
        let mut fields: HashMap<String, String> = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // Two states, or two codes: which one counts differs between programs.
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(CallbackError::Repeated);
            }
        }
        let answer = match (fields.remove("code"), fields.remove("error")) {
            (Some(code), None) if !code.is_empty() => Answer::Code(code.into()),
            (None, Some(error)) => Answer::Error(provider_error(&error)),
            _ => return Err(CallbackError::Incomplete),
        };
        let state = fields.remove("state").filter(|state| !state.is_empty()).ok_or(CallbackError::Incomplete)?;
        Ok(Self { state: hash(&state), issuer: fields.remove("iss"), answer })
    }

    /// Under what the sign-in was kept: [`PendingLogin::key`](super::PendingLogin::key).
    pub fn key(&self) -> &str {
        &self.state
    }
}

fn provider_error(error: &str) -> ProviderError {
    match error {
        "access_denied" => ProviderError::AccessDenied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            ProviderError::InteractionRequired
        }
        "temporarily_unavailable" | "server_error" => ProviderError::Unavailable,
        _ => ProviderError::Other,
    }
}
