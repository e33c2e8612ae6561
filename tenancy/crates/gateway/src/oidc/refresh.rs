//! Refresh: whether the provider still stands behind a session.

use super::id_token::Expected;
use super::{ExchangeError, OidcClient, ProviderOrganizations, RefreshError, TokenError};
use crate::VerifiedIdentity;
use secrecy::{ExposeSecret, SecretString};
use tenancy::__private::unix_seconds;
use tenancy_service::__private::clock::since_1970;

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
    /// [`RefreshError::Unavailable`] says nothing about the session; all others end it ([`RefreshError::ends_session`]).
    pub async fn refresh(&self, of: &VerifiedIdentity) -> Result<Refreshed, RefreshError> {
        let done = self.refreshed(of).await;
        self.counts.refresh(done.as_ref().err());
        done
    }

    async fn refreshed(&self, of: &VerifiedIdentity) -> Result<Refreshed, RefreshError> {
        let old = of.refresh_token.as_ref().ok_or(RefreshError::Ended)?;
        if of.issuer != self.config.issuer {
            return Err(RefreshError::Token(TokenError::Issuer));
        }
        let asked = since_1970().as_secs();
        let tokens = self.exchange_refresh(old).await.map_err(|(error, status)| match (error, status) {
            (ExchangeError::InvalidGrant, _) => RefreshError::Ended,
            // Providers name a token that is over in many ways. 429 asks to come again later.
            (other, 400..=428 | 430..=499) => RefreshError::Refused(other),
            (other, _) => RefreshError::Unavailable(other),
        })?;
        let mut organizations = None;
        if tokens.id.is_some() {
            let expected = Expected { nonce: None, access: &tokens.access, issued_after: asked, auth_time: false };
            let verified = self.verify_id_token(tokens.id.as_ref(), &expected).await?;
            // The standard: issuer and subject are the first token's, and `auth_time`, when it is there, of the first sign-in. Where
            // the user has proved it again meanwhile, some providers say that; the session's own proof stays what it was. One
            // of before is of another sign-in.
            let earlier = verified.authenticated_at.is_some_and(|at| at < of.authenticated_at.map_or(0, unix_seconds));
            if verified.subject != of.subject || earlier {
                return Err(RefreshError::Token(TokenError::OtherSubject));
            }
            organizations = Some(verified.organizations);
        }
        let rotated = tokens.refresh.as_ref().is_some_and(|new| new.expose_secret() != old.expose_secret());
        let refresh_token = tokens.refresh.unwrap_or_else(|| old.clone());
        Ok(Refreshed { refresh_token, rotated, id_token: tokens.id, organizations })
    }
}
