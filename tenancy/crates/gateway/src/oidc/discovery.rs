//! What a provider says about itself, and whether that is enough.

use super::http::{Http, allowed};
use super::{Algorithm, Deviation, DiscoveryError, OidcConfig, strict_json};
use openidconnect::url::Url;
use serde_json::{Map, Value};

/// A provider that may be used.
pub(super) struct Discovered {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    /// Where a browser ends the provider's session.
    pub(super) end_session: Option<Url>,
    /// Whether the provider says that its callbacks name it (RFC 9207).
    pub(super) callback_issuer: bool,
    /// Whether it takes a client's secret in the `Authorization` header, and in the body.
    pub(super) secret_in_header: bool,
    pub(super) secret_in_body: bool,
    /// Those of the configured algorithms that the provider uses.
    pub(super) algorithms: Vec<Algorithm>,
}

/// Reads the discovery document of the configured issuer.
pub(super) async fn discover(http: &Http, config: &OidcConfig, issuer: &Url) -> Result<Discovered, DiscoveryError> {
    let address = format!("{}/.well-known/openid-configuration", config.issuer.trim_end_matches('/'));
    let address = Url::parse(&address).map_err(|_| DiscoveryError::Shape("issuer"))?;
    let document = http.get(&address).await.map_err(DiscoveryError::Document)?;
    let document = strict_json::object(&document).map_err(|_| DiscoveryError::Shape("(the document)"))?;
    let document = Document { fields: &document, config, issuer };
    // As text: `https://a` and `https://a/` and `https://A` are three issuers.
    if document.text("issuer")? != config.issuer {
        return Err(DiscoveryError::Issuer);
    }
    document.knows_s256()?;
    if !document.list("response_types_supported")?.contains(&"code") {
        return Err(DiscoveryError::NoCode);
    }
    let announced = document.list("id_token_signing_alg_values_supported")?;
    let common = config.algorithms.iter().copied().filter(|algorithm| announced.contains(&algorithm.name()));
    let algorithms: Vec<Algorithm> = common.collect();
    if algorithms.is_empty() {
        return Err(DiscoveryError::NoAlgorithm);
    }
    // Left out means the header alone (RFC 8414).
    let ways = document.list("token_endpoint_auth_methods_supported")?;
    let secret_in_header = ways.is_empty() || ways.contains(&"client_secret_basic");
    let secret_in_body = ways.contains(&"client_secret_post");
    if config.secret.is_some() && config.secret_in.is_none() && !secret_in_header && !secret_in_body {
        return Err(DiscoveryError::NoClientAuthentication);
    }
    Ok(Discovered {
        secret_in_header,
        secret_in_body,
        authorization: document.endpoint("authorization_endpoint")?,
        token: document.endpoint("token_endpoint")?,
        keys: document.endpoint("jwks_uri")?,
        end_session: match document.fields.contains_key("end_session_endpoint") {
            true => Some(document.endpoint("end_session_endpoint")?),
            false => None,
        },
        callback_issuer: document.flag("authorization_response_iss_parameter_supported")?,
        algorithms,
    })
}

struct Document<'d> {
    fields: &'d Map<String, Value>,
    config: &'d OidcConfig,
    issuer: &'d Url,
}

impl<'d> Document<'d> {
    fn text(&self, name: &'static str) -> Result<&'d str, DiscoveryError> {
        self.fields.get(name).and_then(Value::as_str).ok_or(DiscoveryError::Shape(name))
    }

    /// Empty when it is left out.
    fn list(&self, name: &'static str) -> Result<Vec<&'d str>, DiscoveryError> {
        let Some(list) = self.fields.get(name) else { return Ok(Vec::new()) };
        let texts = list.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
        texts.ok_or(DiscoveryError::Shape(name))
    }

    /// Left out means "not supported" (RFC 8414), and then the provider could drop the challenge in silence.
    fn knows_s256(&self) -> Result<(), DiscoveryError> {
        const NAME: &str = "code_challenge_methods_supported";
        match self.fields.contains_key(NAME) {
            true if self.list(NAME)?.contains(&"S256") => Ok(()),
            true => Err(DiscoveryError::NoS256),
            false if self.config.tolerates(Deviation::PkceUnannounced) => Ok(()),
            false => Err(DiscoveryError::PkceUnannounced),
        }
    }

    /// `false` when it is left out.
    fn flag(&self, name: &'static str) -> Result<bool, DiscoveryError> {
        let Some(flag) = self.fields.get(name) else { return Ok(false) };
        flag.as_bool().ok_or(DiscoveryError::Shape(name))
    }

    /// An address on the issuer's origin or on one that was named: this service calls it, from inside its network.
    fn endpoint(&self, name: &'static str) -> Result<Url, DiscoveryError> {
        let url = Url::parse(self.text(name)?).map_err(|_| DiscoveryError::Shape(name))?;
        let origin = url.origin().ascii_serialization();
        let known = url.origin() == self.issuer.origin() || self.config.origins.contains(&origin);
        if known && allowed(&url, self.config.loopback) { Ok(url) } else { Err(DiscoveryError::Endpoint(name)) }
    }
}
