//! **For development only**: an OpenID Connect provider at which any visitor can sign in as any user.
//!
//! It speaks the protocol as a real one does (discovery, key set, authorization code with S256, `iss` in the callback, signed
//! id tokens, logout), so that the sign-in goes through `tenancy_gateway::oidc` and not around it. It asks for no password. It
//! is served on loopback only, for one client with one redirect address, and its issuer's name says what it is for.

mod authorize;
mod page;
mod token;

use crate::StartError;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The one client's name.
pub(crate) const CLIENT: &str = "billing";
/// The issuer's path.
const PATH: &str = "/for-development";
const KEY_ID: &str = "development";
/// How many sign-ins may be under way.
const KEPT: usize = 1_000;

/// The provider.
pub(crate) struct Provider {
    issuer: String,
    redirect: String,
    after_logout: String,
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// Waiting for a person to be chosen.
    asked: Once<authorize::Asked>,
    /// Chosen: a code that was not exchanged yet.
    codes: Once<token::Granted>,
}

/// The issuer of a provider at an address.
pub(crate) fn issuer(address: SocketAddr) -> String {
    format!("http://{address}{PATH}")
}

/// The provider's pages and endpoints, for the service at `public_url`.
pub(crate) fn router(address: SocketAddr, public_url: &str) -> Result<Router, StartError> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
        .map_err(|_| StartError::Usage("the system has no randomness".to_owned()))?;
    let provider = Arc::new(Provider {
        issuer: issuer(address),
        redirect: format!("{public_url}/login/callback"),
        after_logout: format!("{public_url}/"),
        key,
        random: SystemRandom::new(),
        asked: Once::new(Duration::from_secs(600)),
        codes: Once::new(Duration::from_secs(60)),
    });
    let inside = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize::ask).post(authorize::choose))
        .route("/token", post(token::exchange))
        .route("/logout", get(authorize::logout))
        .route("/style.css", get(crate::web::style))
        .layer(middleware::from_fn_with_state(
            (Arc::clone(&provider), HeaderValue::from_str(&address.to_string()).ok()),
            guarded,
        ))
        .with_state(provider);
    Ok(Router::new().nest(PATH, inside))
}

/// Only by its own name, so that no name that leads to loopback reaches it; nothing is kept or framed.
async fn guarded(
    State((provider, host)): State<(Arc<Provider>, Option<HeaderValue>)>,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().get(header::HOST) != host.as_ref() {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Chromium holds the redirect that answers a form against `form-action` too.
    let client = provider.after_logout.trim_end_matches('/');
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {client}; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "end_session_endpoint": at("/logout"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    // An uncompressed point: 4, then the two coordinates.
    let point = provider.key.public_key().as_ref();
    let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": KEY_ID, "use": "sig", "alg": "ES256"
    }] }))
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// 256 random bits as text.
fn random() -> Option<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(encode(bytes))
}

/// Things under random names, each taken once and in time.
struct Once<T> {
    life: Duration,
    kept: Mutex<HashMap<String, (Instant, T)>>,
}

impl<T> Once<T> {
    fn new(life: Duration) -> Self {
        Self { life, kept: Mutex::default() }
    }

    /// The name, or none when too many are kept.
    fn keep(&self, thing: T) -> Option<String> {
        let name = random()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| at.elapsed() < self.life);
        if kept.len() >= KEPT {
            return None;
        }
        kept.insert(name.clone(), (Instant::now(), thing));
        Some(name)
    }

    fn take(&self, name: &str) -> Option<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(name).filter(|(at, _)| at.elapsed() < self.life).map(|(_, thing)| thing)
    }
}
