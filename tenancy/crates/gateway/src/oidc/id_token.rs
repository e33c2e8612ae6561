//! Verification of an id token: its form by us, the standard's checks by `openidconnect`, and ours on top.

use super::claims::Claims;
use super::jwks::Source;
use super::jws::Jws;
use super::pending_login::hash;
use super::{Deviation, OidcClient, ProviderOrganizations, TokenError};
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKey};
use openidconnect::{AccessToken, AccessTokenHash, ClientId, IssuerUrl, JsonWebKeySet, Nonce};
use openidconnect::{ClaimsVerificationError, SignatureVerificationError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};
use tenancy_service::__private::clock::since_1970;

/// What the token must fit.
pub(super) struct Expected<'e> {
    /// The hash of the nonce. None for a refresh, whose tokens carry the old one or none.
    pub(super) nonce: Option<&'e str>,
    /// The access token that came along.
    pub(super) access: &'e AccessToken,
    /// It was issued after this, in seconds since 1970.
    pub(super) issued_after: u64,
    /// Whether it must say when the subject proved who it is. The token of a refresh need not (OpenID Connect Core, 12.2).
    pub(super) auth_time: bool,
}

/// What a verified id token says.
pub(super) struct Verified {
    pub(super) subject: String,
    /// None only where that is tolerated.
    pub(super) authenticated_at: Option<u64>,
    pub(super) methods: Vec<String>,
    pub(super) assurance: Option<String>,
    pub(super) session: Option<String>,
    pub(super) organizations: ProviderOrganizations,
}

impl OidcClient {
    pub(super) async fn verify_id_token(
        &self,
        raw: Option<&SecretString>,
        expected: &Expected<'_>,
    ) -> Result<Verified, TokenError> {
        let raw = raw.ok_or(TokenError::Missing)?.expose_secret();
        let unnamed = self.config.tolerates(Deviation::NoKeyIds);
        let token = Jws::parse(raw, self.config.limits.id_token, &self.provider.algorithms, unnamed)?;
        if token.kind.is_some() && !token.is_of(&["jwt"]) {
            return Err(TokenError::Kind);
        }
        let key = self.keys.find(&self.http, &token, Source::Provider).await?;
        let now = since_1970().as_secs();
        let claims = Claims(&token.payload);
        // Before the crate looks at them, because its errors do not say which one.
        for name in ["iss", "sub"] {
            claims.text(name)?;
        }
        claims.audiences()?;
        for name in ["exp", "iat"] {
            claims.time(name)?;
        }
        let methods = claims.methods()?;
        self.standard_checks(raw, &token, &key, expected.nonce, now)?;
        let authenticated_at = self.own_checks(&claims, expected, now)?;
        if let Some(stated) = claims.optional_text("at_hash")? {
            let own = AccessTokenHash::from_token(expected.access, &token.algorithm.wire(), &key);
            if !own.is_ok_and(|own| own.as_str() == stated) {
                return Err(TokenError::AccessTokenHash);
            }
        }
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        Ok(Verified {
            subject: claims.text("sub")?.to_owned(),
            authenticated_at,
            methods: owned(methods),
            assurance: claims.optional_text("acr")?.map(str::to_owned),
            session: claims.optional_text("sid")?.map(str::to_owned),
            organizations: self.config.profile.organizations(&claims)?,
        })
    }

    /// Signature, issuer, audience, expiry and nonce, by the crate, with one key and one algorithm.
    fn standard_checks(
        &self,
        raw: &str,
        token: &Jws<'_>,
        key: &CoreJsonWebKey,
        nonce: Option<&str>,
        now: u64,
    ) -> Result<(), TokenError> {
        let parsed = CoreIdToken::from_str(raw).map_err(|_| TokenError::Claim(odd(&token.payload)))?;
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|_| TokenError::Issuer)?;
        let client = ClientId::new(self.config.client.clone());
        let at = UNIX_EPOCH + Duration::from_secs(now).saturating_sub(self.config.limits.skew);
        // As a public client: there is no shared secret with which a token could be checked.
        let verifier = CoreIdTokenVerifier::new_public_client(client, issuer, JsonWebKeySet::new(vec![key.clone()]))
            .set_allowed_algs([token.algorithm.wire()])
            .set_other_audience_verifier_fn(|audience| self.config.allows_audience(audience))
            .set_time_fn(move || at.into());
        let same = |stated: Option<&Nonce>| match (nonce, stated) {
            (Some(nonce), Some(stated)) if hash(stated.secret()) == nonce => Ok(()),
            (Some(_), _) => Err(String::new()),
            (None, _) => Ok(()),
        };
        parsed.claims(&verifier, same).map(drop).map_err(|error| match error {
            ClaimsVerificationError::Expired(_) => TokenError::Expired,
            ClaimsVerificationError::InvalidAudience(_) => TokenError::Audience,
            ClaimsVerificationError::InvalidIssuer(_) => TokenError::Issuer,
            ClaimsVerificationError::InvalidNonce(_) => TokenError::Nonce,
            ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::DisallowedAlg(_) | SignatureVerificationError::UnsupportedAlg(_),
            ) => TokenError::Algorithm,
            ClaimsVerificationError::SignatureVerification(_) => TokenError::Signature,
            _ => TokenError::Form,
        })
    }

    /// What the crate leaves to its caller: `azp`, the times but for expiry, and the difference of other tokens.
    /// Gives when the subject proved who it is.
    fn own_checks(&self, claims: &Claims<'_>, expected: &Expected<'_>, now: u64) -> Result<Option<u64>, TokenError> {
        let skew = self.config.limits.skew.as_secs();
        // A logout token never has a nonce; this one says what it is.
        if claims.has("events") {
            return Err(TokenError::Kind);
        }
        let audiences = claims.audiences()?;
        match claims.optional_text("azp")? {
            Some(party) if party != self.config.client => return Err(TokenError::AuthorizedParty),
            None if audiences.len() > 1 => return Err(TokenError::AuthorizedParty),
            _ => {}
        }
        let issued = claims.time("iat")?;
        if issued > now + skew || issued + skew < expected.issued_after {
            return Err(TokenError::IssuedAt);
        }
        if claims.optional_time("nbf")?.is_some_and(|from| from > now + skew) {
            return Err(TokenError::NotYetValid);
        }
        if claims.time("exp")? <= issued {
            return Err(TokenError::Expired);
        }
        let tolerated = [Deviation::NoAuthTime, Deviation::PromptLoginUnverified];
        let silent = !expected.auth_time || tolerated.iter().any(|one| self.config.tolerates(*one));
        match claims.optional_time("auth_time")? {
            Some(at) if at > now + skew => Err(TokenError::AuthTimeAhead),
            Some(at) if at > 0 => Ok(Some(at)),
            _ if silent => Ok(None),
            Some(_) => Err(TokenError::ZeroAuthTime),
            None => Err(TokenError::NoAuthTime),
        }
    }
}

/// Which claim it is that the crate cannot read: the first of those that it knows which it does not take alone.
fn odd(payload: &Map<String, Value>) -> &'static str {
    const KNOWN: [&str; 29] = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "azp",
        "at_hash",
        "c_hash",
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "email_verified",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "address",
    ];
    let readable = |name: &str, value: &Value| {
        let mut claims = json!({ "iss": "https://a.test", "sub": "a", "aud": "a", "exp": 1, "iat": 1 });
        claims[name] = value.clone();
        serde_json::from_value::<CoreIdTokenClaims>(claims).is_ok()
    };
    KNOWN
        .into_iter()
        .find(|name| payload.get(*name).is_some_and(|value| !readable(name, value)))
        .unwrap_or("(a standard one)")
}
