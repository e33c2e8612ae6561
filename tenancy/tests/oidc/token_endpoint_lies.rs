//! A token endpoint that answers anything but tokens.

use crate::oidc::liar::{Answer, Attempt, Liar};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tenancy_gateway::oidc::{ExchangeError, FetchError, LoginRequest, SignInError, TokenError};

async fn answering(answer: Answer) -> SignInError {
    let liar = Liar::start().await;
    let client = liar.client().await;
    liar.answers("/token", answer);
    let attempt = Attempt::begin(&client, LoginRequest::default());
    attempt.finish(&client, &liar.issuer).await.expect_err("it gave no tokens")
}

fn fetch(fault: FetchError) -> SignInError {
    SignInError::Exchange(ExchangeError::Fetch(fault))
}

fn json(document: Value) -> Answer {
    Answer::Json(document.to_string())
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inside = Liar::start().await;
    inside.says("/metadata", json!({ "access_token": "stolen" }).to_string());
    let to = format!("{}/metadata", inside.issuer);
    assert_eq!(answering(Answer::Redirect(to)).await, fetch(FetchError::Redirect));
    assert_eq!(inside.hits("/metadata"), 0);
}

#[tokio::test]
async fn a_slow_answer_ends_in_time() {
    let began = Instant::now();
    let slow = Answer::Slow(Duration::from_secs(20), "{}".into());
    assert_eq!(answering(slow).await, fetch(FetchError::Timeout));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    assert_eq!(answering(Answer::Json(" ".repeat(1 << 20))).await, fetch(FetchError::TooLarge));
    assert_eq!(answering(Answer::Endless(1 << 30)).await, fetch(FetchError::TooLarge));
}

#[tokio::test]
async fn a_compressed_answer_is_not_unpacked() {
    assert_eq!(answering(Answer::Compressed("{}".into())).await, fetch(FetchError::Encoding));
}

#[tokio::test]
async fn an_error_page() {
    assert_eq!(answering(Answer::Page(502, "text/html", "<h1>no</h1>")).await, fetch(FetchError::Status(502)));
    assert_eq!(answering(Answer::Page(200, "text/html", "{}")).await, fetch(FetchError::NotJson));
    let unnamed = answering(Answer::Page(503, "application/json", "{}")).await;
    assert_eq!(unnamed, SignInError::Exchange(ExchangeError::Shape));
}

#[tokio::test]
async fn a_key_that_is_said_twice() {
    let twice = r#"{"access_token":"a","access_token":"b","token_type":"Bearer","id_token":"x.y.z"}"#;
    assert_eq!(answering(Answer::Json(twice.into())).await, fetch(FetchError::DuplicateKey));
}

#[tokio::test]
async fn no_id_token() {
    let only_access = json(json!({ "access_token": "a", "token_type": "Bearer" }));
    assert_eq!(answering(only_access).await, SignInError::Token(TokenError::Missing));
}

#[tokio::test]
async fn a_token_of_another_type() {
    let bound = json(json!({ "access_token": "a", "token_type": "mac", "id_token": "x.y.z" }));
    assert_eq!(answering(bound).await, SignInError::Exchange(ExchangeError::Shape));
    let nothing = json(json!({ "error": 7 }));
    assert_eq!(answering(nothing).await, SignInError::Exchange(ExchangeError::Shape));
}

#[tokio::test]
async fn a_refusal_keeps_none_of_the_providers_words() {
    let cases = [
        ("invalid_grant", ExchangeError::InvalidGrant),
        ("invalid_client", ExchangeError::Client),
        ("unauthorized_client", ExchangeError::Client),
        ("<script>", ExchangeError::Refused),
    ];
    for (error, expected) in cases {
        let text = json!({ "error": error, "error_description": "<script>canary()</script>" }).to_string();
        let liar_says = Answer::Page(400, "application/json", Box::leak(text.into_boxed_str()));
        let refused = answering(liar_says).await;
        assert_eq!(refused, SignInError::Exchange(expected));
        assert!(!format!("{refused} {refused:?}").contains("script"), "{refused}");
    }
}
