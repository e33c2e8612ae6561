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
    let arguments =
        ["billing", "--listen", "127.0.0.1:0", "--oidc-issuer", &provider.issuer, "--oidc-client-id", "billing"];
    let arguments = arguments.into_iter().chain(["--add-member", "alice@freewheel"]);
    let service = start(Args::try_parse_from(arguments).unwrap()).await.expect("it starts");
    assert!(service.provider().is_none(), "no development provider beside a real one");
    World::of(service)
}

/// Signs in with the claims that `change` makes of honest ones.
async fn sign_in(world: &World, provider: &Liar, change: impl FnOnce(&mut Value)) -> (Browser, Page) {
    let mut browser = Browser::new(world.url(), &provider.issuer);
    let answer = browser.one(Method::GET, browser.address("/login"), None).await;
    let to: Url = answer.header("location").parse().unwrap();
    let said = |name: &str| to.query_pairs().find(|(one, _)| one == name).unwrap().1.into_owned();
    let mut claims = json!({
        "iss": provider.issuer, "sub": "alice", "aud": "billing", "nonce": said("nonce"),
        "iat": now(), "exp": now() + 300, "auth_time": now(), "sid": "provider-session",
    });
    change(&mut claims);
    provider.gives(&liar::signed(&claims));
    let query = form(&[("code", "a-code"), ("state", &said("state")), ("iss", &provider.issuer)]);
    let page = browser.get(&format!("/login/callback?{query}")).await;
    (browser, page)
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
