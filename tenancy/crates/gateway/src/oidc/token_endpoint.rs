//! The token endpoint's two requests, over the `oauth2` crate and our own HTTP client.

use super::config::SecretIn;
use super::discovery::Discovered;
use super::http::{Http, OneExchange};
use super::{ConfigError, DiscoveryError, ExchangeError, FetchError, OidcClient, OidcConfig};
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{EndpointNotSet, EndpointSet, ExtraTokenFields, RequestTokenError, StandardRevocableToken};
use oauth2::{StandardTokenResponse, TokenResponse};
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// The id token as it came, before anything of it is read.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Raw {
    id_token: Option<SecretString>,
}

impl ExtraTokenFields for Raw {}

/// `oauth2` asks for it and calls it nowhere.
impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

type Response = StandardTokenResponse<Raw, BasicTokenType>;
/// `oauth2`'s client with a raw id token: `openidconnect`'s own reads the token while it reads the answer, before its
/// form was checked.
pub(super) type TokenEndpoint = oauth2::Client<
    BasicErrorResponse,
    Response,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(super) fn build(config: &OidcConfig, provider: &Discovered) -> Result<TokenEndpoint, DiscoveryError> {
    let redirect = RedirectUrl::new(config.redirect.clone()).map_err(|_| ConfigError::Redirect)?;
    Ok(oauth2::Client::new(ClientId::new(config.client.clone()))
        .set_auth_uri(AuthUrl::from_url(provider.authorization.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
        .set_redirect_uri(redirect))
}

/// What tokens are bought for.
enum Grant<'g> {
    Code { code: &'g SecretString, verifier: &'g SecretString },
    Refresh(&'g SecretString),
}

impl Grant<'_> {
    async fn sent(&self, wire: &TokenEndpoint, http: &Http) -> Result<Tokens, Rejection> {
        let http = OneExchange::new(http);
        let answer = match self {
            Self::Code { code, verifier } => {
                let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
                let code = wire.exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()));
                code.set_pkce_verifier(verifier).request_async(&http).await
            }
            Self::Refresh(token) => {
                let token = RefreshToken::new(token.expose_secret().to_owned());
                wire.exchange_refresh_token(&token).request_async(&http).await
            }
        };
        tokens(answer).map_err(|error| (error, http.status()))
    }
}

/// Why the token endpoint gave nothing, and the status of its answer; 0 when there was none.
type Rejection = (ExchangeError, u16);

/// What the token endpoint gave, not verified.
pub(super) struct Tokens {
    pub(super) id: Option<SecretString>,
    /// Only its hash is compared; nothing of ours uses it.
    pub(super) access: openidconnect::AccessToken,
    pub(super) refresh: Option<SecretString>,
}

impl OidcClient {
    /// Buys tokens for a code, with the verifier of the sign-in.
    pub(super) async fn exchange(&self, code: &SecretString, verifier: &SecretString) -> Result<Tokens, ExchangeError> {
        self.buy(Grant::Code { code, verifier }).await.map_err(|(error, _)| error)
    }

    /// Buys tokens for a refresh token.
    pub(super) async fn exchange_refresh(&self, token: &SecretString) -> Result<Tokens, Rejection> {
        self.buy(Grant::Refresh(token)).await
    }

    /// With the client's newest secret and, where the provider does not know the client by that yet, with the one before it: it
    /// looks at neither code nor refresh token before it knows the client.
    async fn buy(&self, grant: Grant<'_>) -> Result<Tokens, Rejection> {
        let Some(secret) = &self.config.secret else { return grant.sent(&self.wire, &self.http).await };
        let (newest, before) = secret.values.both();
        let bought = match (self.buy_with(&grant, &newest).await, before) {
            (Err((ExchangeError::Client, _)), Some(before)) => self.buy_with(&grant, &before).await,
            (Ok(tokens), _) => {
                secret.values.took(&newest);
                Ok(tokens)
            }
            (refused, _) => refused,
        };
        if let Err((ExchangeError::Client, _)) = &bought {
            self.hint(&newest);
        }
        bought
    }

    async fn buy_with(&self, grant: &Grant<'_>, secret: &SecretString) -> Result<Tokens, Rejection> {
        let way = match self.secret_in(secret) {
            SecretIn::Header => AuthType::BasicAuth,
            SecretIn::Body => AuthType::RequestBody,
        };
        let wire = self.wire.clone().set_auth_type(way);
        grant.sent(&wire.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())), &self.http).await
    }

    /// Where this secret goes. In the header it is form-encoded first, and many providers do not decode it.
    fn secret_in(&self, secret: &SecretString) -> SecretIn {
        let provider = &self.provider;
        self.config.secret_in.unwrap_or(match provider.secret_in_header {
            true if provider.secret_in_body && self.is_encoded(secret) => SecretIn::Body,
            true => SecretIn::Header,
            false => SecretIn::Body,
        })
    }

    fn is_encoded(&self, secret: &SecretString) -> bool {
        let changes = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>() != text;
        changes(&self.config.client) || changes(secret.expose_secret())
    }

    /// For operators who read the log: a refusal says no more than that the client is not known.
    fn hint(&self, secret: &SecretString) {
        let (issuer, way) = (self.issuer(), self.secret_in(secret));
        if way == SecretIn::Header && self.is_encoded(secret) {
            tracing::warn!(target: "tenancy::gateway", issuer, "the provider refused this client. Its id or secret has characters that the \
                Authorization header form-encodes, and the provider may not decode them: send the secret in the body");
        } else {
            let way = if way == SecretIn::Header { "in the Authorization header" } else { "in the body" };
            tracing::warn!(target: "tenancy::gateway", issuer, way, "the provider refused this client: check its id, its secret, and \
                where the provider takes the secret");
        }
    }
}

fn tokens(
    answer: Result<Response, RequestTokenError<FetchError, BasicErrorResponse>>,
) -> Result<Tokens, ExchangeError> {
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => match refusal.error() {
            BasicErrorResponseType::InvalidGrant => ExchangeError::InvalidGrant,
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => ExchangeError::Client,
            _ => ExchangeError::Refused,
        },
        RequestTokenError::Request(fault) => ExchangeError::Fetch(fault),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => ExchangeError::Shape,
    })?;
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(ExchangeError::Shape);
    }
    Ok(Tokens {
        id: answer.extra_fields().id_token.clone(),
        access: answer.access_token().clone(),
        refresh: answer.refresh_token().map(|token| token.secret().clone().into()),
    })
}
