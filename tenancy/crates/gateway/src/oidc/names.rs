//! The reasons' names in metrics. Each is one word of a fixed set, whatever was said to us.

use super::{
    CallbackError, ExchangeError, FetchError, KeysError, LogoutTokenError, ProviderError, RefreshError, SignInError,
    TokenError,
};

impl CallbackError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TooLong => "callback_too_long",
            Self::Repeated => "callback_repeated",
            Self::Incomplete => "callback_incomplete",
        }
    }
}

impl ProviderError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AccessDenied => "provider_access_denied",
            Self::InteractionRequired => "provider_interaction_required",
            Self::Unavailable => "provider_unavailable",
            Self::Other => "provider_other",
        }
    }
}

impl FetchError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "fetch_unreachable",
            Self::UnknownName(_) => "fetch_unknown_name",
            Self::Untrusted(_) => "fetch_untrusted",
            Self::NoTls => "fetch_no_tls",
            Self::Timeout => "fetch_timeout",
            Self::Redirect => "fetch_redirect",
            Self::TooLarge => "fetch_too_large",
            Self::Status(_) => "fetch_status",
            Self::Encoding => "fetch_encoding",
            Self::NotJson => "fetch_not_json",
            Self::DuplicateKey => "fetch_duplicate_key",
        }
    }
}

impl KeysError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fetch(_) => "keys_fetch",
            Self::Shape => "keys_shape",
            Self::TooMany => "keys_too_many",
            Self::Ambiguous => "keys_ambiguous",
            Self::NoneUsable => "keys_none_usable",
            Self::NoIds => "keys_no_ids",
            Self::Unknown => "keys_unknown",
            Self::Unverified => "keys_unverified",
            Self::Stale => "keys_stale",
        }
    }
}

impl TokenError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::TooLarge => "token_too_large",
            Self::Form => "token_form",
            Self::DuplicateKey => "token_duplicate_key",
            Self::Header => "token_header",
            Self::Algorithm => "token_algorithm",
            Self::Kind => "token_kind",
            Self::NoKeyId => "token_no_key_id",
            Self::KeyId => "token_key_id",
            Self::Key(keys) => keys.name(),
            Self::Signature => "token_signature",
            Self::Issuer => "token_issuer",
            Self::NoAudience => "token_no_audience",
            Self::Audience => "token_audience",
            Self::AuthorizedParty => "token_authorized_party",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::IssuedAt => "token_issued_at",
            Self::Nonce => "token_nonce",
            Self::AuthTime => "token_auth_time",
            Self::NotAskedAgain => "token_not_asked_again",
            Self::AuthTimeAhead => "token_auth_time_ahead",
            Self::NoAuthTime => "token_no_auth_time",
            Self::ZeroAuthTime => "token_zero_auth_time",
            Self::Assurance => "token_assurance",
            Self::AccessTokenHash => "token_access_token_hash",
            Self::OtherSubject => "token_other_subject",
            Self::Organization => "token_organization",
            Self::NoClaim(_) => "token_no_claim",
            Self::Claim(_) => "token_claim",
            Self::Methods => "token_methods",
        }
    }
}

impl ExchangeError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidGrant => "exchange_invalid_grant",
            Self::Client => "exchange_client",
            Self::Refused => "exchange_refused",
            Self::Fetch(fetch) => fetch.name(),
            Self::Shape => "exchange_shape",
        }
    }
}

impl SignInError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OtherProvider => "other_provider",
            Self::Expired => "expired",
            Self::OtherBrowser => "other_browser",
            Self::State => "state",
            Self::Used => "used",
            Self::Busy => "busy",
            Self::CallbackIssuer => "callback_issuer",
            Self::Provider(refusal) => refusal.name(),
            Self::Exchange(error) => error.name(),
            Self::Token(refusal) => refusal.name(),
        }
    }
}

impl RefreshError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Refused(error) | Self::Unavailable(error) => error.name(),
            Self::Token(refusal) => refusal.name(),
        }
    }
}

impl LogoutTokenError {
    /// The reason's name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Token(refusal) => refusal.name(),
            Self::Events => "events",
            Self::Nonce => "nonce",
            Self::NoSubject => "no_subject",
            Self::Replayed => "replayed",
            Self::Busy => "busy",
            Self::Issuer => "issuer",
        }
    }
}
