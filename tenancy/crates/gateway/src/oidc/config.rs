//! One provider, and this service as its client.

use super::claims::word;
use super::http::allowed;
use super::secret::ClientSecret;
use super::{Algorithm, ConfigError, Deviation, Limits, Profile};
use openidconnect::url::Url;
use reqwest::Certificate;
use secrecy::SecretString;
use std::time::Duration;

/// Where a client's secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretIn {
    Header,
    Body,
}

/// One provider, and this service as its client. Checked when [`OidcClient::discover`](super::OidcClient::discover) takes it.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    pub(super) issuer: String,
    pub(super) client: String,
    pub(super) secret: Option<ClientSecret>,
    /// None: as the provider announces it.
    pub(super) secret_in: Option<SecretIn>,
    pub(super) redirect: String,
    pub(super) after_logout: Option<String>,
    pub(super) profile: Profile,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) audiences: Vec<String>,
    pub(super) scopes: Vec<String>,
    pub(super) origins: Vec<String>,
    pub(super) deviations: Vec<Deviation>,
    pub(super) offline: bool,
    pub(super) expired_hint: bool,
    pub(super) max_age: Duration,
    pub(super) loopback: bool,
    pub(super) limits: Limits,
    pub(super) roots: Option<String>,
}

impl OidcConfig {
    /// The provider `issuer`, spelled as the provider spells it, where this service is `client`. `redirect` is the one
    /// address to which the provider sends the browser back, as it is registered.
    pub fn new(issuer: &str, client: &str, redirect: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client: client.to_owned(),
            secret: None,
            secret_in: None,
            redirect: redirect.to_owned(),
            after_logout: None,
            profile: Profile::Generic,
            algorithms: vec![Algorithm::Rs256],
            audiences: Vec::new(),
            scopes: Vec::new(),
            origins: Vec::new(),
            deviations: Vec::new(),
            offline: false,
            expired_hint: false,
            max_age: Duration::from_secs(12 * 60 * 60),
            loopback: false,
            limits: Limits::default(),
            roots: None,
        }
    }

    /// The client's secret. Without one the client is public.
    ///
    /// Where it goes the provider's metadata say (`token_endpoint_auth_methods_supported`): into the `Authorization` header or, where
    /// that is not taken, into the body. An id or a secret with characters other than letters, digits, `*`, `-`, `.` and `_` goes
    /// into the body wherever that is taken, because the header form-encodes them and many providers do not decode them.
    /// [`secret_in_header`](Self::secret_in_header) and [`secret_in_body`](Self::secret_in_body) choose instead.
    #[must_use]
    pub fn secret(mut self, secret: SecretString) -> Self {
        self.secret = Some(ClientSecret::fixed(secret));
        self
    }

    /// The same, following a secret that may change: the next request to the provider is made with the
    /// newest, for as long as this client is there.
    ///
    /// Until the provider takes the newest once, a request that it refuses for its client is made again with the one before.
    /// So write the new secret first and change it at the provider when all processes have read it (30 s at most); where the
    /// provider takes two at a time, in any order. When the secret cannot be read again the old one stays.
    ///
    /// # Errors
    /// When the secret cannot be read now.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its timers and I/O enabled.
    pub async fn secret_from(
        mut self,
        secrets: &tenancy_secrets::Secrets,
        reference: &tenancy_secrets::SecretRef,
    ) -> Result<Self, tenancy_secrets::SecretError> {
        self.secret = Some(ClientSecret::followed(secrets, reference).await?);
        Ok(self)
    }

    /// Sends the secret in the body (`client_secret_post`), whatever the provider's metadata say.
    #[must_use]
    pub fn secret_in_body(mut self) -> Self {
        self.secret_in = Some(SecretIn::Body);
        self
    }

    /// Sends the secret in the `Authorization` header (`client_secret_basic`), whatever the provider's metadata say. Id and secret
    /// are form-encoded there, as the standard has it (RFC 6749, section 2.3.1).
    #[must_use]
    pub fn secret_in_header(mut self) -> Self {
        self.secret_in = Some(SecretIn::Header);
        self
    }

    /// Tolerates something that this provider does otherwise than is asked of it. Default: nothing but what its
    /// [`profile`](Self::profile) says. Each costs something: read it at [`Deviation`].
    #[must_use]
    pub fn tolerate(mut self, deviation: Deviation) -> Self {
        self.deviations.push(deviation);
        self
    }

    /// Sends the id token as a hint at sign-out also when it has expired, as it nearly always has by then. Default: such a hint
    /// is left out, because many providers answer it with an error and strand people there; without a hint they ask whether
    /// to sign out. For a provider that takes an expired one, as the standard recommends, or that returns to this service
    /// only with one.
    #[must_use]
    pub fn expired_id_token_hint(mut self) -> Self {
        self.expired_hint = true;
        self
    }

    /// What is particular to this provider. Default [`Profile::Generic`].
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// The signature algorithms of the provider's tokens. Default RS256 alone.
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// A further audience that an id token may have beside this client: a project's id, a sibling client, exactly.
    #[must_use]
    pub fn further_audience(mut self, audience: &str) -> Self {
        self.audiences.push(audience.to_owned());
        self
    }

    /// A further scope to ask for.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scopes.push(scope.to_owned());
        self
    }

    /// Where the provider may send the browser after a logout, as it is registered.
    #[must_use]
    pub fn after_logout(mut self, address: &str) -> Self {
        self.after_logout = Some(address.to_owned());
        self
    }

    /// An origin (`https://keys.example`) where an endpoint may lie beside the issuer's.
    #[must_use]
    pub fn endpoint_origin(mut self, origin: &str) -> Self {
        self.origins.push(origin.to_owned());
        self
    }

    /// Asks for a refresh token: only for a service that has to ask the provider later. With the generic profile the
    /// person is asked for consent, as the standard wants it.
    #[must_use]
    pub fn offline_access(mut self) -> Self {
        self.offline = true;
        self
    }

    /// How long ago the subject may have proved who it is when a sign-in begins. Always asked for and enforced, so that
    /// a provider's session of last month starts no fresh one here. Default 12 h.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Plain http to a provider, and back to this service, on loopback: for development and tests.
    #[must_use]
    pub fn plain_http_on_loopback(mut self) -> Self {
        self.loopback = true;
        self
    }

    /// The only root certificates to trust for the provider, in PEM form: a private authority on premises. The platform's,
    /// unless given. They are read once.
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// Bounds of size, number and time.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The roots that were given, each of which must be one.
    pub(super) fn roots(&self) -> Result<Option<Vec<Certificate>>, ConfigError> {
        let Some(pem) = &self.roots else { return Ok(None) };
        let roots = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| ConfigError::Roots)?;
        if roots.is_empty() { Err(ConfigError::Roots) } else { Ok(Some(roots)) }
    }

    /// Everything that can be said without the provider. Gives the issuer's address.
    pub(super) fn check(&self) -> Result<Url, ConfigError> {
        let issuer = Url::parse(&self.issuer).map_err(|_| ConfigError::Issuer)?;
        if !allowed(&issuer, self.loopback) || issuer.query().is_some() {
            return Err(ConfigError::Issuer);
        }
        if !word(&self.client) {
            return Err(ConfigError::ClientId);
        }
        for address in std::iter::once(&self.redirect).chain(&self.after_logout) {
            let parsed = Url::parse(address).map_err(|_| ConfigError::Redirect)?;
            if !allowed(&parsed, self.loopback) {
                return Err(ConfigError::Redirect);
            }
        }
        if self.algorithms.is_empty() {
            return Err(ConfigError::Algorithms);
        }
        if self.audiences.iter().any(|audience| !word(audience) || *audience == self.client) {
            return Err(ConfigError::Audience);
        }
        if self.scopes.iter().any(|scope| !word(scope)) {
            return Err(ConfigError::Scope);
        }
        for origin in &self.origins {
            let parsed = Url::parse(origin).map_err(|_| ConfigError::Origin)?;
            if !allowed(&parsed, self.loopback) || parsed.origin().ascii_serialization() != *origin {
                return Err(ConfigError::Origin);
            }
        }
        if !self.profile.is_possible() {
            return Err(ConfigError::Project);
        }
        self.limits.check()?;
        Ok(issuer)
    }

    pub(super) fn tolerates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(&deviation) || self.profile.tolerates(deviation)
    }

    /// Whether `audience` may stand beside this client.
    pub(super) fn allows_audience(&self, audience: &str) -> bool {
        self.profile.audience() == Some(audience) || self.audiences.iter().any(|allowed| allowed == audience)
    }
}
