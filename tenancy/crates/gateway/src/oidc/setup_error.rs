//! Why a provider is not used, or was not asked.
//!
//! No variant carries what a token, a provider or a browser said: an address here is an origin that the configuration names.

/// Why a request to the provider had no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No connection to this origin, or it broke.
    #[error("{0} was not reached: check that the provider runs there, the port, and the network between")]
    Unreachable(String),
    /// The name in this origin has no address.
    #[error("the name in {0} is unknown here: check its spelling, and the resolver of this machine")]
    UnknownName(String),
    /// The certificate that was shown at this origin is of no trusted authority, is not for this name, or is not valid now.
    #[error(
        "the certificate of {0} is not trusted: it must be valid for that name now, and of an authority that this machine trusts or \
         that `root_certificates` names"
    )]
    Untrusted(String),
    /// The roots of this machine cannot be used.
    #[error("no TLS client can be set up here: check the root certificates of this machine")]
    NoTls,
    /// It took longer than [`Limits`](super::Limits) allow.
    #[error("the provider did not answer in time")]
    Timeout,
    /// A redirect. It is never followed: it could lead to an address that only this host reaches.
    #[error("the provider answered with a redirect, which is not followed: configure the address that it leads to")]
    Redirect,
    /// The answer is larger than [`Limits`](super::Limits) allow.
    #[error("the provider's answer is larger than allowed")]
    TooLarge,
    /// Another status than 200.
    #[error("the provider answered with status {0}")]
    Status(u16),
    /// A content encoding that was not asked for.
    #[error("the provider compressed its answer, which was not asked for")]
    Encoding,
    /// No JSON, or not labelled as JSON.
    #[error("the provider's answer is no JSON")]
    NotJson,
    /// JSON in which an object repeats a key.
    #[error("the provider's answer repeats a key, so two readers could read it differently")]
    DuplicateKey,
}

/// A setting that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The issuer is no https address without query, fragment and user.
    #[error("the issuer must be an https URL without query, fragment and user; plain http only on loopback, by choice")]
    Issuer,
    /// The client id is empty or no visible ASCII.
    #[error("the client id must be 1 to 255 visible ASCII characters")]
    ClientId,
    /// A redirect address, of sign-in or logout, is no https address.
    #[error(
        "a redirect address must be an https URL without fragment and user; plain http only on loopback, by choice"
    )]
    Redirect,
    /// No signature algorithm.
    #[error("name at least one signature algorithm")]
    Algorithms,
    /// A further audience is empty or the client itself.
    #[error("a further audience must be 1 to 255 visible ASCII characters, and not the client id")]
    Audience,
    /// A scope is empty or not one word.
    #[error("a scope must be one word of visible ASCII")]
    Scope,
    /// An endpoint's origin is not written as `https://host` or `https://host:port`.
    #[error("an endpoint's origin must be written as `https://host` or `https://host:port`")]
    Origin,
    /// The project id is empty or not made of letters, digits, `-` and `_`.
    #[error("the project id must be 1 to 64 letters, digits, `-` and `_`")]
    Project,
    /// The root certificates are none.
    #[error("the provider's root certificates must be in PEM form, at least one")]
    Roots,
    /// A limit is zero, or the clock skew is over two minutes.
    #[error("a limit must be more than zero, and the clock skew at most 120 s")]
    Limits,
}

/// Why a provider is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The configuration cannot be.
    #[error("the configuration of the provider: {0}")]
    Config(#[from] ConfigError),
    /// The discovery document was not read.
    #[error("the provider's discovery document: {0}")]
    Document(#[source] FetchError),
    /// The document lacks a field or has one of another type.
    #[error("the provider's discovery document: `{0}` is missing or of another type")]
    Shape(&'static str),
    /// The document is another issuer's. Spelling counts.
    #[error("the discovery document names another issuer: configure the issuer exactly as the provider spells it")]
    Issuer,
    /// The provider announces methods of PKCE, and S256 is none of them.
    #[error("the provider announces PKCE without S256 (`code_challenge_methods_supported`)")]
    NoS256,
    /// The provider does not say that it knows PKCE.
    #[error(
        "the provider does not announce PKCE (`code_challenge_methods_supported` is left out): if it knows S256 all the same, \
         tolerate that by name (`pkce-unannounced`)"
    )]
    PkceUnannounced,
    /// There is a client secret, and the provider announces no way to take one that this client has.
    #[error(
        "the provider announces neither `client_secret_basic` nor `client_secret_post` \
         (`token_endpoint_auth_methods_supported`): say where to send the secret if it takes one all the same"
    )]
    NoClientAuthentication,
    /// The provider does not say that it knows the authorization code flow.
    #[error("the provider does not announce the response type `code`")]
    NoCode,
    /// The provider signs with none of the configured algorithms.
    #[error("the provider announces none of the configured signature algorithms")]
    NoAlgorithm,
    /// An endpoint lies elsewhere.
    #[error("the endpoint `{0}` is not on the issuer's origin: allow its origin by name if that is right")]
    Endpoint(&'static str),
    /// The key set was not read.
    #[error("the provider's key set: {0}")]
    Keys(#[from] KeysError),
}

/// Why there is no key to check a signature with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The key set was not read.
    #[error("it was not read: {0}")]
    Fetch(#[source] FetchError),
    /// The document is no key set.
    #[error("it is no key set")]
    Shape,
    /// More keys than [`Limits`](super::Limits) allow.
    #[error("it holds more keys than allowed")]
    TooMany,
    /// Two keys of one type have one id.
    #[error("two of its keys have one id")]
    Ambiguous,
    /// No key is of a configured algorithm, long enough and meant for signatures.
    #[error("it holds no key that may sign with a configured algorithm")]
    NoneUsable,
    /// The keys that would do have no id.
    #[error("its keys have no id (`kid`): tolerate that by name (`no-key-ids`)")]
    NoIds,
    /// No key of this id, not after another look either, if one was allowed.
    #[error("it holds no key of the token's key id and algorithm")]
    Unknown,
    /// The token names no key, and none of those of its algorithm verifies it.
    #[error("it holds no key that verifies a token which names none")]
    Unverified,
    /// The provider has not given its keys for so long that the kept ones are not believed any more.
    #[error("it could not be read for so long that the kept keys are not used any more")]
    Stale,
}
