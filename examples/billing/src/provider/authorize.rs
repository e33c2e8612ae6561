//! Who is it? A page with a button for each person of the demonstration.

use super::token::Granted;
use super::{CLIENT, Provider, page};
use crate::demo::PEOPLE;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// What the client asked for; checked.
pub(super) struct Asked {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) challenge: String,
}

/// What a client may ask for. What is not named here is ignored, as the standard wants it.
#[derive(Deserialize)]
pub(super) struct Wanted {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl Wanted {
    fn check(self) -> Result<Asked, &'static str> {
        if self.response_type.as_deref() != Some("code") {
            return Err("unsupported_response_type");
        }
        if !self.scope.is_some_and(|scope| scope.split(' ').any(|one| one == "openid")) {
            return Err("invalid_scope");
        }
        let challenge = self.code_challenge.filter(|challenge| challenge.len() == 43);
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        match (self.code_challenge_method.as_deref(), challenge, said(self.state), said(self.nonce)) {
            (Some("S256"), Some(challenge), Some(state), Some(nonce)) => Ok(Asked { state, nonce, challenge }),
            _ => Err("invalid_request"),
        }
    }
}

/// `GET /authorize`.
pub(super) async fn ask(State(provider): State<Arc<Provider>>, Query(wanted): Query<Wanted>) -> Response {
    // Before these two are right, nothing may be sent to the address.
    let known = wanted.client_id.as_deref() == Some(CLIENT)
        && wanted.redirect_uri.as_deref() == Some(provider.redirect.as_str());
    if !known {
        let text = "The client or its redirect address is not the one that is registered here.";
        return (StatusCode::BAD_REQUEST, page::message(text)).into_response();
    }
    let state = wanted.state.clone().unwrap_or_default();
    match wanted.check() {
        Err(error) => provider.back(&[("error", error), ("state", &state)]),
        Ok(asked) => match provider.asked.keep(asked) {
            Some(request) => page::choose(&request).into_response(),
            None => provider.back(&[("error", "temporarily_unavailable"), ("state", &state)]),
        },
    }
}

/// The button that was pressed.
#[derive(Deserialize)]
pub(super) struct Chosen {
    request: String,
    user: String,
}

/// `POST /authorize`.
pub(super) async fn choose(State(provider): State<Arc<Provider>>, Form(chosen): Form<Chosen>) -> Response {
    let Some(asked) = provider.asked.take(&chosen.request) else {
        let text = "This sign-in was answered already, or took too long. Begin again at the service.";
        return (StatusCode::BAD_REQUEST, page::message(text)).into_response();
    };
    let state = asked.state.clone();
    let Some(person) = PEOPLE.iter().find(|person| person.subject == chosen.user) else {
        return provider.back(&[("error", "access_denied"), ("state", &state)]);
    };
    match provider.codes.keep(Granted { asked, subject: person.subject }) {
        Some(code) => provider.back(&[("code", &code), ("state", &state)]),
        None => provider.back(&[("error", "temporarily_unavailable"), ("state", &state)]),
    }
}

/// Where the browser wants to go after a logout.
#[derive(Deserialize)]
pub(super) struct Left {
    post_logout_redirect_uri: Option<String>,
}

/// `GET /logout`. There is no session here to end: each sign-in asks again.
pub(super) async fn logout(State(provider): State<Arc<Provider>>, Query(left): Query<Left>) -> Response {
    match left.post_logout_redirect_uri {
        Some(address) if address == provider.after_logout => Redirect::to(&provider.after_logout).into_response(),
        _ => page::message("Signed out. The development provider keeps no session.").into_response(),
    }
}

impl Provider {
    /// Sends the browser back, with the issuer's name (RFC 9207).
    fn back(&self, answer: &[(&str, &str)]) -> Response {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(answer)
            .append_pair("iss", &self.issuer)
            .finish();
        Redirect::to(&format!("{}?{query}", self.redirect)).into_response()
    }
}
