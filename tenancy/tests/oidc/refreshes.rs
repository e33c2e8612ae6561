//! Refresh: rotation, reuse, and what an answer for somebody else is worth.

use crate::oidc::browser::Browser;
use crate::oidc::liar::{ACCESS, Answer, Liar, seconds, signed};
use crate::oidc::real::{Real, start};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tenancy_gateway::VerifiedIdentity;
use tenancy_gateway::oidc::{ExchangeError, FetchError, LoginRequest, OidcClient, Profile, RefreshError, TokenError};

async fn signed_in(provider: &Real) -> (OidcClient, VerifiedIdentity) {
    let config = provider.config().offline_access().profile(Profile::Generic);
    let client = OidcClient::discover(config).await.unwrap();
    let started = start(&client, &mut Browser::new(), "alice", LoginRequest::default()).await;
    let signed_in = started.finish(&client).await.unwrap().signed_in;
    (client, signed_in)
}

#[tokio::test]
async fn each_refresh_gives_a_new_token_and_an_old_one_ends_the_family() {
    let provider = Real::start();
    let (client, first) = signed_in(&provider).await;
    let refreshed = client.refresh(&first).await.unwrap();
    assert!(refreshed.rotated && refreshed.id_token.is_some());
    let mut second = first.clone();
    second.refresh_token = Some(refreshed.refresh_token);
    let third = client.refresh(&second).await.unwrap();
    assert!(third.rotated);
    // A thief uses the first one: refused, and now the newest is dead as well.
    assert_eq!(client.refresh(&first).await.unwrap_err(), RefreshError::Ended);
    second.refresh_token = Some(third.refresh_token);
    assert_eq!(client.refresh(&second).await.unwrap_err(), RefreshError::Ended);
}

/// Ten requests want a refresh at once. The session's row is locked, as the documentation asks, so each reads what the
/// one before it wrote.
#[tokio::test]
async fn ten_at_once_behind_one_lock_keep_the_family() {
    let provider = Real::start();
    let (client, first) = signed_in(&provider).await;
    let row = tokio::sync::Mutex::new(first);
    let refresh = async || {
        let mut row = row.lock().await;
        let refreshed = client.refresh(&row).await.unwrap();
        row.refresh_token = Some(refreshed.refresh_token);
    };
    tokio::join!(refresh(), refresh(), refresh(), refresh(), refresh());
    tokio::join!(refresh(), refresh(), refresh(), refresh(), refresh());
    assert!(client.refresh(&*row.lock().await).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_is_down_ends_no_session() {
    let mut provider = Real::start();
    let (client, first) = signed_in(&provider).await;
    provider.stop();
    let fault = ExchangeError::Fetch(FetchError::Unreachable(first.issuer.clone()));
    assert_eq!(client.refresh(&first).await.unwrap_err(), RefreshError::Unavailable(fault));
}

/// A session at the liar, and its client.
async fn at_the_liar(liar: &Liar) -> (OidcClient, VerifiedIdentity, Value) {
    let client = liar.client().await;
    let mut claims = Value::Null;
    let mut signed_in = liar
        .sign_in_at(&client, LoginRequest::default(), |honest| {
            claims = honest;
            signed(&claims)
        })
        .await
        .unwrap()
        .signed_in;
    signed_in.refresh_token = Some("refresh-1".into());
    (client, signed_in, claims)
}

fn answer(id_token: &str) -> String {
    json!({ "access_token": ACCESS, "token_type": "Bearer", "refresh_token": "refresh-2", "id_token": id_token })
        .to_string()
}

#[tokio::test]
async fn an_answer_for_somebody_else_is_refused() {
    let liar = Liar::start().await;
    let (client, session, claims) = at_the_liar(&liar).await;
    let refreshed = async |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        liar.says("/token", answer(&signed(&claims)));
        client.refresh(&session).await
    };
    let cases = [
        ("sub", Value::from("mallory"), TokenError::OtherSubject),
        ("auth_time", (seconds(session.authenticated_at) - 60).into(), TokenError::OtherSubject),
        ("iss", "https://login.example.test".into(), TokenError::Issuer),
        ("aud", "another-client".into(), TokenError::Audience),
        ("exp", (crate::oidc::liar::now() - 60).into(), TokenError::Expired),
        ("iat", (crate::oidc::liar::now() - 3600).into(), TokenError::IssuedAt),
    ];
    for (name, value, expected) in cases {
        assert_eq!(refreshed(name, value).await.unwrap_err(), RefreshError::Token(expected), "{name}");
    }
    let honest = refreshed("jti", "2".into()).await.unwrap();
    assert_eq!((honest.rotated, honest.refresh_token.expose_secret()), (true, "refresh-2"));
}

#[tokio::test]
async fn a_provider_that_does_not_rotate_is_told_apart() {
    let liar = Liar::start().await;
    let (client, session, _) = at_the_liar(&liar).await;
    for token in [json!(null), json!("refresh-1")] {
        let mut answer = json!({ "access_token": ACCESS, "token_type": "Bearer" });
        if !token.is_null() {
            answer["refresh_token"] = token;
        }
        liar.says("/token", answer.to_string());
        let refreshed = client.refresh(&session).await.unwrap();
        assert!(!refreshed.rotated && refreshed.id_token.is_none() && refreshed.organizations.is_none());
        assert_eq!(refreshed.refresh_token.expose_secret(), "refresh-1");
    }
}

#[tokio::test]
async fn a_session_of_another_provider_or_without_a_token_is_not_sent_anywhere() {
    let (liar, other) = (Liar::start().await, Liar::start().await);
    let (_, session, _) = at_the_liar(&liar).await;
    let refused = other.client().await.refresh(&session).await.unwrap_err();
    assert_eq!(refused, RefreshError::Token(TokenError::Issuer));
    assert_eq!(other.hits("/token"), 0);
    let without = VerifiedIdentity { refresh_token: None::<SecretString>, ..session };
    assert_eq!(liar.client().await.refresh(&without).await.unwrap_err(), RefreshError::Ended);
}

/// Providers name a token that is over in many ways; what ends nothing is no answer, a fault of theirs, or "later".
#[tokio::test]
async fn a_refusal_ends_a_session_whatever_it_is_called() {
    let liar = Liar::start().await;
    let (client, session, _) = at_the_liar(&liar).await;
    let json = "application/json";
    for (status, kind, body, expected) in [
        (400, json, r#"{"error":"invalid_grant"}"#, RefreshError::Ended),
        (401, json, r#"{"error":"invalid_client"}"#, RefreshError::Refused(ExchangeError::Client)),
        (400, json, r#"{"error":"access_denied"}"#, RefreshError::Refused(ExchangeError::Refused)),
        (403, json, r#"{"error":"server_error"}"#, RefreshError::Refused(ExchangeError::Refused)),
        (403, "text/html", "no", RefreshError::Refused(ExchangeError::Fetch(FetchError::Status(403)))),
        (499, "text/plain", "", RefreshError::Refused(ExchangeError::Fetch(FetchError::Status(499)))),
        (429, json, r#"{"error":"slow_down"}"#, RefreshError::Unavailable(ExchangeError::Refused)),
        (429, "text/html", "no", RefreshError::Unavailable(ExchangeError::Fetch(FetchError::Status(429)))),
        (500, json, r#"{"error":"server_error"}"#, RefreshError::Unavailable(ExchangeError::Refused)),
        (503, "text/html", "no", RefreshError::Unavailable(ExchangeError::Fetch(FetchError::Status(503)))),
        (200, json, "{}", RefreshError::Unavailable(ExchangeError::Shape)),
    ] {
        liar.answers("/token", Answer::Page(status, kind, body));
        let error = client.refresh(&session).await.unwrap_err();
        assert_eq!(error, expected, "{status} {body}");
        assert_eq!(error.ends_session(), !matches!(expected, RefreshError::Unavailable(_)), "{status} {body}");
    }
}

/// Somebody proves it again in another window, or the provider leaves the claim out: the same person's session goes on.
#[tokio::test]
async fn a_later_proof_of_the_same_person_ends_nothing() {
    let liar = Liar::start().await;
    let (client, session, claims) = at_the_liar(&liar).await;
    for time in [json!(seconds(session.authenticated_at) + 5), Value::Null] {
        let mut claims = claims.clone();
        match time {
            Value::Null => drop(claims.as_object_mut().unwrap().remove("auth_time")),
            later => claims["auth_time"] = later,
        }
        liar.says("/token", answer(&signed(&claims)));
        assert!(client.refresh(&session).await.unwrap().id_token.is_some());
    }
}
