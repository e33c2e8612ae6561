//! Why something was refused: for logs and metrics. A client gets one opaque answer, whatever the reason.
//!
//! No variant carries what a token, a provider or a browser said.

/// Why a request to the provider had no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No connection, or it broke.
    #[error("the provider was not reached: check its address, its certificate and the network between")]
    Unreachable,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// The provider does not say that it knows S256.
    #[error("the provider does not announce PKCE with S256 (`code_challenge_methods_supported`)")]
    NoS256,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// No key of this id, not after the one look that is allowed in each interval either.
    #[error("it holds no key of the token's key id and algorithm")]
    Unknown,
    /// The provider has not given its keys for so long that the kept ones are not believed any more.
    #[error("it could not be read for so long that the kept keys are not used any more")]
    Stale,
}

/// Why an id token or logout token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRefusal {
    /// The provider sent no id token.
    #[error("the provider sent no id token: ask for the scope `openid`")]
    Missing,
    /// Longer than [`Limits`](super::Limits) allow.
    #[error("the token is longer than allowed")]
    TooLarge,
    /// Not three parts of base64url, or its header or payload is no JSON object.
    #[error("the token is no signed JWT in compact form")]
    Form,
    /// The header or the payload repeats a key.
    #[error("the token repeats a key, so two readers could read it differently")]
    DuplicateKey,
    /// The header says more than algorithm, key id and type: keys, key addresses, critical extensions.
    #[error("the token's header has members that are not taken (keys, addresses of keys, extensions)")]
    Header,
    /// The algorithm is not one of the configured ones.
    #[error("the token's signature algorithm is not one of the configured ones")]
    Algorithm,
    /// The header's type is another token's.
    #[error("the token is of another kind")]
    Kind,
    /// No key id, or one that no provider would use.
    #[error("the token names no key, or names it with an id that is not taken")]
    KeyId,
    /// No key to check it with.
    #[error("the provider's key set: {0}")]
    Key(#[from] KeysError),
    /// The signature does not hold.
    #[error("the token's signature does not hold")]
    Signature,
    /// Another issuer.
    #[error("the token is of another issuer")]
    Issuer,
    /// Not for this client, or for somebody else as well who is not on the list.
    #[error("the token is not for this client alone: name further audiences exactly if that is right")]
    Audience,
    /// Issued to another client, or to several audiences without saying to whom.
    #[error("the token was issued to another client, or does not say to which")]
    AuthorizedParty,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come: `nbf`.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Issued in the future, or too long ago.
    #[error("the token was not issued now: check both clocks")]
    IssuedAt,
    /// Without the nonce of this sign-in.
    #[error("the token does not carry the nonce of this sign-in")]
    Nonce,
    /// The subject proved who it is too long ago, or in the future.
    #[error("the subject did not prove who it is recently enough")]
    AuthTime,
    /// Proved less strongly than was asked.
    #[error("the subject did not prove who it is as strongly as was asked")]
    Assurance,
    /// Not this access token's.
    #[error("the id token belongs to another access token")]
    AccessTokenHash,
    /// Not the same subject, issuer or sign-in as before.
    #[error("the refreshed id token is of another subject or sign-in")]
    OtherSubject,
    /// Not of the organization at the provider that was asked for.
    #[error("the subject did not sign in at the provider's organization that was asked for")]
    Organization,
    /// A claim is missing, of another type, too long or made of other characters than are taken.
    #[error("the claim `{0}` is missing or not of the form that is taken")]
    Claim(&'static str),
}

/// Why a sign-in was not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BeginError {
    /// An organization at the provider was asked for, and the profile knows none.
    #[error("the profile has no organizations at the provider: use the one of your provider, or do not ask for one")]
    NoOrganizations,
    /// An assurance class is not one word.
    #[error("an assurance class or method must be one word of visible ASCII")]
    Words,
}

/// Why a callback's query was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Longer than 8 KiB.
    #[error("the callback's query is longer than 8192 bytes")]
    TooLong,
    /// A parameter appears twice.
    #[error("the callback repeats a parameter")]
    Repeated,
    /// No state, or neither a code nor an error, or both.
    #[error("the callback has no state, or neither a code nor an error, or both")]
    Incomplete,
}

/// What the provider answered instead of a code. Its own words are not kept: they are whoever's who wrote the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderRefusal {
    /// `access_denied`: the person or the provider said no.
    #[error("access denied")]
    AccessDenied,
    /// `login_required`, `interaction_required`, `consent_required`, `account_selection_required`.
    #[error("the person has to act at the provider")]
    InteractionRequired,
    /// `temporarily_unavailable` and `server_error`.
    #[error("the provider has a fault")]
    Unavailable,
    /// Anything else: most likely a wrong registration of this client.
    #[error("the provider refused the request: check how this client is registered")]
    Other,
}

/// Why a stored sign-in was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored sign-in is damaged or of another version: begin again")]
pub struct StoredLoginError;

/// Why a code or a refresh token bought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// `invalid_grant`: used, expired, revoked, of another client, or with another verifier.
    #[error("the provider does not honour it: it was used, has expired or belongs to another sign-in")]
    InvalidGrant,
    /// `invalid_client`, `unauthorized_client`: the secret is wrong or the client is.
    #[error("the provider does not know this client: check its id and its secret")]
    Client,
    /// Another error of the token endpoint.
    #[error("the provider's token endpoint refused the request")]
    Refused,
    /// No usable answer.
    #[error("the provider's token endpoint: {0}")]
    Fetch(#[source] FetchError),
    /// An answer of another form, or a token of another type than `Bearer`.
    #[error("the answer of the provider's token endpoint is not of the form that is taken")]
    Shape,
}

/// Why a sign-in was not finished. Begin again; nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The sign-in was begun at another provider, for another client or another redirect address.
    #[error("the sign-in was begun at another provider or for another client")]
    OtherProvider,
    /// It took too long.
    #[error("the sign-in took longer than it may")]
    Expired,
    /// The browser is not the one that began.
    #[error("the sign-in was begun in another browser")]
    OtherBrowser,
    /// The callback's state is not this sign-in's.
    #[error("the callback belongs to another sign-in")]
    State,
    /// The sign-in was finished once already.
    #[error("the sign-in was used already")]
    Used,
    /// More sign-ins at once than are remembered.
    #[error("too many sign-ins at once: raise the limit, and limit the rate in front of it")]
    Busy,
    /// The callback comes from another issuer, or does not say from which although the provider announces it.
    #[error("the callback names another issuer, or none although the provider announces that it does")]
    CallbackIssuer,
    /// The provider refused.
    #[error("the provider answered: {0}")]
    Provider(ProviderRefusal),
    /// The code bought nothing.
    #[error("{0}")]
    Exchange(#[from] ExchangeError),
    /// The id token was refused.
    #[error("{0}")]
    Token(#[from] TokenRefusal),
}

/// Why a refresh gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The provider ended the session: revoked, expired, or an old refresh token was used again. End ours.
    #[error("the provider does not honour the refresh token any more: end the session")]
    Ended,
    /// The provider answers for another subject or sign-in. End the session, and look into it.
    #[error("{0}: end the session")]
    Token(#[from] TokenRefusal),
    /// No usable answer. It says nothing about the session: go on with it until its own limits.
    #[error("the session was not refreshed: {0}")]
    Unavailable(#[source] ExchangeError),
}

/// Why a logout was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutRefusal {
    /// Longer than 16 KiB, or not one `logout_token` (back channel), one `iss` and one `sid` (front channel).
    #[error("the logout request is not of the form that is taken")]
    Form,
    /// The token was refused.
    #[error("{0}")]
    Token(#[from] TokenRefusal),
    /// Not the one event of a logout.
    #[error("the token is no logout token: `events` is not the back-channel logout event alone")]
    Events,
    /// It has a nonce, so it is an id token.
    #[error("the token has a nonce, so it is no logout token")]
    Nonce,
    /// Neither subject nor session.
    #[error("the logout token names neither a subject nor a session")]
    Nobody,
    /// Used before.
    #[error("the logout token was used already")]
    Replayed,
    /// More logout tokens at once than are remembered.
    #[error("too many logout tokens at once: answer 503, the provider sends it again")]
    Busy,
    /// Front channel: the issuer is another's.
    #[error("the logout is of another issuer")]
    Issuer,
}
