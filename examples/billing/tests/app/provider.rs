//! The development provider keeps to the protocol, so that signing in with it means something.

use crate::browser::form;
use crate::world::World;
use reqwest::{Client, Method, StatusCode, Url, redirect::Policy};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of the verifier, from RFC 7636.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// An authorization request that is right, but for what `change` does.
fn request(world: &World, change: impl Fn(&mut Vec<(&str, String)>)) -> Url {
    let redirect = format!("{}/login/callback", world.url());
    let mut fields = vec![
        ("client_id", "billing".to_owned()),
        ("redirect_uri", redirect),
        ("response_type", "code".to_owned()),
        ("scope", "openid".to_owned()),
        ("state", "s".to_owned()),
        ("nonce", "n".to_owned()),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    change(&mut fields);
    Url::parse_with_params(&format!("{}/authorize", world.service.provider().unwrap()), fields).unwrap()
}

fn set<'f>(fields: &mut Vec<(&'f str, String)>, name: &'f str, value: &str) {
    fields.retain(|(one, _)| *one != name);
    fields.push((name, value.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_nobody_to_an_address_that_is_not_registered() {
    let world = World::on_sqlite().await;
    for (name, value) in [("redirect_uri", "https://evil.example/"), ("client_id", "other")] {
        let answer = client().get(request(&world, |fields| set(fields, name, value))).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{name}");
        assert!(answer.headers().get("location").is_none());
        assert!(answer.text().await.unwrap().contains("For development only."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_s256_there_is_no_code() {
    let world = World::on_sqlite().await;
    for (name, value, error) in [
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("nonce", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "profile", "invalid_scope"),
    ] {
        let answer = client().get(request(&world, |fields| set(fields, name, value))).send().await.unwrap();
        let to: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let query = to.query().unwrap();
        assert!(
            query.contains(&format!("error={error}")) && query.contains("state=s") && query.contains("iss="),
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_for_its_verifier() {
    let world = World::on_sqlite().await;
    let issuer = world.service.provider().unwrap().to_owned();
    let redirect = format!("{}/login/callback", world.url());
    let code = async || {
        let mut browser = world.browser();
        let page = browser.follow(Method::GET, request(&world, |_| ()), None).await;
        let fields = form(&[("request", &page.field("request")), ("user", "ada")]);
        let at = format!("{issuer}/authorize").parse().unwrap();
        let answer = browser.one(Method::POST, at, Some(fields)).await;
        let to: Url = answer.header("location").parse().unwrap();
        to.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let exchange = async |code: &str, verifier: &str, redirect: &str| {
        let fields = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("client_id", "billing"),
            ("code_verifier", verifier),
        ]);
        let request = client().post(format!("{issuer}/token")).body(fields);
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
    };
    let good = code().await;
    let answer = exchange(&good, VERIFIER, &redirect).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("id_token"));
    for (code, verifier, redirect) in [
        (good, VERIFIER, redirect.as_str()),
        (code().await, "another-verifier-that-is-long-enough-0000000", &redirect),
        (code().await, VERIFIER, "https://evil.example/"),
        ("made-up".to_owned(), VERIFIER, &redirect),
    ] {
        let answer = exchange(&code, verifier, redirect).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("invalid_grant"));
        // A try uses it up.
        assert_eq!(exchange(&code, VERIFIER, &format!("{}/login/callback", world.url())).await.status(), 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_to_its_own_name_alone() {
    let world = World::on_sqlite().await;
    let address = format!("{}/keys", world.service.provider().unwrap());
    assert_eq!(client().get(&address).send().await.unwrap().status(), 200);
    let rebound = client().get(&address).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
}
