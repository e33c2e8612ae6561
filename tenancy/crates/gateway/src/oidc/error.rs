//! Why something was refused: for logs and metrics. A client gets one opaque answer, whatever the reason.
//!
//! No variant carries what a token, a provider or a browser said.

use super::{FetchError, KeysError};

/// Why an id token or logout token was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
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
    /// No key id.
    #[error("the token names no key (`kid` is missing from its header): tolerate that by name (`no-key-ids`)")]
    NoKeyId,
    /// A key id that no provider would use.
    #[error("the token names its key with an id that is not taken: 1 to 256 visible ASCII characters")]
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
    /// For no client at all.
    #[error(
        "the token says not for whom it is (`aud` is missing or empty): name this client as its audience at the provider"
    )]
    NoAudience,
    /// Not for this client, or also for another audience that is not on the list.
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
    /// The subject proved who it is too long ago: the provider took no notice of `max_age`. Begin once more with
    /// [`LoginRequest::prompt_login`](super::LoginRequest::prompt_login).
    #[error("the subject proved who it is too long ago, and the provider took no notice of `max_age`")]
    AuthTime,
    /// The same although the provider was to ask again (`prompt=login`), so beginning once more would change nothing.
    #[error(
        "the subject proved who it is too long ago, and the provider did not ask again although the request said so (`prompt=login`), or \
         its clock is behind: sign out there first"
    )]
    NotAskedAgain,
    /// The subject proved who it is in the future.
    #[error("the subject proved who it is in the future: check both clocks")]
    AuthTimeAhead,
    /// The provider does not say when the subject proved who it is.
    #[error(
        "the token does not say when the subject proved who it is (`auth_time` is missing): turn the claim on at the provider, or \
         tolerate that by name (`no-auth-time`), without step-ups"
    )]
    NoAuthTime,
    /// The provider says 0.
    #[error(
        "`auth_time` is 0, so the provider does not know when the subject proved who it is: let people sign in there again, or \
         tolerate that by name (`no-auth-time`), without step-ups"
    )]
    ZeroAuthTime,
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
    /// A claim is missing.
    #[error("the claim `{0}` is missing")]
    NoClaim(&'static str),
    /// A claim is of another type, too long or made of other characters than are taken.
    #[error("the claim `{0}` is not of the form that is taken")]
    Claim(&'static str),
    /// `amr` is one text.
    #[error("the claim `amr` is one text, and not a list of words as the standard has it")]
    Methods,
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

/// What the provider answered instead of a code. Its own words are not kept: the author of the address wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    Provider(ProviderError),
    /// The code bought nothing.
    #[error("{0}")]
    Exchange(#[from] ExchangeError),
    /// The id token was refused.
    #[error("{0}")]
    Token(#[from] TokenError),
}

/// Why a refresh gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The provider ended the session: revoked, expired, or an old refresh token was used again. End ours.
    #[error("the provider does not honour the refresh token any more: end the session")]
    Ended,
    /// The provider refused in another way, with a status of 400 to 499 that is not 429. End the session. Where it holds
    /// [`ExchangeError::Client`], no session can be refreshed until this client's secret is right again: raise an alarm.
    #[error("the provider refused the refresh: {0}: end the session")]
    Refused(#[source] ExchangeError),
    /// The provider answers for another subject or sign-in. End the session, and look into it.
    #[error("{0}: end the session")]
    Token(#[from] TokenError),
    /// No usable answer. It says nothing about the session: go on with it until its own limits.
    #[error("the session was not refreshed: {0}")]
    Unavailable(#[source] ExchangeError),
}

impl RefreshError {
    /// Whether the session is to be ended: always, unless the provider gave no usable answer.
    pub fn ends_session(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }
}

/// Why a logout was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutTokenError {
    /// Longer than 16 KiB, or not one `logout_token` (back channel), one `iss` and one `sid` (front channel).
    #[error("the logout request is not of the form that is taken")]
    Form,
    /// The token was refused.
    #[error("{0}")]
    Token(#[from] TokenError),
    /// Not the one event of a logout.
    #[error("the token is no logout token: `events` is not the back-channel logout event alone")]
    Events,
    /// It has a nonce, so it is an id token.
    #[error("the token has a nonce, so it is no logout token")]
    Nonce,
    /// Neither subject nor session.
    #[error("the logout token names neither a subject nor a session")]
    NoSubject,
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
