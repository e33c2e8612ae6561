//! The beginning of a sign-in.

use super::claims::word;
use super::pending_login::{Bound, PendingLogin, hash};
use super::{BeginError, OidcClient, ProviderOrganization, ReturnTo};
use openidconnect::url::Url;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use secrecy::SecretString;
use std::time::Duration;
use tenancy_service::__private::clock::since_1970;

/// What a sign-in is for, and how strong it has to be.
#[derive(Debug, Clone, Default)]
pub struct LoginRequest {
    return_to: ReturnTo,
    max_age: Option<Duration>,
    again: bool,
    assurance: Vec<String>,
    methods: Vec<String>,
    organization: Option<ProviderOrganization>,
}

impl LoginRequest {
    /// A sign-in after which the browser goes to `path`.
    pub fn return_to(path: ReturnTo) -> Self {
        Self { return_to: path, ..Self::default() }
    }

    /// A step-up: the subject must have proved who it is no longer ago than `age` when the sign-in begins. Zero: again,
    /// now. It can shorten the configured age and not lengthen it.
    ///
    /// The provider is asked twice, by `max_age` and as by [`prompt_login`](Self::prompt_login), because many know one of the two only. To this age the
    /// allowed difference of the clocks ([`Limits::skew`](super::Limits::skew)) is not added: with zero, a provider whose clock is
    /// behind by more than the person takes to prove it is refused.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self.prompt_login()
    }

    /// Asks the provider to have the subject prove again who it is, whatever session it has there (`prompt=login`). For a sign-in
    /// after [`TokenError::AuthTime`](super::TokenError::AuthTime): a provider that takes no notice of `max_age` would
    /// answer the next one with the same old proof.
    #[must_use]
    pub fn prompt_login(mut self) -> Self {
        self.again = true;
        self
    }

    /// A step-up: the provider must state one of these assurance classes (`acr`).
    #[must_use]
    pub fn acr_values<T: Into<String>>(mut self, classes: impl IntoIterator<Item = T>) -> Self {
        self.assurance.extend(classes.into_iter().map(Into::into));
        self
    }

    /// A step-up: the provider must state each of these methods (`amr`), for instance `mfa` and `hwk`.
    #[must_use]
    pub fn amr_values<T: Into<String>>(mut self, methods: impl IntoIterator<Item = T>) -> Self {
        self.methods.extend(methods.into_iter().map(Into::into));
        self
    }

    /// Only members of this organization at the provider, whose sign-in page is shown. It is a claim, and the id token
    /// must agree that the account is that organization's.
    #[must_use]
    pub fn organization(mut self, organization: ProviderOrganization) -> Self {
        self.organization = Some(organization);
        self
    }
}

/// A sign-in that was begun.
#[derive(Debug)]
#[non_exhaustive]
pub struct Begun {
    /// Where to send the browser (303).
    pub location: Url,
    /// What to keep on the server: [`Logins::keep`](super::Logins::keep).
    pub transaction: PendingLogin,
    /// What to give the browser in a short-lived cookie (`__Host-`, `HttpOnly`, `SameSite=Lax`), and to take back at the
    /// callback. It binds the sign-in to this browser.
    pub browser: SecretString,
}

impl OidcClient {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`BeginError`]: the profile cannot ask for an organization, or a class or method is not one word.
    pub fn begin(&self, request: LoginRequest) -> Result<Begun, BeginError> {
        if !request.assurance.iter().chain(&request.methods).all(|one| word(one)) {
            return Err(BeginError::Words);
        }
        let (state, browser) = (CsrfToken::new_random_len(32), CsrfToken::new_random_len(32));
        let nonce = Nonce::new_random_len(32);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let max_age = request.max_age.map_or(self.config.max_age, |age| age.min(self.config.max_age)).as_secs();
        let location = self.location(&request, &state, &nonce, challenge, max_age)?;
        let bound = Bound {
            issuer: self.config.issuer.clone(),
            client: self.config.client.clone(),
            redirect: self.config.redirect.clone(),
            state: hash(state.secret()),
            nonce: hash(nonce.secret()),
            browser: hash(browser.secret()),
            begun: since_1970().as_secs(),
            max_age,
            again: request.again,
            exact: request.max_age.is_some(),
            assurance: request.assurance,
            methods: request.methods,
            organization: request.organization.map(|organization| organization.as_str().to_owned()),
            return_to: request.return_to.as_str().to_owned(),
        };
        let transaction = PendingLogin { bound, verifier: verifier.into_secret().into() };
        Ok(Begun { location, transaction, browser: browser.into_secret().into() })
    }

    fn location(
        &self,
        request: &LoginRequest,
        state: &CsrfToken,
        nonce: &Nonce,
        challenge: PkceCodeChallenge,
        max_age: u64,
    ) -> Result<Url, BeginError> {
        let mut scopes = self.config.profile.scopes();
        scopes.extend(self.config.scopes.iter().cloned());
        if let Some(organization) = &request.organization {
            scopes.push(self.config.profile.scope_of(organization).ok_or(BeginError::NoOrganizations)?);
        }
        let mut wanted = self.wire.authorize_url(|| state.clone());
        wanted = wanted.set_pkce_challenge(challenge).add_extra_param("nonce", nonce.secret());
        // Of 0 some providers say that it is no age, and others ask for ever. What is checked in the end is what was asked for.
        wanted = wanted.add_extra_param("max_age", max_age.max(1).to_string());
        if !request.assurance.is_empty() {
            wanted = wanted.add_extra_param("acr_values", request.assurance.join(" "));
        }
        let mut prompts = Vec::new();
        if request.again {
            prompts.push("login");
        }
        if self.config.offline {
            scopes.push("offline_access".to_owned());
            if !self.config.profile.consents_to_offline_access() {
                prompts.push("consent");
            }
        }
        if !prompts.is_empty() {
            wanted = wanted.add_extra_param("prompt", prompts.join(" "));
        }
        Ok(wanted.add_scopes(scopes.into_iter().map(openidconnect::Scope::new)).url().0)
    }
}
