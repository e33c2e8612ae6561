//! The end of a sign-in.

use super::callback::{Answer, Callback};
use super::client::digest;
use super::id_token::{Expected, Verified};
use super::pending_login::{Bound, PendingLogin, hash};
use super::{Deviation, OidcClient, ProviderOrganization, ProviderOrganizations, ReturnTo, SignInError, TokenError};
use crate::VerifiedIdentity;
use secrecy::{ExposeSecret, SecretString};
use tenancy::__private::proof_time;
use tenancy_service::__private::NotFirst;
use tenancy_service::__private::clock::since_1970;

/// A finished sign-in. Only [`OidcClient::finish`] makes one:
///
/// ```compile_fail,E0639
/// use tenancy_gateway::oidc::{ProviderOrganizations, ReturnTo, SignIn};
/// use tenancy_gateway::VerifiedIdentity;
///
/// fn by_hand(signed_in: VerifiedIdentity, organizations: ProviderOrganizations) -> SignIn {
///     SignIn { signed_in, organizations, return_to: ReturnTo::default() }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct SignIn {
    /// Who it is, for the session.
    pub signed_in: VerifiedIdentity,
    /// The provider's organizations that were named: candidates for the directory.
    pub organizations: ProviderOrganizations,
    /// Where the browser wanted to go.
    pub return_to: ReturnTo,
}

impl OidcClient {
    /// Finishes a sign-in: `transaction` as it was kept and taken out, `browser` from the cookie, `callback` from the
    /// query. Whatever the result, the transaction is used up.
    ///
    /// Nothing that is decided here comes from the query: state, issuer and code are compared with, or bound to, what the
    /// transaction holds.
    ///
    /// # Errors
    /// [`SignInError`]: something is of another sign-in, browser or provider, the provider refused, or its token was
    /// refused.
    pub async fn finish(
        &self,
        transaction: PendingLogin,
        browser: &SecretString,
        callback: Callback,
    ) -> Result<SignIn, SignInError> {
        let done = self.finished(transaction, browser, callback).await;
        self.counts.sign_in(done.as_ref().err());
        done
    }

    async fn finished(
        &self,
        transaction: PendingLogin,
        browser: &SecretString,
        callback: Callback,
    ) -> Result<SignIn, SignInError> {
        let now = since_1970().as_secs();
        let PendingLogin { bound, verifier } = transaction;
        self.belongs(&bound, browser, &callback, now)?;
        let code = match callback.answer {
            Answer::Code(code) => code,
            Answer::Error(error) => return Err(SignInError::Provider(error)),
        };
        let tokens = self.exchange(&code, &verifier).await?;
        let expected =
            Expected { nonce: Some(&bound.nonce), access: &tokens.access, issued_after: bound.begun, auth_time: true };
        let verified = self.verify_id_token(tokens.id.as_ref(), &expected).await?;
        let authenticated_at = self.strong_enough(&bound, &verified)?;
        Ok(SignIn {
            organizations: verified.organizations,
            return_to: ReturnTo::or_root(&bound.return_to),
            signed_in: VerifiedIdentity {
                issuer: bound.issuer,
                subject: verified.subject,
                authenticated_at: proof_time(authenticated_at),
                methods: verified.methods,
                assurance: verified.assurance,
                provider_session: verified.session,
                id_token: tokens.id,
                refresh_token: tokens.refresh,
            },
        })
    }

    /// Whether transaction, browser, callback and this client are of one sign-in that was not finished yet.
    fn belongs(&self, bound: &Bound, browser: &SecretString, callback: &Callback, now: u64) -> Result<(), SignInError> {
        let config = &self.config;
        if bound.issuer != config.issuer || bound.client != config.client || bound.redirect != config.redirect {
            return Err(SignInError::OtherProvider);
        }
        let until = bound.begun.saturating_add(config.limits.sign_in.as_secs());
        // Begun in the future: the keeper of the transactions has another clock, or changed one.
        if now >= until || bound.begun > now + config.limits.skew.as_secs() {
            return Err(SignInError::Expired);
        }
        if hash(browser.expose_secret()) != bound.browser {
            return Err(SignInError::OtherBrowser);
        }
        if callback.state != bound.state {
            return Err(SignInError::State);
        }
        match &callback.issuer {
            Some(issuer) if *issuer != config.issuer => return Err(SignInError::CallbackIssuer),
            None if self.provider.callback_issuer => return Err(SignInError::CallbackIssuer),
            _ => {}
        }
        // The store took it out already. This is for a store that did not, and for two callbacks at once.
        self.sign_ins.first(digest(&bound.state), until.saturating_add(1), now).map_err(|why| match why {
            NotFirst::Replayed => SignInError::Used,
            NotFirst::Full => SignInError::Busy,
        })
    }

    /// The step-up that was asked for. Gives when the subject proved who it is: where it is tolerated that the provider does not say,
    /// at the beginning of time, so that such a proof is never fresh.
    fn strong_enough(&self, bound: &Bound, verified: &Verified) -> Result<u64, TokenError> {
        // Age when the sign-in began, as the standard counts it: what the person then took to type is not held against it. Clocks
        // may differ; but where a request asks for an age, a proof that could be of before is refused.
        let slack = if bound.exact { 0 } else { self.config.limits.skew.as_secs() };
        let unverified = bound.again && self.config.tolerates(Deviation::PromptLoginUnverified);
        let authenticated_at = match verified.authenticated_at {
            Some(at) if at.saturating_add(bound.max_age).saturating_add(slack) >= bound.begun => at,
            Some(_) if bound.again => return Err(TokenError::NotAskedAgain),
            Some(_) => return Err(TokenError::AuthTime),
            None if unverified => bound.begun,
            None if bound.exact => return Err(TokenError::NoAuthTime),
            None => 0,
        };
        let stated = verified.assurance.as_ref();
        if !bound.assurance.is_empty() && !stated.is_some_and(|class| bound.assurance.contains(class)) {
            return Err(TokenError::Assurance);
        }
        if !bound.methods.iter().all(|method| verified.methods.contains(method)) {
            return Err(TokenError::Assurance);
        }
        let asked = bound.organization.as_deref().map(ProviderOrganization::parse);
        match asked {
            None => Ok(authenticated_at),
            Some(Ok(organization)) if verified.organizations.names(&organization) => Ok(authenticated_at),
            Some(_) => Err(TokenError::Organization),
        }
    }
}
