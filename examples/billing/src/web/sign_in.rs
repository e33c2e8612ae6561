//! Signing in, at the identity provider.

use super::failure::Failure;
use super::{Accounts, page};
use crate::front::FRESH;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::html;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use tenancy::gateway::oidc::{LoginRequest, ReturnTo, SignIn, SignInError, TokenRefusal};
use tenancy::gateway::{Reason, Refused, Session};

/// What every cookie here is given with.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// `GET /`: the page to sign in, or on to the work.
pub(super) async fn home(State(accounts): State<Arc<Accounts>>, session: Option<Session>) -> Response {
    if let Some(session) = session {
        let to = if session.organization().is_some() { "/invoices" } else { "/organizations" };
        return Redirect::to(to).into_response();
    }
    let content = html! {
        h1 { "billing" }
        p { "Invoices of several organizations, each for itself." }
        p { a.button href="/login" { "Sign in" } }
        @if accounts.development {
            p.warning role="note" {
                strong { "For development." }
                " People sign in at a provider that is part of this program: anybody may be anybody there."
            }
        }
    };
    page::outside("Sign in", content).into_response()
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct To {
    #[serde(default)]
    to: String,
    /// Whether the provider is to ask again, whatever session it has.
    again: Option<String>,
}

/// The address that begins a sign-in; `again`: at which the provider is to ask again.
pub(super) fn login(to: &ReturnTo, again: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("to", to.as_str());
    if again {
        query.append_pair("again", "yes");
    }
    format!("/login?{}", query.finish())
}

/// Where a step-up comes back to, and by what a callback knows one. It lies in the sign-in, which the gateway sealed.
const PROVED: &str = "/settings?proved";

/// `GET /login`: to the provider. From a page of another origin to a button first: a provider that knows the browser asks nothing,
/// and nobody is signed in without doing something for it.
pub(super) async fn begin(
    State(accounts): State<Arc<Accounts>>,
    Query(To { to, again }): Query<To>,
    headers: HeaderMap,
) -> Response {
    let (to, again) = (ReturnTo::or_root(&to), again.is_some());
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        let content = html! {
            h1 { "Sign in" }
            p { "Another site led you here." }
            p { a.button href=(login(&to, again)) { "Sign in" } }
        };
        return page::outside("Sign in", content).into_response();
    }
    let request = LoginRequest::to(to);
    to_the_provider(&accounts, if again { request.again() } else { request }).await
}

/// `GET /settings/prove`: to the provider, to prove anew who it is.
pub(super) async fn prove(State(accounts): State<Arc<Accounts>>, _: Session) -> Response {
    to_the_provider(&accounts, LoginRequest::to(ReturnTo::or_root(PROVED)).within(FRESH)).await
}

async fn to_the_provider(accounts: &Accounts, request: LoginRequest) -> Response {
    let begun = match accounts.oidc.begin(request) {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(%error, "a sign-in could not begin");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    // A name of its own, so that two tabs do not overwrite each other's.
    let (name, secret) = (cookie_name(begun.transaction.key()), begun.browser.expose_secret());
    let cookie = format!("{name}={secret}; {ATTRIBUTES}; Max-Age={}", accounts.logins.life().as_secs());
    if let Err(refused) = accounts.logins.keep(begun.transaction).await {
        return refused.into_response();
    }
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(begun.location.as_str())).into_response()
}

/// `GET /login/callback`: back from the provider. Always a new session, whatever the browser had; but after a step-up the same
/// session under a new id, if the same person proved it.
pub(super) async fn finish(
    State(accounts): State<Arc<Accounts>>,
    RawQuery(query): RawQuery,
    before: Option<Session>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (signed, cookie) = match proved(&accounts, query.as_deref().unwrap_or_default(), &headers).await? {
        Outcome::Signed(signed, cookie) => (*signed, cookie),
        Outcome::Refused => return Ok(did_not_succeed()),
        Outcome::TooOld { to, asked } => return Ok(too_old(&to, asked)),
    };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let sessions = accounts.gateway.sessions();
    let (_, session) = match &before {
        Some(before) if signed.return_to.as_str() == PROVED => sessions.raise(before, &signed.signed_in).await?,
        _ => sessions.sign_in(&signed.signed_in, before.as_ref(), agent).await?,
    };
    let used = format!("{cookie}=; {ATTRIBUTES}; Max-Age=0");
    let to = Redirect::to(signed.return_to.as_str());
    Ok((session, AppendHeaders([(header::SET_COOKIE, used)]), to).into_response())
}

/// What came of a callback.
enum Outcome {
    /// Who the provider says it is, and the cookie that was used up.
    Signed(Box<SignIn>, String),
    /// The reason is for the log.
    Refused,
    /// The person proved too long ago who it is. `asked`: although the provider was to ask again.
    TooOld { to: ReturnTo, asked: bool },
}

async fn proved(accounts: &Accounts, query: &str, headers: &HeaderMap) -> Result<Outcome, Refused> {
    let refused = |why: &dyn std::fmt::Display| tracing::info!(%why, "a sign-in was refused");
    let Ok(callback) = accounts.oidc.callback(query).inspect_err(|why| refused(why)) else {
        return Ok(Outcome::Refused);
    };
    let name = cookie_name(callback.key());
    // Taken out before anything else is looked at, whatever comes of it.
    let transaction = match accounts.logins.take(&callback).await {
        Ok(transaction) => transaction,
        Err(unknown) if unknown.reason() == Reason::SignInUnknown => return Ok(Outcome::Refused),
        Err(failed) => return Err(failed),
    };
    let (browser, to) = (cookie(headers, &name).unwrap_or_default(), transaction.return_to());
    let signed = accounts.oidc.finish(transaction, &browser, callback).await;
    Ok(match signed.inspect_err(|why| refused(why)) {
        Ok(signed) => Outcome::Signed(Box::new(signed), name),
        Err(SignInError::Token(TokenRefusal::AuthTime)) => Outcome::TooOld { to, asked: false },
        Err(SignInError::Token(TokenRefusal::NotAskedAgain)) => Outcome::TooOld { to, asked: true },
        Err(_) => Outcome::Refused,
    })
}

fn did_not_succeed() -> Response {
    let content = html! {
        h1 { "The sign-in did not succeed" }
        p { "It was cancelled or took too long, or the answer did not belong to it." }
        p { a.button href="/login" { "Sign in again" } }
    };
    (StatusCode::FORBIDDEN, page::outside("Sign in", content)).into_response()
}

/// The provider answered with a proof of long ago. An ordinary sign-in would bring the same one for ever.
fn too_old(to: &ReturnTo, asked: bool) -> Response {
    let again = if to.as_str() == PROVED { "/settings/prove".to_owned() } else { login(to, true) };
    let content = html! {
        h1 { "Prove again who you are" }
        @if asked {
            p { "The identity provider was to ask you again, and did not. Sign out there first, then sign in here." }
            p { "If that does not help, tell the people who run this service." }
        } @else {
            p { "You signed in at the identity provider a while ago, and this service needs a newer proof. The provider will ask you \
                 again." }
        }
        p { a.button href=(again) { "Prove it again" } }
    };
    (StatusCode::FORBIDDEN, page::outside("Sign in", content)).into_response()
}

fn cookie_name(key: &str) -> String {
    format!("__Host-billing-login-{}", key.get(..16).unwrap_or(key))
}

/// The one cookie of a name; none when there are two.
fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(one, _)| *one == name).map(|(_, value)| value);
    let value = values.next()?;
    values.next().is_none().then(|| value.to_owned().into())
}
