//! Logout tokens and front-channel frames that lie.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{CLIENT, KEY, Liar, now, quick};
use serde_json::{Value, json};
use tenancy_gateway::oidc::{LogoutTokenError, OidcClient, ProviderLogout, TokenError};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn honest(liar: &Liar) -> Value {
    json!({ "iss": liar.issuer, "sub": "alice", "sid": "s-1", "aud": CLIENT, "jti": fastrand::u64(..).to_string(),
        "iat": now(), "exp": now() + 120, "events": { EVENT: {} } })
}

fn body(kind: &str, claims: &Value) -> Vec<u8> {
    let header = json!({ "alg": "RS256", "kid": KEY, "typ": kind });
    format!("logout_token={}", forge::token(Key::main(), &header, &claims.to_string())).into_bytes()
}

/// An honest one, signed with a key of this id.
pub fn by(key: &Key, id: &str, liar: &Liar) -> Vec<u8> {
    let header = json!({ "alg": key.algorithm(), "kid": id, "typ": "logout+jwt" });
    format!("logout_token={}", forge::token(key, &header, &honest(liar).to_string())).into_bytes()
}

async fn sent(liar: &Liar, claims: &Value) -> Result<ProviderLogout, LogoutTokenError> {
    liar.client().await.back_channel_logout(&body("logout+jwt", claims)).await
}

/// Honest claims but for one; null takes it out.
async fn with(name: &str, value: Value) -> Result<ProviderLogout, LogoutTokenError> {
    let liar = Liar::start().await;
    let mut claims = honest(&liar);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    sent(&liar, &claims).await
}

fn token(refusal: TokenError) -> Result<ProviderLogout, LogoutTokenError> {
    Err(LogoutTokenError::Token(refusal))
}

#[tokio::test]
async fn an_honest_one_is_taken() {
    let liar = Liar::start().await;
    let logout = sent(&liar, &honest(&liar)).await.unwrap();
    assert_eq!(logout.issuer, liar.issuer);
    assert_eq!((logout.subject.as_deref(), logout.session.as_deref()), (Some("alice"), Some("s-1")));
    assert_eq!(with("sid", Value::Null).await.unwrap().session, None);
    assert_eq!(with("sub", Value::Null).await.unwrap().subject, None);
}

#[tokio::test]
async fn of_another_type() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    for kind in ["JWT", "at+jwt", "secevent+jwt", "", "logout"] {
        let refused = client.back_channel_logout(&body(kind, &honest(&liar))).await;
        assert_eq!(refused, token(TokenError::Kind), "{kind}");
    }
    let untyped = forge::token(Key::main(), &json!({ "alg": "RS256", "kid": KEY }), &honest(&liar).to_string());
    let refused = client.back_channel_logout(format!("logout_token={untyped}").as_bytes()).await;
    assert_eq!(refused, token(TokenError::Kind));
}

#[tokio::test]
async fn with_a_nonce() {
    assert_eq!(with("nonce", "n".into()).await, Err(LogoutTokenError::Nonce));
}

#[tokio::test]
async fn without_the_event_or_with_another_beside_it() {
    let events = [
        Value::Null,
        json!({}),
        json!([EVENT]),
        json!({ EVENT: true }),
        json!({ "x": {} }),
        json!({ EVENT: {}, "x": {} }),
    ];
    for events in events {
        assert_eq!(with("events", events).await, Err(LogoutTokenError::Events));
    }
}

#[tokio::test]
async fn without_an_end_or_past_it() {
    assert_eq!(with("exp", Value::Null).await, token(TokenError::NoClaim("exp")));
    assert_eq!(with("exp", (now() - 31).into()).await, token(TokenError::Expired));
    assert_eq!(with("exp", "later".into()).await, token(TokenError::Claim("exp")));
}

#[tokio::test]
async fn issued_long_ago_or_in_the_future() {
    assert_eq!(with("iat", (now() - 151).into()).await, token(TokenError::IssuedAt));
    assert_eq!(with("iat", (now() + 90).into()).await, token(TokenError::IssuedAt));
    assert_eq!(with("iat", Value::Null).await, token(TokenError::NoClaim("iat")));
}

#[tokio::test]
async fn a_second_time_and_without_an_id() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let body = body("logout+jwt", &honest(&liar));
    client.back_channel_logout(&body).await.unwrap();
    assert_eq!(client.back_channel_logout(&body).await, Err(LogoutTokenError::Replayed));
    assert_eq!(with("jti", Value::Null).await, token(TokenError::NoClaim("jti")));
}

/// A provider that is answered 503 sends the same token again: the session would live on if that was a replay.
#[tokio::test]
async fn what_was_not_done_may_come_again() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let [one, other] = [body("logout+jwt", &honest(&liar)), body("logout+jwt", &honest(&liar))];
    let logout = client.back_channel_logout(&one).await.unwrap();
    client.back_channel_logout(&other).await.unwrap();
    client.logout_was_not_done(&logout);
    assert_eq!(
        client.back_channel_logout(&other).await,
        Err(LogoutTokenError::Replayed),
        "of the other nothing was said"
    );
    assert_eq!(client.back_channel_logout(&one).await, Ok(logout));
    assert_eq!(client.back_channel_logout(&one).await, Err(LogoutTokenError::Replayed));
}

#[tokio::test]
async fn more_than_are_remembered() {
    let liar = Liar::start().await;
    let mut limits = quick();
    limits.remembered = 2;
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    for number in 0..3 {
        let result = client.back_channel_logout(&body("logout+jwt", &honest(&liar))).await;
        assert_eq!(result.err(), (number == 2).then_some(LogoutTokenError::Busy));
    }
}

#[tokio::test]
async fn for_another_client_or_from_another_issuer() {
    assert_eq!(with("aud", "another-client".into()).await, token(TokenError::Audience));
    assert_eq!(with("aud", json!([CLIENT, "another-client"])).await, token(TokenError::Audience));
    assert_eq!(with("aud", Value::Null).await, token(TokenError::NoAudience));
    assert_eq!(with("iss", "https://login.example.test".into()).await, token(TokenError::Issuer));
}

#[tokio::test]
async fn without_a_subject_and_a_session() {
    let liar = Liar::start().await;
    let mut claims = honest(&liar);
    claims.as_object_mut().unwrap().retain(|name, _| name != "sub" && name != "sid");
    assert_eq!(sent(&liar, &claims).await, Err(LogoutTokenError::NoSubject));
    assert_eq!(with("sid", 7.into()).await, token(TokenError::Claim("sid")));
}

#[tokio::test]
async fn signed_by_somebody_else() {
    let liar = Liar::start().await;
    let header = json!({ "alg": "RS256", "kid": KEY, "typ": "logout+jwt" });
    let forged = forge::token(Key::stranger(), &header, &honest(&liar).to_string());
    let refused = liar.client().await.back_channel_logout(format!("logout_token={forged}").as_bytes()).await;
    assert_eq!(refused, token(TokenError::Signature));
    let header = json!({ "alg": "HS256", "kid": KEY, "typ": "logout+jwt" });
    let shared = forge::shared_secret_token(&Key::main().public_bytes(), &header, &honest(&liar).to_string());
    let refused = liar.client().await.back_channel_logout(format!("logout_token={shared}").as_bytes()).await;
    assert_eq!(refused, token(TokenError::Algorithm));
}

#[tokio::test]
async fn one_session_name_at_two_issuers_is_two_sessions() {
    let (one, other) = (Liar::start().await, Liar::start().await);
    let at_one = sent(&one, &honest(&one)).await.unwrap();
    let at_other = sent(&other, &honest(&other)).await.unwrap();
    assert_eq!(at_one.session, at_other.session);
    assert_ne!(at_one.issuer, at_other.issuer, "whoever ends sessions compares both");
    // One provider's token at the other's client ends nothing.
    assert_eq!(sent(&other, &honest(&one)).await, token(TokenError::Issuer));
}

#[tokio::test]
async fn a_form_that_is_none() {
    let client = Liar::start().await.client().await;
    let long = format!("logout_token={}", "a".repeat(16 * 1024));
    for body in ["", "token=x", "logout_token=a&logout_token=b", &long] {
        assert_eq!(client.back_channel_logout(body.as_bytes()).await, Err(LogoutTokenError::Form));
    }
}

#[tokio::test]
async fn a_flood_costs_little() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let claims = honest(&liar);
    let unknown = json!({ "alg": "RS256", "kid": "made-up", "typ": "logout+jwt" });
    let unknown = format!("logout_token={}", forge::token(Key::stranger(), &unknown, &claims.to_string()));
    for _ in 0..2_000 {
        client.back_channel_logout(unknown.as_bytes()).await.unwrap_err();
    }
    assert_eq!(liar.hits("/keys"), 2, "the one at the start, and one for all of these");
}

#[tokio::test]
async fn a_frame_of_another_site() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logout = client.front_channel_logout(&format!("iss={}&sid=s-1", liar.issuer)).unwrap();
    assert_eq!((logout.issuer.as_str(), logout.session.as_deref()), (liar.issuer.as_str(), Some("s-1")));
    let other = client.front_channel_logout("iss=https://login.example.test&sid=s-1");
    assert_eq!(other, Err(LogoutTokenError::Issuer));
    let forms = [
        "",
        "sid=s-1",
        &format!("iss={}", liar.issuer),
        &format!("iss={}&sid=", liar.issuer),
        &format!("iss={}&sid=a&sid=b", liar.issuer),
    ];
    for form in forms {
        assert_eq!(client.front_channel_logout(form), Err(LogoutTokenError::Form), "{form}");
    }
}
