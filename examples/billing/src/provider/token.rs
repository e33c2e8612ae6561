//! The token endpoint.

use super::authorize::Asked;
use super::{CLIENT, KEY_ID, Provider, encode, random};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How long an id token is good for, in seconds.
const LIFE: u64 = 300;

/// Who was chosen, for which request.
pub(super) struct Granted {
    pub(super) asked: Asked,
    pub(super) subject: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    code_verifier: String,
}

/// `POST /token`. A code is good for one try, right or wrong.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, Form(form): Form<Exchange>) -> Response {
    if form.grant_type != "authorization_code" {
        return refused("unsupported_grant_type");
    }
    if form.client_id != CLIENT {
        return refused("invalid_client");
    }
    let granted = provider.codes.take(&form.code);
    let challenge = encode(digest(&SHA256, form.code_verifier.as_bytes()));
    let granted =
        granted.filter(|granted| granted.asked.challenge == challenge && form.redirect_uri == provider.redirect);
    let Some(granted) = granted else { return refused("invalid_grant") };
    let tokens = random().zip(provider.id_token(&granted));
    let Some((access, id)) = tokens else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    Json(json!({ "access_token": access, "token_type": "Bearer", "expires_in": LIFE, "id_token": id })).into_response()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

impl Provider {
    fn id_token(&self, granted: &Granted) -> Option<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let header = json!({ "alg": "ES256", "kid": KEY_ID, "typ": "JWT" });
        let claims = json!({
            "iss": self.issuer, "sub": granted.subject, "aud": CLIENT, "nonce": granted.asked.nonce,
            "iat": now, "exp": now + LIFE, "auth_time": now, "sid": random()?,
        });
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", encode(signature)))
    }
}
