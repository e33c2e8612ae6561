//! Signing in, at the identity provider.

use super::login_cookie::{self, Begun};
use super::page_error::PageError;
use super::{Accounts, page};
use crate::front::FRESH;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use std::sync::Arc;
use tenancy_gateway::oidc::{LoginRequest, ReturnTo, SignIn, SignInError, TokenError};
use tenancy_gateway::{Rejection, RejectionReason, Session};

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
                " People sign in at a provider that is part of this program: any visitor can sign in as any user there."
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

/// A longer address is not come back to, in bytes: it lies in the sign-in's cookie.
const LONGEST: usize = 1000;

/// What a sign-in is for that begins a session. It lies in the seal of the sign-in, as a step-up's does: nothing in an address
/// makes the one the other.
const SIGN_IN: &str = "sign-in";

/// Where a step-up begins.
const PROVE: &str = "/settings/prove";
/// Where it comes back to, unless the page that asked for it says otherwise.
const SETTINGS: &str = "/settings";

/// The address that begins a step-up, which comes back to this path.
fn proof(to: &ReturnTo) -> String {
    if to.as_str() == SETTINGS {
        return PROVE.to_owned();
    }
    let to = form_urlencoded::Serializer::new(String::new()).append_pair("to", to.as_str()).finish();
    format!("{PROVE}?{to}")
}

/// What a step-up is for: this session, and no other.
fn step_up(session: &Session) -> String {
    format!("step-up of {}", session.handle())
}

/// Whether a page of another origin led here.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

/// A button in place of what another origin's page led to: a provider that knows the browser asks nothing, and no user is signed
/// in, or given cookies for it, without doing something for it.
fn button(title: &str, href: &str) -> Response {
    let content = html! {
        h1 { (title) }
        p { "Another site led you here." }
        p { a.button href=(href) { (title) } }
    };
    page::outside(title, content).into_response()
}

/// `GET /login`: to the provider.
pub(super) async fn begin(
    State(accounts): State<Arc<Accounts>>,
    Query(To { to, again }): Query<To>,
    headers: HeaderMap,
) -> Response {
    let to = if to.len() > LONGEST { ReturnTo::default() } else { ReturnTo::or_root(&to) };
    if from_elsewhere(&headers) {
        return button("Sign in", &login(&to, again.is_some()));
    }
    let request = LoginRequest::return_to(to);
    let request = if again.is_some() { request.prompt_login() } else { request };
    to_the_provider(&accounts, &headers, request, None).await
}

/// `GET /settings/prove`: to the provider, to prove again who it is.
pub(super) async fn prove(
    State(accounts): State<Arc<Accounts>>,
    session: Session,
    Query(To { to, .. }): Query<To>,
    headers: HeaderMap,
) -> Response {
    let to = if to.is_empty() || to.len() > LONGEST { SETTINGS } else { &to };
    let to = ReturnTo::or_root(to);
    if from_elsewhere(&headers) {
        return button("Prove who you are", &proof(&to));
    }
    let request = LoginRequest::return_to(to).max_age(FRESH);
    to_the_provider(&accounts, &headers, request, Some(&session)).await
}

/// `raised` is the session that a step-up is for.
async fn to_the_provider(
    accounts: &Accounts,
    headers: &HeaderMap,
    request: LoginRequest,
    raised: Option<&Session>,
) -> Response {
    let begun = match accounts.oidc.begin(request) {
        Ok(begun) => begun,
        Err(error) => {
            tracing::error!(%error, "a sign-in could not begin");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let key = begun.transaction.key().to_owned();
    let purpose = raised.map_or(SIGN_IN.to_owned(), step_up);
    let sealed = match accounts.logins.seal_for_browser(begun.transaction, &purpose) {
        Ok(sealed) => sealed,
        Err(refused) => return refused.into_response(),
    };
    let cookie = Begun { step_up: raised.is_some(), browser: begun.browser, sealed };
    let cookies = login_cookie::given(headers, &key, &cookie, accounts.logins.life());
    let cookies = AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    (cookies, Redirect::to(begun.location.as_str())).into_response()
}

/// `GET /login/callback`: back from the provider. Always a new session, whatever the browser had; but after a step-up the same
/// session under a new id, if the same person proved it.
pub(super) async fn finish(
    State(accounts): State<Arc<Accounts>>,
    RawQuery(query): RawQuery,
    before: Option<Session>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let end = proved(&accounts, query.as_deref().unwrap_or_default(), before.as_ref(), &headers).await?;
    let (signed, purpose, key) = match end {
        End::Proved(signed, purpose, key) => (signed, purpose, key),
        // Reloaded, or gone back to: the user who is signed in goes on with the work.
        End::Unknown if before.is_some() => return Ok(Redirect::to("/").into_response()),
        End::Unknown | End::Refused => return Ok(did_not_succeed()),
        End::TooOld { again, asked } => return Ok(too_old(&again, asked)),
    };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let sessions = accounts.gateway.sessions();
    let (_, session) = match &before {
        Some(before) if purpose == step_up(before) => sessions.step_up(before, &signed.signed_in).await?,
        _ => sessions.sign_in(&signed.signed_in, before.as_ref(), agent).await?,
    };
    let to = Redirect::to(signed.return_to.as_str());
    let used = AppendHeaders([(header::SET_COOKIE, login_cookie::used(&key))]);
    Ok((session, used, to).into_response())
}

/// What came of a sign-in.
enum End {
    /// Who the provider says it is, what that is for, and the sign-in's key.
    Proved(Box<SignIn>, String, String),
    /// It was not begun in this browser, or came back before.
    Unknown,
    /// It was refused. The reason is for the log.
    Refused,
    /// The person proved too long ago who it is. `again` begins once more; `asked`: although the provider was to ask again.
    TooOld { again: String, asked: bool },
}

async fn proved(
    accounts: &Accounts,
    query: &str,
    before: Option<&Session>,
    headers: &HeaderMap,
) -> Result<End, Rejection> {
    let refused = |why: &dyn std::fmt::Display| tracing::info!(%why, "a sign-in was refused");
    let Ok(callback) = accounts.oidc.callback(query).inspect_err(|why| refused(why)) else {
        return Ok(End::Refused);
    };
    let key = callback.key().to_owned();
    let Some(begun) = login_cookie::brought(headers, &key) else { return Ok(End::Unknown) };
    let purpose = match before {
        Some(session) if begun.step_up => step_up(session),
        _ => SIGN_IN.to_owned(),
    };
    // Taken before anything else is looked at, whatever comes of it.
    let transaction = match accounts.logins.take_from(&begun.sealed, &callback, &purpose).await {
        Ok(transaction) => transaction,
        Err(unknown) if unknown.reason() == RejectionReason::SignInUnknown => return Ok(End::Unknown),
        Err(failed) => return Err(failed),
    };
    let again = if begun.step_up { proof(&transaction.return_to()) } else { login(&transaction.return_to(), true) };
    let signed = accounts.oidc.finish(transaction, &begun.browser, callback).await;
    Ok(match signed.inspect_err(|why| refused(why)) {
        Ok(signed) => End::Proved(Box::new(signed), purpose, key),
        Err(SignInError::Token(TokenError::AuthTime)) => End::TooOld { again, asked: false },
        Err(SignInError::Token(TokenError::NotAskedAgain)) => End::TooOld { again, asked: true },
        Err(_) => End::Refused,
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
fn too_old(again: &str, asked: bool) -> Response {
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
