//! Logout: at the provider by the browser, and from the provider, by the back channel or the front channel.

use super::claims::{Claims, word};
use super::client::digest;
use super::counts::LogoutToken;
use super::jwks::Source;
use super::jws::Jws;
use super::{Deviation, LogoutTokenError, OidcClient, TokenError, jws};
use openidconnect::url::{Url, form_urlencoded};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use tenancy_service::__private::NotFirst;
use tenancy_service::__private::clock::since_1970;

/// A longer logout request is refused, in bytes.
const MAX: usize = 16 * 1024;
/// The one event of a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose sessions the provider ended. A session's name is unique for its issuer only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderLogout {
    /// The provider.
    pub issuer: String,
    /// The subject: all its sessions, when no session is named.
    pub subject: Option<String>,
    /// The provider's session: those of ours that began in it.
    pub session: Option<String>,
    /// Of the logout token; none of the front channel's.
    token: Option<String>,
}

/// Where to send the browser, so that the provider's session ends as well.
///
/// The address may hold the id token: it goes into a `Location` header and into no log.
#[derive(Debug, Clone)]
pub struct LogoutRedirect(SecretString);

impl LogoutRedirect {
    /// The address, for a `Location` header.
    pub fn location(&self) -> &str {
        self.0.expose_secret()
    }
}

impl OidcClient {
    /// Where a browser ends the provider's session. Revoke our own first: that works without the provider.
    ///
    /// An id token that has expired is left out, unless [`OidcConfig::expired_id_token_hint`](super::OidcConfig::expired_id_token_hint)
    /// says otherwise.
    ///
    /// None: the provider has no such address.
    pub fn logout(&self, id_token: Option<&SecretString>) -> Option<LogoutRedirect> {
        let mut address: Url = self.provider.end_session.clone()?;
        {
            let mut query = address.query_pairs_mut();
            query.append_pair("client_id", &self.config.client);
            if let Some(token) = id_token.filter(|token| self.config.expired_hint || is_good_hint(token)) {
                query.append_pair("id_token_hint", token.expose_secret());
            }
            if let Some(after) = &self.config.after_logout {
                query.append_pair("post_logout_redirect_uri", after);
            }
        }
        Some(LogoutRedirect(String::from(address).into()))
    }

    /// Verifies a back-channel logout: the body of the provider's POST. Read no cookie of that request, and answer 200
    /// with `no-store` whether or not a session ended.
    ///
    /// Cheap checks come first, and made-up key ids lead to one look at the key set in each interval.
    ///
    /// # Errors
    /// [`LogoutTokenError`]: answer 400; for [`LogoutTokenError::Busy`] 503.
    pub async fn back_channel_logout(&self, body: &[u8]) -> Result<ProviderLogout, LogoutTokenError> {
        let done = self.back_channel(body).await;
        self.counts.logout(done.as_ref().map(|(_, token)| *token));
        done.map(|(logout, _)| logout)
    }

    async fn back_channel(&self, body: &[u8]) -> Result<(ProviderLogout, LogoutToken), LogoutTokenError> {
        let [token] = fields(body, ["logout_token"])?;
        let token = token.ok_or(LogoutTokenError::Form)?;
        let unnamed = self.config.tolerates(Deviation::NoKeyIds);
        let token = Jws::parse(&token, MAX, &self.provider.algorithms, unnamed)?;
        let typed_jwt = !token.is_of(&["logout+jwt"]);
        if typed_jwt && !(token.is_of(&["jwt"]) && self.config.tolerates(Deviation::LogoutTokensTypedJwt)) {
            return Err(TokenError::Kind.into());
        }
        let key = self.keys.find(&self.http, &token, Source::AnyClient).await.map_err(TokenError::Key)?;
        token.verify(&key)?;
        let claims = Claims(&token.payload);
        let logout = self.logout_claims(&claims, since_1970().as_secs())?;
        Ok((logout, LogoutToken { typed_jwt, without_exp: !claims.has("exp") }))
    }

    fn logout_claims(&self, claims: &Claims<'_>, now: u64) -> Result<ProviderLogout, LogoutTokenError> {
        let limits = &self.config.limits;
        let skew = limits.skew.as_secs();
        if claims.text("iss")? != self.config.issuer {
            return Err(TokenError::Issuer.into());
        }
        if claims.audiences()? != [self.config.client.as_str()] {
            return Err(TokenError::Audience.into());
        }
        let issued = claims.time("iat")?;
        if issued > now + skew || issued + limits.logout_age.as_secs() + skew < now {
            return Err(TokenError::IssuedAt.into());
        }
        // Required: an end that the provider says. What has none is ended by its age alone, by choice.
        let end = match self.config.tolerates(Deviation::LogoutTokensWithoutExp) {
            true => claims.optional_time("exp")?,
            false => Some(claims.time("exp")?),
        };
        if end.is_some_and(|end| end + skew <= now) {
            return Err(TokenError::Expired.into());
        }
        let events = claims.0.get("events").and_then(serde_json::Value::as_object).ok_or(LogoutTokenError::Events)?;
        if events.len() != 1 || !events.get(EVENT).is_some_and(serde_json::Value::is_object) {
            return Err(LogoutTokenError::Events);
        }
        if claims.has("nonce") {
            return Err(LogoutTokenError::Nonce);
        }
        let (subject, session) = (claims.optional_text("sub")?, claims.optional_text("sid")?);
        if subject.is_none() && session.is_none() {
            return Err(LogoutTokenError::NoSubject);
        }
        // Last, so that only what the provider signed takes room. Longer than its age it cannot be used again.
        let id = claims.text("jti")?;
        let end = issued + limits.logout_age.as_secs() + skew + 1;
        self.logouts.first(digest(id), end, now).map_err(|why| match why {
            NotFirst::Replayed => LogoutTokenError::Replayed,
            NotFirst::Full => LogoutTokenError::Busy,
        })?;
        let [subject, session, token] = [subject, session, Some(id)].map(|text| text.map(str::to_owned));
        Ok(ProviderLogout { issuer: self.config.issuer.clone(), subject, session, token })
    }

    /// The sessions could not be ended, because the database did not answer for instance. A provider that tries once more sends
    /// the same logout token: it is taken again, where it would be [`LogoutTokenError::Replayed`] otherwise. Answer 503.
    pub fn logout_was_not_done(&self, logout: &ProviderLogout) {
        if let Some(token) = &logout.token {
            self.logouts.not_done(digest(token));
        }
    }

    /// Checks a front-channel logout: the query of the frame that the provider's page opens here. Register the client with
    /// `frontchannel_logout_session_required`: the session's name is the only thing that another site cannot guess.
    ///
    /// End only a session that the request's own cookie names *and* that began in this provider session. Many browsers
    /// send no cookie into such a frame: the back channel is the logout to rely on.
    ///
    /// # Errors
    /// [`LogoutTokenError::Form`] and [`LogoutTokenError::Issuer`].
    pub fn front_channel_logout(&self, query: &str) -> Result<ProviderLogout, LogoutTokenError> {
        let done = self.front_channel(query);
        self.counts.front_channel_logout(done.as_ref().err());
        done
    }

    fn front_channel(&self, query: &str) -> Result<ProviderLogout, LogoutTokenError> {
        let [issuer, session] = fields(query.as_bytes(), ["iss", "sid"])?;
        let (issuer, session) = issuer.zip(session.filter(|session| word(session))).ok_or(LogoutTokenError::Form)?;
        if issuer != self.config.issuer {
            return Err(LogoutTokenError::Issuer);
        }
        Ok(ProviderLogout { issuer, subject: None, session: Some(session), token: None })
    }
}

/// Whether an id token, which was verified at the sign-in, has not expired. One that cannot be read is no hint.
fn is_good_hint(token: &SecretString) -> bool {
    let payload = token.expose_secret().split('.').nth(1).and_then(|payload| jws::object(payload).ok());
    let end = payload.and_then(|payload| Claims(&payload).time("exp").ok());
    end.is_some_and(|end| end > since_1970().as_secs())
}

/// The named fields of a form, each at most once. Fields of other names are left alone, as the standards want it.
fn fields<const N: usize>(form: &[u8], names: [&str; N]) -> Result<[Option<String>; N], LogoutTokenError> {
    if form.len() > MAX {
        return Err(LogoutTokenError::Form);
    }
    let mut found: HashMap<String, String> = HashMap::new();
    for (name, value) in form_urlencoded::parse(form) {
        if names.contains(&&*name) && found.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(LogoutTokenError::Form);
        }
    }
    Ok(names.map(|name| found.remove(name)))
}
