//! A provider that says whatever a test wants it to say.

use super::forge::{self, Key};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy_gateway::oidc::{Begun, Callback, LoginRequest, OidcClient, OidcConfig, PendingLogin};
use tenancy_gateway::oidc::{Limits, SignIn, SignInError};

pub const CLIENT: &str = "billing";
pub const REDIRECT: &str = "http://127.0.0.1:9/callback";
pub const KEY: &str = "key-1";
pub const ACCESS: &str = "an-access-token";

/// What one path answers.
#[derive(Clone)]
pub enum Answer {
    Json(String),
    Page(u16, &'static str, &'static str),
    Redirect(String),
    Compressed(String),
    /// As `Json`, after a while.
    Slow(Duration, String),
    /// Spaces without a declared length, then an object.
    Endless(usize),
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, Answer>,
    hits: HashMap<String, usize>,
    /// The client's secrets that its token endpoint takes, once it asks for one; and those that it was shown.
    knows: Option<Vec<&'static str>>,
    shown: Vec<String>,
}

impl Script {
    /// The header as it is, without decoding what the client form-encoded, as many providers read it; or the body's form.
    fn is_shown(&mut self, known: &[&str], headers: &HeaderMap, body: &[u8]) -> bool {
        let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let account = STANDARD.decode(basic.unwrap_or_default()).unwrap();
        let in_header = String::from_utf8(account).unwrap().trim_start_matches(&format!("{CLIENT}:")).to_owned();
        let mut form = reqwest::Url::parse("http://form").unwrap();
        form.set_query(std::str::from_utf8(body).ok());
        let in_body = form.query_pairs().find(|(name, _)| name == "client_secret").map(|(_, value)| value.into_owned());
        let secret = in_body.unwrap_or(in_header);
        self.shown.push(secret.clone());
        known.contains(&secret.as_str())
    }
}

/// The provider.
pub struct Liar {
    pub issuer: String,
    script: Arc<Mutex<Script>>,
}

/// When a subject proved who it is, in seconds since 1970.
pub fn seconds(proof: Option<SystemTime>) -> u64 {
    proof.expect("a proof").duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Liar {
    /// Starts one that is honest so far.
    pub async fn start() -> Liar {
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let liar = Liar { issuer, script };
        liar.says("/.well-known/openid-configuration", liar.discovery().to_string());
        liar.says("/keys", json!({ "keys": [Key::main().public(KEY)] }).to_string());
        liar
    }

    /// Honest metadata.
    pub fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "end_session_endpoint": at("/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "ES384", "EdDSA", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    pub fn says(&self, path: &str, document: String) {
        self.answers(path, Answer::Json(document));
    }

    pub fn answers(&self, path: &str, answer: Answer) {
        self.script.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// Metadata with one thing changed.
    pub fn discovers(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.discovery();
        change(&mut document);
        self.says("/.well-known/openid-configuration", document.to_string());
    }

    /// How often a path was asked for.
    pub fn hits(&self, path: &str) -> usize {
        self.script.lock().unwrap().hits.get(path).copied().unwrap_or(0)
    }

    /// The token endpoint takes a client with one of these secrets alone from now on.
    pub fn knows(&self, secrets: &[&'static str]) {
        self.script.lock().unwrap().knows = Some(secrets.to_vec());
    }

    /// The secrets that the token endpoint was shown since it was asked last.
    pub fn shown(&self) -> Vec<String> {
        std::mem::take(&mut self.script.lock().unwrap().shown)
    }

    pub fn config(&self) -> OidcConfig {
        OidcConfig::new(&self.issuer, CLIENT, REDIRECT).plain_http_on_loopback().limits(quick())
    }

    pub async fn client(&self) -> OidcClient {
        OidcClient::discover(self.config()).await.expect("honest so far")
    }

    /// Signs in; the token endpoint answers with what `token` makes of the honest claims.
    pub async fn sign_in(&self, token: impl FnOnce(Value) -> String) -> Result<SignIn, SignInError> {
        self.sign_in_at(&self.client().await, LoginRequest::default(), token).await
    }

    /// The same at a client, and with a request, of the test's own.
    pub async fn sign_in_at(
        &self,
        client: &OidcClient,
        request: LoginRequest,
        token: impl FnOnce(Value) -> String,
    ) -> Result<SignIn, SignInError> {
        let attempt = Attempt::begin(client, request);
        self.gives(&token(attempt.claims(self)));
        attempt.finish(client, &self.issuer).await
    }

    /// What the token endpoint gives: this id token.
    pub fn gives(&self, id_token: &str) {
        let answer = json!({ "access_token": ACCESS, "token_type": "Bearer", "expires_in": 60, "id_token": id_token });
        self.says("/token", answer.to_string());
    }
}

/// Bounds that a test can wait for.
pub fn quick() -> Limits {
    let mut limits = Limits::default();
    limits.request = Duration::from_millis(600);
    limits.key_pause = Duration::from_millis(20);
    limits
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let answer = {
        let mut script = script.lock().unwrap();
        *script.hits.entry(path.clone()).or_default() += 1;
        match script.knows.clone().filter(|_| path == "/token") {
            Some(known) if !script.is_shown(&known, &parts.headers, &body) => {
                Some(Answer::Page(401, "application/json", r#"{"error":"invalid_client"}"#))
            }
            _ => script.answers.get(&path).cloned(),
        }
    };
    let json = |body: Body| Response::builder().header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
    match answer {
        None => Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap(),
        Some(Answer::Json(document)) => json(document.into()),
        Some(Answer::Page(status, kind, text)) => {
            Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(text.into()).unwrap()
        }
        Some(Answer::Redirect(to)) => {
            Response::builder().status(StatusCode::FOUND).header(header::LOCATION, to).body(Body::empty()).unwrap()
        }
        Some(Answer::Compressed(document)) => {
            let mut answer = json(document.into());
            answer.headers_mut().insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
            answer
        }
        Some(Answer::Slow(wait, document)) => {
            tokio::time::sleep(wait).await;
            json(document.into())
        }
        Some(Answer::Endless(bytes)) => json(Body::from_stream(Spaces(bytes))),
    }
}

/// Spaces in pieces, so that no length is declared.
struct Spaces(usize);

impl futures_core::Stream for Spaces {
    type Item = Result<Vec<u8>, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.0.min(64 * 1024);
        self.0 -= piece;
        Poll::Ready((piece > 0).then(|| Ok(vec![b' '; piece])))
    }
}

/// A sign-in that was begun, and what its address said.
pub struct Attempt {
    pub transaction: PendingLogin,
    pub browser: SecretString,
    pub state: String,
    pub nonce: String,
}

impl Attempt {
    pub fn begin(client: &OidcClient, request: LoginRequest) -> Attempt {
        let Begun { location, transaction, browser, .. } = client.begin(request).unwrap();
        let query: HashMap<String, String> = location.query_pairs().into_owned().collect();
        Attempt { transaction, browser, state: query["state"].clone(), nonce: query["nonce"].clone() }
    }

    /// Claims that are accepted.
    pub fn claims(&self, liar: &Liar) -> Value {
        json!({
            "iss": liar.issuer, "sub": "alice", "aud": CLIENT, "nonce": self.nonce,
            "iat": now(), "exp": now() + 300, "auth_time": now(), "sid": "provider-session",
        })
    }

    pub fn query(&self, issuer: &str) -> String {
        format!("code=a-code&state={}&iss={issuer}", self.state)
    }

    pub async fn finish(self, client: &OidcClient, issuer: &str) -> Result<SignIn, SignInError> {
        let callback = Callback::parse(&self.query(issuer)).unwrap();
        client.finish(self.transaction, &self.browser, callback).await
    }
}

/// Signed as the provider signs.
pub fn signed(claims: &Value) -> String {
    forge::token(Key::main(), &header(), &claims.to_string())
}

pub fn header() -> Value {
    json!({ "alg": "RS256", "kid": KEY, "typ": "JWT" })
}
