//! A provider that is named by arguments, and what it may say.

use crate::browser::{Browser, Page, form};
use crate::liar::{self, KEY, Liar, now};
use crate::world::World;
use billing::{Args, start};
use clap::Parser as _;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// The service in front of another provider, of which the test plays the part that speaks to browsers.
async fn service(provider: &Liar) -> World {
    service_with(provider, &[]).await
}

/// The same with further arguments.
pub(crate) async fn service_with(provider: &Liar, more: &[&str]) -> World {
    let arguments =
        ["billing", "--listen", "127.0.0.1:0", "--oidc-issuer", &provider.issuer, "--oidc-client-id", "billing"];
    let arguments = arguments.into_iter().chain(["--add-member", "alice@freewheel"]).chain(more.iter().copied());
    let service = start(Args::try_parse_from(arguments).unwrap()).await.expect("it starts");
    assert!(service.provider().is_none(), "no development provider beside a real one");
    World::of(service)
}

/// Signs in with the claims that `change` makes of honest ones.
pub(crate) async fn sign_in(world: &World, provider: &Liar, change: impl FnOnce(&mut Value)) -> (Browser, Page) {
    let mut browser = Browser::new(world.url(), &provider.issuer);
    let page = sign_in_again(&mut browser, "/login", provider, change).await;
    (browser, page)
}

/// A member's sign-in at a service that runs elsewhere: the status in the end.
pub(crate) async fn sign_in_at(url: &str, provider: &Liar) -> u16 {
    let mut browser = Browser::new(url, &provider.issuer);
    sign_in_again(&mut browser, "/login", provider, |_| ()).await.status
}

/// In a browser that may have a session, from a page that leads to the provider.
pub(crate) async fn sign_in_again(
    browser: &mut Browser,
    from: &str,
    provider: &Liar,
    change: impl FnOnce(&mut Value),
) -> Page {
    let answer = browser.one(Method::GET, browser.address(from), None).await;
    let Ok(to) = answer.header("location").parse::<Url>() else { return answer };
    let said = |name: &str| to.query_pairs().find(|(one, _)| one == name).unwrap().1.into_owned();
    let mut claims = json!({
        "iss": provider.issuer, "sub": "alice", "aud": "billing", "nonce": said("nonce"),
        "iat": now(), "exp": now() + 300, "auth_time": now(), "sid": "provider-session",
    });
    change(&mut claims);
    provider.gives(&liar::signed(&claims));
    let query = form(&[("code", "a-code"), ("state", &said("state")), ("iss", &provider.issuer)]);
    browser.get(&format!("/login/callback?{query}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_signs_in_and_somebody_else_is_told_their_name() {
    let provider = Liar::start().await;
    let world = service(&provider).await;
    let (_, page) = sign_in(&world, &provider, |_| ()).await;
    assert!(page.status == 200 && page.text.contains("Freewheel"), "{}", page.text);
    let (_, page) = sign_in(&world, &provider, |claims| claims["sub"] = "4711".into()).await;
    assert!(page.text.contains("<code>4711</code>") && page.text.contains(&provider.issuer), "{}", page.text);
    // Nobody of the demonstration is a member here: the same subject at another issuer is somebody else.
    let (_, page) = sign_in(&world, &provider, |claims| claims["sub"] = "ada".into()).await;
    assert!(page.text.contains("a member of no organization yet"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_lies_signs_nobody_in() {
    let provider = Liar::start().await;
    let world = service(&provider).await;
    for (name, value) in [("aud", "another"), ("iss", "https://evil.example"), ("nonce", "another")] {
        let (mut browser, page) = sign_in(&world, &provider, |claims| claims[name] = value.into()).await;
        assert!(page.status == 403 && page.text.contains("did not succeed"), "{name}: {}", page.text);
        assert_eq!(browser.get("/invoices").await.status, 401, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_at_the_provider_ends_the_session_here() {
    let provider = Liar::start().await;
    let world = service(&provider).await;
    let (mut browser, _) = sign_in(&world, &provider, |_| ()).await;
    let (mut other, _) = sign_in(&world, &provider, |claims| claims["sid"] = "another-session".into()).await;
    let address = browser.address("/sign-out/back-channel");
    let say = async |token: &str| {
        let request = reqwest::Client::new().post(address.clone()).body(form(&[("logout_token", token)]));
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.status().as_u16()
    };
    let header = json!({ "alg": "RS256", "kid": KEY, "typ": "logout+jwt" });
    let claims = |jti: &str| {
        json!({
            "iss": provider.issuer, "aud": "billing", "iat": now(), "exp": now() + 60, "jti": jti, "sid": "provider-session",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        })
        .to_string()
    };
    let of = |key: &crate::forge::Key, jti: &str| crate::forge::token(key, &header, &claims(jti));
    assert_eq!(say(&of(crate::forge::Key::stranger(), "1")).await, 400);
    assert_eq!(say("rubbish").await, 400);
    assert_eq!(say(&"x".repeat(20_000)).await, 413);
    assert_eq!(browser.get("/invoices").await.status, 200);
    let right = of(crate::forge::Key::main(), "2");
    assert_eq!(say(&right).await, 200);
    assert_eq!(browser.get("/invoices").await.status, 401);
    assert_eq!(other.get("/invoices").await.status, 200, "another session of the same person goes on");
    assert_eq!(say(&right).await, 400, "once");
}

/// 7.5.2: a browser that was left open ends no other session, before its user has proved anew who it is.
#[tokio::test(flavor = "multi_thread")]
async fn other_sessions_are_ended_after_a_fresh_proof() {
    const OLD: u64 = 3600;
    let provider = Liar::start().await;
    let world = service(&provider).await;
    let old = |claims: &mut Value| claims["auth_time"] = (now() - OLD).into();
    let ((mut browser, _), (mut other, _)) =
        (sign_in(&world, &provider, old).await, sign_in(&world, &provider, old).await);
    let settings = browser.get("/settings").await;
    assert!(settings.text.contains("/settings/prove") && !settings.text.contains("/settings/end"), "{}", settings.text);
    // The forms that the page does not show are refused, and lead back to it.
    let handle = "00000000-0000-4000-8000-000000000000";
    for (path, fields) in [("/settings/end", &[("session", handle)][..]), ("/sign-out/everywhere", &[])] {
        let page = browser.post("/invoices", path, fields).await;
        assert!(page.status == 200 && page.at.path() == "/settings", "{path}: {} {}", page.status, page.at);
        assert_eq!((browser.get("/invoices").await.status, other.get("/invoices").await.status), (200, 200), "{path}");
    }
    // The provider is asked for a proof of 15 min, and an older one is not believed.
    let asked = browser.one(Method::GET, browser.address("/settings/prove"), None).await;
    assert!(asked.header("location").contains("max_age=900"), "{}", asked.header("location"));
    let mut before = browser.copy();
    let page = sign_in_again(&mut browser, "/settings/prove", &provider, old).await;
    assert_eq!(page.status, 403);
    let page =
        sign_in_again(&mut browser, "/settings/prove", &provider, |claims| claims["sub"] = "mallory".into()).await;
    assert_eq!(page.status, 403, "somebody else proves nothing");
    assert!(browser.get("/settings").await.text.contains("/settings/prove"));
    let page = sign_in_again(&mut browser, "/settings/prove", &provider, |_| ()).await;
    assert!(page.status == 200 && page.text.contains("/settings/end"), "{}", page.text);
    // The session has a new id; under the one before nothing is changed, and no proof counts.
    assert_eq!(before.post_as_is("/customers", &[("name", "late")]).await.status, 401);
    assert!(!before.get("/settings").await.text.contains("/settings/end"));
    let handle = page.field("session");
    assert_eq!(browser.post("/settings", "/settings/end", &[("session", &handle)]).await.status, 200);
    assert_eq!((browser.get("/invoices").await.status, other.get("/invoices").await.status), (200, 401));
    // To sign out needs no proof.
    let (mut third, _) = sign_in(&world, &provider, old).await;
    third.post("/invoices", "/sign-out", &[]).await;
    assert_eq!(third.get("/invoices").await.status, 401);
}

/// Nobody works for more than 12 h on one proof: 4 h at most when the session begins, and 8 h of the session.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_with_a_proof_of_four_hours_at_most() {
    let provider = Liar::start().await;
    let world = service(&provider).await;
    for (age, status) in [(4 * 3600 - 60, 200), (4 * 3600 + 120, 403)] {
        let (_, page) = sign_in(&world, &provider, |claims| claims["auth_time"] = (now() - age).into()).await;
        assert_eq!(page.status, status, "{age}");
    }
}
