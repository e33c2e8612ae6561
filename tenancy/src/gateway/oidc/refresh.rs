//! Refresh: whether the provider still stands behind a session.

use super::id_token::Expected;
use super::{ExchangeError, OidcClient, ProviderOrganizations, RefreshError, TokenRefusal};
use crate::gateway::SignedIn;
use crate::scope::since_1970;
use secrecy::{ExposeSecret, SecretString};

/// What a refresh gave. Keep it in place of the old tokens, in the transaction that read them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refreshed {
    /// The refresh token for the next time.
    pub refresh_token: SecretString,
    /// Whether it is a new one. A provider that rotates takes the old one for a theft from now on.
    pub rotated: bool,
    /// A new id token, when the provider sent one.
    pub id_token: Option<SecretString>,
    /// The provider's organizations now, when it sent an id token.
    pub organizations: Option<ProviderOrganizations>,
}

impl OidcClient {
    /// Refreshes a session's tokens. `of` is what the session keeps.
    ///
    /// One at a time for each session: a provider that rotates ends the whole family when an old token comes twice. Hold
    /// the session's row (`SELECT … FOR UPDATE`) over this call and the write of what it gave.
    ///
    /// # Errors
    /// [`RefreshError::Ended`] and [`RefreshError::Token`] end the session; [`RefreshError::Unavailable`] does not.
    pub async fn refresh(&self, of: &SignedIn) -> Result<Refreshed, RefreshError> {
        let old = of.refresh_token.as_ref().ok_or(RefreshError::Ended)?;
        if of.issuer != self.config.issuer {
            return Err(RefreshError::Token(TokenRefusal::Issuer));
        }
        let asked = since_1970().as_secs();
        let tokens = self.exchange_refresh(old).await.map_err(|error| match error {
            ExchangeError::InvalidGrant => RefreshError::Ended,
            other => RefreshError::Unavailable(other),
        })?;
        let mut organizations = None;
        if tokens.id.is_some() {
            let expected = Expected { nonce: None, access: &tokens.access, issued_after: asked };
            let verified = self.verify_id_token(tokens.id.as_ref(), &expected).await?;
            // The standard: issuer and subject are the first token's, and `auth_time` is of the first sign-in.
            if verified.subject != of.subject || verified.authenticated_at != of.authenticated_at {
                return Err(RefreshError::Token(TokenRefusal::OtherSubject));
            }
            organizations = Some(verified.organizations);
        }
        let rotated = tokens.refresh.as_ref().is_some_and(|new| new.expose_secret() != old.expose_secret());
        let refresh_token = tokens.refresh.unwrap_or_else(|| old.clone());
        Ok(Refreshed { refresh_token, rotated, id_token: tokens.id, organizations })
    }
}
