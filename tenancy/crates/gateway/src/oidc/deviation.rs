//! What a provider may do otherwise, if the configuration says so by name.

use std::fmt;
use std::str::FromStr;

/// What a provider does otherwise than is asked of it. None is tolerated unless
/// [`OidcConfig::tolerate`](super::OidcConfig::tolerate) or the [`Profile`](super::Profile) names it; each says what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// Its id tokens leave `auth_time` out, or say 0, although `max_age` asks for it.
    ///
    /// Cost: how old a proof is, is not known. A provider's session of last month begins a session here. That session counts as
    /// proved at the beginning of time (`authenticated_at` is 0), so it is never fresh: a step-up
    /// ([`max_age`](super::LoginRequest::max_age)) is refused, and pages that need a fresh proof are not reached. Many providers
    /// send the claim once it is turned on (Entra: an optional claim of the registration).
    NoAuthTime,
    /// The same, and a sign-in that was begun with [`prompt_login`](super::LoginRequest::prompt_login) or
    /// [`max_age`](super::LoginRequest::max_age) counts as proved when it was begun, because the request told it to ask
    /// (`prompt=login`). For a provider that obeys that and still does not say when.
    ///
    /// Cost: **nothing shows that it asked.** The parameter goes through the browser, so a person at a browser that was left open can
    /// take it out of the address, and the provider's old session answers: a step-up then protects against nothing but
    /// forgetfulness. Prefer a provider that says `auth_time`, or a step-up by [`amr_values`](super::LoginRequest::amr_values).
    PromptLoginUnverified,
    /// Its tokens name no key (`kid`), or the keys in its set have no id.
    ///
    /// Cost: a signature is tried with each of its keys of that algorithm, and an unsigned token costs one look at the key set as one
    /// with an unknown id does. Which key signed is not pinned by the token; every key of the set may sign.
    NoKeyIds,
    /// Its metadata leaves `code_challenge_methods_supported` out. S256 is asked for all the same.
    ///
    /// Cost: it may ignore the challenge in silence. Then a stolen code is not bound to the sign-in that began it by the verifier,
    /// but by the nonce alone, and the client's secret is what keeps others from buying with it: use it with a secret. A list
    /// without S256 is refused as before.
    PkceUnannounced,
    /// Its logout tokens are typed `JWT`, like its id tokens, and not `logout+jwt`.
    ///
    /// Cost: the event and the missing nonce alone tell the two apart.
    LogoutTokensTypedJwt,
    /// Its logout tokens have no `exp`, which the standard requires since 2022.
    ///
    /// Cost: only their age ends them ([`Limits::logout_age`](super::Limits::logout_age) after `iat`), and the memory for used
    /// ones is each process's own: for that time one that was stolen ends the same sessions again at another process.
    LogoutTokensWithoutExp,
}

/// The text names no deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a deviation is one of `no-auth-time`, `prompt-login-unverified`, `no-key-ids`, `pkce-unannounced`, `logout-tokens-typed-jwt`, \
     `logout-tokens-without-exp`"
)]
pub struct UnknownDeviationError;

impl Deviation {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoAuthTime,
        Self::PromptLoginUnverified,
        Self::NoKeyIds,
        Self::PkceUnannounced,
        Self::LogoutTokensTypedJwt,
        Self::LogoutTokensWithoutExp,
    ];

    /// Its name on command lines and in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoAuthTime => "no-auth-time",
            Self::PromptLoginUnverified => "prompt-login-unverified",
            Self::NoKeyIds => "no-key-ids",
            Self::PkceUnannounced => "pkce-unannounced",
            Self::LogoutTokensTypedJwt => "logout-tokens-typed-jwt",
            Self::LogoutTokensWithoutExp => "logout-tokens-without-exp",
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Deviation {
    type Err = UnknownDeviationError;

    fn from_str(name: &str) -> Result<Self, UnknownDeviationError> {
        Self::ALL.into_iter().find(|deviation| deviation.name() == name).ok_or(UnknownDeviationError)
    }
}
