//! The token endpoint's two requests, over the `oauth2` crate and our own HTTP client.

use super::discovery::Discovered;
use super::http::Http;
use super::{ConfigError, DiscoveryError, ExchangeError, FetchError, OidcClient, OidcConfig};
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{EndpointNotSet, EndpointSet, ExtraTokenFields, RequestTokenError, StandardRevocableToken};
use oauth2::{StandardTokenResponse, TokenResponse};
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
pub(super) type Wire = oauth2::Client<
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

pub(super) fn build(config: &OidcConfig, provider: &Discovered) -> Result<Wire, DiscoveryError> {
    let redirect = RedirectUrl::new(config.redirect.clone()).map_err(|_| ConfigError::Redirect)?;
    Ok(oauth2::Client::new(ClientId::new(config.client.clone()))
        .set_auth_uri(AuthUrl::from_url(provider.authorization.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
        .set_redirect_uri(redirect)
        .set_auth_type(if config.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
}

/// What tokens are bought for.
enum Grant<'g> {
    Code { code: &'g SecretString, verifier: &'g SecretString },
    Refresh(&'g SecretString),
}

impl Grant<'_> {
    async fn sent(&self, wire: &Wire, http: &Http) -> Result<Tokens, ExchangeError> {
        tokens(match self {
            Self::Code { code, verifier } => {
                let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
                let code = wire.exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()));
                code.set_pkce_verifier(verifier).request_async(http).await
            }
            Self::Refresh(token) => {
                let token = RefreshToken::new(token.expose_secret().to_owned());
                wire.exchange_refresh_token(&token).request_async(http).await
            }
        })
    }
}

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
        self.buy(Grant::Code { code, verifier }).await
    }

    /// Buys tokens for a refresh token.
    pub(super) async fn exchange_refresh(&self, token: &SecretString) -> Result<Tokens, ExchangeError> {
        self.buy(Grant::Refresh(token)).await
    }

    /// With the client's newest secret and, where the provider does not know the client by that yet, with the one before it: it
    /// looks at neither code nor refresh token before it knows the client.
    async fn buy(&self, grant: Grant<'_>) -> Result<Tokens, ExchangeError> {
        let Some(secret) = &self.config.secret else { return grant.sent(&self.wire, &self.http).await };
        let with = |secret: &SecretString| {
            self.wire.clone().set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
        };
        let (newest, before) = secret.values.both();
        match (grant.sent(&with(&newest), &self.http).await, before) {
            (Err(ExchangeError::Client), Some(before)) => grant.sent(&with(&before), &self.http).await,
            (Ok(tokens), _) => {
                secret.values.took(&newest);
                Ok(tokens)
            }
            (refused, _) => refused,
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
