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
use tenancy::gateway::oidc::{Callback, LoginRequest, ReturnTo, SignIn};
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
}

/// Where a step-up comes back to, and by what a callback knows one. It lies in the sign-in, which the gateway sealed.
const PROVED: &str = "/settings?proved";

/// `GET /login`: to the provider. From a page of another origin to a button first: a provider that knows the browser asks nothing,
/// and nobody is signed in without doing something for it.
pub(super) async fn begin(
    State(accounts): State<Arc<Accounts>>,
    Query(To { to }): Query<To>,
    headers: HeaderMap,
) -> Response {
    let to = ReturnTo::or_root(&to);
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        let login = format!(
            "/login?{}",
            form_urlencoded::Serializer::new(String::new()).append_pair("to", to.as_str()).finish()
        );
        let content = html! {
            h1 { "Sign in" }
            p { "Another site led you here." }
            p { a.button href=(login) { "Sign in" } }
        };
        return page::outside("Sign in", content).into_response();
    }
    to_the_provider(&accounts, LoginRequest::to(to)).await
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
    let Some((signed, cookie)) = proved(&accounts, query.as_deref().unwrap_or_default(), &headers).await? else {
        let content = html! {
            h1 { "The sign-in did not succeed" }
            p { "It was cancelled or took too long, or the answer did not belong to it." }
            p { a.button href="/login" { "Sign in again" } }
        };
        return Ok((StatusCode::FORBIDDEN, page::outside("Sign in", content)).into_response());
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

/// Who the provider says it is, and the cookie that was used up. The reason of a refusal is for the log.
async fn proved(accounts: &Accounts, query: &str, headers: &HeaderMap) -> Result<Option<(SignIn, String)>, Refused> {
    let refused = |why: &dyn std::fmt::Display| tracing::info!(%why, "a sign-in was refused");
    let Ok(callback) = Callback::parse(query).inspect_err(|why| refused(why)) else { return Ok(None) };
    let name = cookie_name(callback.key());
    // Taken out before anything else is looked at, whatever comes of it.
    let transaction = match accounts.logins.take(&callback).await {
        Ok(transaction) => transaction,
        Err(unknown) if unknown.reason() == Reason::SignInUnknown => return Ok(None),
        Err(failed) => return Err(failed),
    };
    let browser = cookie(headers, &name).unwrap_or_default();
    let signed = accounts.oidc.finish(transaction, &browser, callback).await;
    Ok(signed.inspect_err(|why| refused(why)).ok().map(|signed| (signed, name)))
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
