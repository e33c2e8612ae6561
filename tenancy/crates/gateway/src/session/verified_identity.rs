//! What a sign-in proved: the hand-over from an identity provider's protocol to the sessions.

use secrecy::SecretString;
use std::time::SystemTime;

/// A finished sign-in, as verified by the code that speaks the identity provider's protocol.
///
/// It is plain data and proves nothing by itself: code that may call [`Sessions::sign_in`](crate::Sessions::sign_in) vouches
/// for it. Nothing in it names an organization: that is the directory's to say.
#[derive(Debug, Clone)]
pub struct VerifiedIdentity {
    /// The issuer of the identity provider, compared as it is: the same subject at two issuers is two users.
    pub issuer: String,
    /// The provider's stable name of the subject (`sub`). Never an address or a display name.
    pub subject: String,
    /// When the subject proved who it is (`auth_time`), to the second; `None` when the provider does not say.
    pub authenticated_at: Option<SystemTime>,
    /// How (`amr`): for instance `pwd`, `otp`. Empty when the provider does not say.
    pub methods: Vec<String>,
    /// How strongly (`acr`), when the provider says.
    pub assurance: Option<String>,
    /// The provider's own session (`sid`), by which a back-channel logout names this one.
    pub provider_session: Option<String>,
    /// The id token, kept sealed for a logout at the provider.
    pub id_token: Option<SecretString>,
    /// The refresh token, kept sealed.
    pub refresh_token: Option<SecretString>,
}
