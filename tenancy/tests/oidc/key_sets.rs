//! Key sets that lie, and what a client does about keys that it does not know.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{Answer, KEY, Liar, header, quick, signed};
use crate::oidc::token_lies::refusal;
use serde_json::{Value, json};
use std::time::Duration;
use tenancy_gateway::oidc::{
    Algorithm, DiscoveryError, FetchError, KeysError, Limits, LoginRequest, OidcClient, TokenError,
};

async fn with_keys(answer: Answer) -> KeysError {
    let liar = Liar::start().await;
    liar.answers("/keys", answer);
    match OidcClient::discover(liar.config()).await.expect_err("the key set lied") {
        DiscoveryError::Keys(error) => error,
        other => panic!("{other}"),
    }
}

async fn listed(keys: Value) -> KeysError {
    with_keys(Answer::Json(json!({ "keys": keys }).to_string())).await
}

#[tokio::test]
async fn a_huge_set() {
    let key = Key::main().public("k");
    let mut many = Vec::new();
    for number in 0..33 {
        let mut one = key.clone();
        one["kid"] = format!("k{number}").into();
        many.push(one);
    }
    assert_eq!(listed(many.into()).await, KeysError::TooMany);
    assert_eq!(with_keys(Answer::Endless(1 << 30)).await, KeysError::Fetch(FetchError::TooLarge));
}

#[tokio::test]
async fn elsewhere_slow_or_no_set() {
    let elsewhere = Answer::Redirect("http://169.254.169.254/".into());
    assert_eq!(with_keys(elsewhere).await, KeysError::Fetch(FetchError::Redirect));
    let slow = Answer::Slow(Duration::from_secs(20), "{}".into());
    assert_eq!(with_keys(slow).await, KeysError::Fetch(FetchError::Timeout));
    assert_eq!(with_keys(Answer::Json("{}".into())).await, KeysError::Shape);
    let twice = r#"{"keys":[],"keys":[]}"#;
    assert_eq!(with_keys(Answer::Json(twice.into())).await, KeysError::Fetch(FetchError::DuplicateKey));
}

#[tokio::test]
async fn keys_that_may_sign_nothing_here() {
    let change = |name: &str, value: Value| {
        let mut key = Key::main().public(KEY);
        key[name] = value;
        json!([key])
    };
    let weak = forge::encode([0xC5; 128]);
    let unusable = [
        change("use", "enc".into()),
        change("use", json!(["sig"])),
        change("alg", "RS512".into()),
        change("alg", "HS256".into()),
        change("alg", "RSA-OAEP".into()),
        change("key_ops", json!(["encrypt"])),
        change("n", weak.into()),
        change("n", forge::encode([0xC5; 1024]).into()),
        change("n", 7.into()),
        change("kid", Value::Null),
        change("kid", "".into()),
        json!([{ "kty": "oct", "kid": KEY, "k": forge::encode("a secret for everybody to read") }]),
        json!([Key::ec().public(KEY)]),
        json!([7, null, "key"]),
        json!([]),
    ];
    for keys in unusable {
        assert_eq!(listed(keys.clone()).await, KeysError::NoneUsable, "{keys}");
    }
    let mut without_id = Key::main().public(KEY);
    without_id.as_object_mut().unwrap().remove("kid");
    assert_eq!(listed(json!([without_id])).await, KeysError::NoIds);
}

#[tokio::test]
async fn two_keys_of_one_id() {
    let two = json!([Key::main().public(KEY), Key::stranger().public(KEY)]);
    assert_eq!(listed(two).await, KeysError::Ambiguous);
}

#[tokio::test]
async fn made_up_key_ids_lead_to_one_look() {
    let liar = Liar::start().await;
    let mut limits = quick();
    limits.key_interval = Duration::from_millis(400);
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(420)).await;
    let hammer = async || {
        for number in 0..200 {
            let token = forge::token(
                Key::stranger(),
                &json!({ "alg": "RS256", "kid": format!("made-up-{number}"),
                "typ": "logout+jwt" }),
                "{}",
            );
            let refused = client.back_channel_logout(format!("logout_token={token}").as_bytes()).await.unwrap_err();
            assert_eq!(refused, TokenError::Key(KeysError::Unknown).into());
        }
    };
    let began = std::time::Instant::now();
    tokio::join!(hammer(), hammer(), hammer());
    let intervals = began.elapsed().as_millis() / 400 + 1;
    let looks = liar.hits("/keys") - 1;
    assert!(looks >= 1 && looks as u128 <= intervals, "{looks} looks in {intervals} intervals");
    // They take nothing from those who sign in after a rotation.
    rotated_sign_in(&liar, &client).await;
}

/// The provider has a new key, and gives a token that is signed with it.
async fn rotated_sign_in(liar: &Liar, client: &OidcClient) {
    let new = Key::rsa();
    liar.says("/keys", json!({ "keys": [new.public("key-2")] }).to_string());
    let by_new = |claims: Value| forge::token(&new, &json!({ "alg": "RS256", "kid": "key-2" }), &claims.to_string());
    liar.sign_in_at(client, LoginRequest::default(), by_new).await.unwrap();
}

/// With the default bounds, of which the interval is 30 s: the set was read a moment ago.
#[tokio::test]
async fn a_rotation_right_after_a_look_fails_no_sign_in() {
    let liar = Liar::start().await;
    let client = OidcClient::discover(liar.config().limits(Limits::default())).await.unwrap();
    rotated_sign_in(&liar, &client).await;
    assert_eq!(liar.hits("/keys"), 2);
    // And again, at once.
    liar.says("/keys", json!({ "keys": [Key::main().public(KEY)] }).to_string());
    liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await.unwrap();
    assert_eq!(liar.hits("/keys"), 3);
}

/// A logout token with a key that is new is not lost either: there is one look for those who may send anything.
#[tokio::test]
async fn a_rotation_right_after_the_start_loses_no_logout() {
    let liar = Liar::start().await;
    let client = OidcClient::discover(liar.config().limits(Limits::default())).await.unwrap();
    let new = Key::rsa();
    liar.says("/keys", json!({ "keys": [new.public("key-2")] }).to_string());
    let token = crate::oidc::logout_lies::by(&new, "key-2", &liar);
    client.back_channel_logout(&token).await.unwrap();
}

/// Tokens of the provider with ids that are in no set: a look each, one for all that wait at once, and a pause between two.
#[tokio::test]
async fn sign_ins_with_unknown_keys_share_looks_with_a_pause_between() {
    const PAUSE: Duration = Duration::from_millis(200);
    let liar = Liar::start().await;
    let mut limits = quick();
    limits.request = Duration::from_secs(10);
    limits.key_pause = PAUSE;
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    let began = std::time::Instant::now();
    let sign_in = async |number: usize| {
        let header = json!({ "alg": "RS256", "kid": format!("made-up-{number}") });
        let unknown = |claims: Value| forge::token(Key::main(), &header, &claims.to_string());
        let refused = liar.sign_in_at(&client, LoginRequest::default(), unknown).await;
        assert_eq!(refusal(refused).unwrap_err(), TokenError::Key(KeysError::Unknown));
    };
    for number in 0..3 {
        tokio::join!(sign_in(number), sign_in(number), sign_in(number), sign_in(number));
    }
    let pauses = began.elapsed().as_millis() / PAUSE.as_millis();
    let looks = liar.hits("/keys") - 1;
    // The first may follow the look at the start, which was before.
    assert!(looks >= 3 && looks as u128 <= pauses + 1, "{looks} looks with {pauses} pauses");
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_goes() {
    let liar = Liar::start().await;
    let mut limits = quick();
    limits.key_interval = Duration::from_millis(1);
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    let new = Key::rsa();
    liar.says("/keys", json!({ "keys": [new.public("key-2")] }).to_string());
    let by_new = |claims: Value| forge::token(&new, &json!({ "alg": "RS256", "kid": "key-2" }), &claims.to_string());
    // The old one is still good: nothing asked for another.
    liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    liar.sign_in_at(&client, LoginRequest::default(), by_new).await.unwrap();
    assert_eq!(liar.hits("/keys"), 2);
    let old = liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await;
    assert_eq!(refusal(old).unwrap_err(), TokenError::Key(KeysError::Unknown));
}

#[tokio::test]
async fn known_keys_go_on_while_the_provider_does_not_answer_but_not_for_ever() {
    let liar = Liar::start().await;
    let mut limits = quick();
    limits.key_interval = Duration::from_millis(1);
    limits.key_age = Duration::from_millis(1);
    limits.key_death = Duration::from_millis(1500);
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    let bad = [Answer::Page(503, "text/plain", "no"), Answer::Json("{}".into()), Answer::Json(r#"{"keys":[]}"#.into())];
    for bad in bad {
        liar.answers("/keys", bad);
        tokio::time::sleep(Duration::from_millis(5)).await;
        liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await.unwrap();
    }
    assert!(liar.hits("/keys") > 3, "it kept asking");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let late = liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await;
    assert_eq!(refusal(late).unwrap_err(), TokenError::Key(KeysError::Stale));
}

#[tokio::test]
async fn a_key_says_which_algorithm_it_is_for() {
    let liar = Liar::start().await;
    let ec = Key::ec();
    let mut other_curve = ec.public(KEY);
    other_curve["crv"] = "P-384".into();
    other_curve.as_object_mut().unwrap().remove("alg");
    liar.says("/keys", json!({ "keys": [other_curve, Key::main().public("rsa")] }).to_string());
    let client = OidcClient::discover(liar.config().algorithms(&[Algorithm::Es256, Algorithm::Rs256])).await.unwrap();
    let mut header = header();
    header["alg"] = "ES256".into();
    let refused =
        liar.sign_in_at(&client, LoginRequest::default(), |claims| forge::token(&ec, &header, &claims.to_string()));
    assert_eq!(refusal(refused.await).unwrap_err(), TokenError::Key(KeysError::Unknown));
}
