//! Two providers from PyPI, of other hands than the certified one: Canaille and django-oauth-toolkit, each started by its program
//! in `python/`, one process a test. They sign in, step up, refresh and sign out with settings that the guide names; what differs
//! between them is in each test.

use crate::oidc::browser::Browser;
use crate::oidc::real::{AFTER_LOGOUT, CLIENT, REDIRECT};
use openidconnect::url::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tenancy_gateway::VerifiedIdentity;
use tenancy_gateway::oidc::{
    Callback, LoginRequest, LogoutRedirect, OidcClient, OidcConfig, SignIn, SignInError, TokenError,
};

/// What a form of theirs asks for.
const WHO: [(&str, &str); 3] = [("login", "alice"), ("username", "alice"), ("password", "a-password")];
/// Every character of which headers and forms differ in opinion.
const SECRET: &str = "a+b/c=d:e%f g";

/// A running provider. It ends with this value: its standard input closes.
struct Python {
    issuer: String,
    process: Child,
}

impl Python {
    /// `canaille` or `toolkit`.
    fn start(name: &str, secret: &str, secret_in: &str) -> Python {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let requirements = tests.join(format!("oidc/python/{name}.txt"));
        let fetched =
            Command::new(tests.join("../crates/test-support/python.sh")).arg(requirements).output().expect("bash runs");
        let said = String::from_utf8_lossy(&fetched.stderr);
        assert!(fetched.status.success(), "these tests run providers from PyPI, and need it once: {said}");
        let settings = json!({ "client": CLIENT, "secret": secret, "redirect": REDIRECT, "afterLogout": AFTER_LOGOUT,
            "secretIn": secret_in });
        let mut process = Command::new("python3")
            .arg(tests.join(format!("oidc/python/{name}_provider.py")))
            .arg(settings.to_string())
            .env("PYTHONPATH", String::from_utf8(fetched.stdout).unwrap().trim())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let issuer = lines.find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let issuer = issuer.expect("the provider did not start: what it said is above");
        std::thread::spawn(move || lines.for_each(drop));
        Python { issuer, process }
    }

    fn config(&self) -> OidcConfig {
        let config = OidcConfig::new(&self.issuer, CLIENT, REDIRECT).plain_http_on_loopback();
        config.after_logout(AFTER_LOGOUT).secret(SECRET.into())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A sign-in from beginning to end, and how many pages asked for something.
async fn sign_in(
    client: &OidcClient,
    browser: &mut Browser,
    request: LoginRequest,
) -> (Result<SignIn, SignInError>, usize) {
    let begun = client.begin(request).unwrap();
    let filled = browser.fill_in(begun.location, &WHO).await;
    let callback = Callback::parse(filled.address.query().unwrap()).unwrap();
    (client.finish(begun.transaction, &begun.browser, callback).await, filled.asked)
}

async fn signed_in(client: &OidcClient, browser: &mut Browser, request: LoginRequest) -> (VerifiedIdentity, usize) {
    let (done, asked) = sign_in(client, browser, request).await;
    (done.unwrap().signed_in, asked)
}

/// A later sign-in asks nothing, a step-up does; a refresh token buys once; a sign-out ends there too and comes back.
async fn the_whole_way(client: &OidcClient) {
    let mut browser = Browser::new();
    let (first, asked) = signed_in(client, &mut browser, LoginRequest::default()).await;
    assert!(asked > 0 && !first.subject.is_empty() && first.authenticated_at.is_some());
    let (silent, asked) = signed_in(client, &mut browser, LoginRequest::default()).await;
    assert_eq!((asked, silent.authenticated_at), (0, first.authenticated_at), "by the provider's session");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (raised, asked) = signed_in(client, &mut browser, LoginRequest::default().max_age(Duration::ZERO)).await;
    assert!(asked > 0 && raised.authenticated_at > first.authenticated_at && raised.subject == first.subject);

    let refreshed = client.refresh(&raised).await.unwrap();
    assert!(refreshed.rotated);
    let mut kept = VerifiedIdentity { refresh_token: Some(refreshed.refresh_token), ..raised.clone() };
    kept.id_token = refreshed.id_token.or(raised.id_token.clone());
    client.refresh(&kept).await.unwrap();
    let over = VerifiedIdentity { refresh_token: Some("made-up".into()), ..raised };
    assert!(client.refresh(&over).await.unwrap_err().ends_session());

    let out = sign_out(client, &mut browser, kept.id_token.as_ref()).await;
    assert!(out.as_str().starts_with(AFTER_LOGOUT), "{out}");
    let (again, asked) = signed_in(client, &mut browser, LoginRequest::default()).await;
    assert!(asked > 0, "signed out there");
    // A hint that has expired is left out, and the way back is found without one.
    let old = expired(again.id_token.as_ref().unwrap());
    let out = sign_out(client, &mut browser, Some(&old)).await;
    assert!(out.as_str().starts_with(AFTER_LOGOUT), "{out}");
}

async fn sign_out(client: &OidcClient, browser: &mut Browser, hint: Option<&SecretString>) -> Url {
    let to: LogoutRedirect = client.logout(hint).unwrap();
    browser.fill_in(Url::parse(to.location()).unwrap(), &[("answer", "logout"), ("allow", "yes")]).await.address
}

/// The same token, as it would be later: what the client reads of it is its end.
fn expired(token: &SecretString) -> SecretString {
    let mut parts: Vec<_> = token.expose_secret().split('.').map(str::to_owned).collect();
    parts[1] = crate::oidc::forge::encode(r#"{"exp":1}"#);
    parts.join(".").into()
}

/// `auth_time` with a fraction; a client that is registered for one place of its secret, and a secret with odd characters: in the
/// body, as its registration says and as is chosen for such a secret.
#[tokio::test]
async fn canaille_signs_in_steps_up_refreshes_and_signs_out() {
    let provider = Python::start("canaille", SECRET, "client_secret_post");
    let client = OidcClient::discover(provider.config()).await.unwrap();
    the_whole_way(&client).await;
    // It takes notice of `max_age` too.
    let config = provider.config().max_age(Duration::from_secs(1));
    let client = OidcClient::discover(config).await.unwrap();
    let mut browser = Browser::new();
    let (first, _) = signed_in(&client, &mut browser, LoginRequest::default()).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let (second, asked) = signed_in(&client, &mut browser, LoginRequest::default()).await;
    assert!(asked > 0 && second.authenticated_at > first.authenticated_at);
}

/// It takes no notice of `max_age` and does ask when it is told to.
#[tokio::test]
async fn django_oauth_toolkit_signs_in_steps_up_refreshes_and_signs_out() {
    let provider = Python::start("toolkit", SECRET, "any");
    let client = OidcClient::discover(provider.config()).await.unwrap();
    the_whole_way(&client).await;
    let mut limits = crate::oidc::liar::quick();
    (limits.skew, limits.request) = (Duration::from_secs(1), Duration::from_secs(10));
    let config = provider.config().limits(limits).max_age(Duration::from_secs(1));
    let client = OidcClient::discover(config).await.unwrap();
    let mut browser = Browser::new();
    signed_in(&client, &mut browser, LoginRequest::default()).await;
    tokio::time::sleep(Duration::from_millis(3100)).await;
    let (old, asked) = sign_in(&client, &mut browser, LoginRequest::default()).await;
    assert_eq!((old.unwrap_err(), asked), (SignInError::Token(TokenError::AuthTime), 0));
    let (_, asked) = signed_in(&client, &mut browser, LoginRequest::default().prompt_login()).await;
    assert!(asked > 0, "after that refusal it is asked in the other way, and nobody is locked out");
}
