//! Why a grant was refused.

/// Why a grant was refused: for logs and metrics. The client gets one opaque refusal, whatever the reason.
///
/// No variant carries anything that the token said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// The token is longer than 2 KiB.
    #[error("the grant is longer than 2048 bytes")]
    TooLong,
    /// The token is no PASETO v4.public token.
    #[error("the grant is no v4.public token")]
    NotAToken,
    /// The footer names no key that this service trusts.
    #[error("the grant was signed with a key that this service does not trust")]
    UnknownKey,
    /// The footer names a key whose time has not come or is over.
    #[error("the grant was signed with a key outside its time")]
    KeyTime,
    /// The signature does not hold for this request.
    #[error("the grant's signature does not hold for this request")]
    Signature,
    /// The payload is not what the profile says: a field is missing, unknown, repeated or of another type.
    #[error("the grant's payload does not follow the profile")]
    Payload,
    /// The grant was issued by another gateway deployment.
    #[error("the grant was issued by another gateway")]
    Issuer,
    /// The grant is for another service.
    #[error("the grant is for another service")]
    Audience,
    /// The grant's times contradict each other, or it would live longer than 60 s.
    #[error("the grant's times contradict each other or span more than 60 s")]
    Lifetime,
    /// The grant is not valid yet.
    #[error("the grant is not valid yet")]
    NotYetValid,
    /// The grant's time is over.
    #[error("the grant has expired")]
    Expired,
    /// The grant is for staff of the platform where they are not admitted, or its tier and its actor contradict each other.
    #[error("the grant's tier does not act through this door")]
    Tier,
    /// The grant serves once and did.
    #[error("the grant was used before")]
    Replayed,
    /// It cannot be known whether the grant was used before: too many are remembered, or the clock was set back.
    #[error("it cannot be known whether the grant was used before")]
    ReplayMemory,
}
