//! The provider's answer through the browser: the query of the redirect address.

use super::transaction::hash;
use super::{CallbackError, ProviderRefusal};
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
    Refusal(ProviderRefusal),
}

impl Callback {
    /// Parses the query, without the question mark. `error_description` and `error_uri` are never kept: whoever writes
    /// the address writes them.
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
            (None, Some(error)) => Answer::Refusal(refusal(&error)),
            _ => return Err(CallbackError::Incomplete),
        };
        let state = fields.remove("state").filter(|state| !state.is_empty()).ok_or(CallbackError::Incomplete)?;
        Ok(Self { state: hash(&state), issuer: fields.remove("iss"), answer })
    }

    /// Under what the sign-in was kept: [`LoginTransaction::key`](super::LoginTransaction::key).
    pub fn key(&self) -> &str {
        &self.state
    }
}

fn refusal(error: &str) -> ProviderRefusal {
    match error {
        "access_denied" => ProviderRefusal::AccessDenied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            ProviderRefusal::InteractionRequired
        }
        "temporarily_unavailable" | "server_error" => ProviderRefusal::Unavailable,
        _ => ProviderRefusal::Other,
    }
}
