//! What a provider may do otherwise: refused with its name unless the configuration names it, and then no more than that.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{CLIENT, KEY, Liar, now, seconds, signed};
use crate::oidc::token_lies::refusal;
use serde_json::{Value, json};
use std::time::Duration;
use tenancy_gateway::oidc::{
    Algorithm, Deviation, DiscoveryError, KeysError, LoginRequest, LogoutTokenError, OidcClient, Profile,
    ProviderLogout, TokenError, metrics,
};

async fn tolerating(liar: &Liar, deviation: Deviation) -> OidcClient {
    OidcClient::discover(liar.config().tolerate(deviation)).await.unwrap()
}

#[test]
fn names_are_read_as_they_are_written() {
    for deviation in Deviation::ALL {
        assert_eq!(deviation.to_string().parse(), Ok(deviation));
    }
    let unknown = "everything".parse::<Deviation>().unwrap_err().to_string();
    assert!(Deviation::ALL.iter().all(|deviation| unknown.contains(deviation.name())), "{unknown}");
}

/// Without `auth_time` people sign in, and no session of theirs is ever fresh.
#[tokio::test]
async fn no_word_on_when_it_was_proved() {
    let liar = Liar::start().await;
    let client = tolerating(&liar, Deviation::NoAuthTime).await;
    for silent in [Value::Null, 0.into()] {
        let token = |mut claims: Value| {
            match &silent {
                Value::Null => drop(claims.as_object_mut().unwrap().remove("auth_time")),
                zero => claims["auth_time"] = zero.clone(),
            }
            signed(&claims)
        };
        let sign_in = liar.sign_in_at(&client, LoginRequest::default(), token).await.unwrap();
        assert_eq!(sign_in.signed_in.authenticated_at, None);
        let step_up = LoginRequest::default().max_age(Duration::from_secs(900));
        let refused = liar.sign_in_at(&client, step_up, token).await;
        assert_eq!(refusal(refused).unwrap_err(), TokenError::NoAuthTime);
    }
    // What is said counts as everywhere.
    let old = |mut claims: Value| {
        claims["auth_time"] = (now() - 13 * 3600).into();
        signed(&claims)
    };
    let refused = liar.sign_in_at(&client, LoginRequest::default(), old).await;
    assert_eq!(refusal(refused).unwrap_err(), TokenError::AuthTime);
}

/// By another name a step-up is taken on the provider's obedience alone; what it says is still held against it.
#[tokio::test]
async fn a_step_up_that_nothing_shows() {
    let liar = Liar::start().await;
    let client = tolerating(&liar, Deviation::PromptLoginUnverified).await;
    let silent = |mut claims: Value| {
        claims["auth_time"] = 0.into();
        signed(&claims)
    };
    let began = now();
    let step_up = || LoginRequest::default().max_age(Duration::ZERO);
    let raised = liar.sign_in_at(&client, step_up(), silent).await.unwrap();
    assert!((began..began + 60).contains(&seconds(raised.signed_in.authenticated_at)));
    let ordinary = liar.sign_in_at(&client, LoginRequest::default(), silent).await.unwrap();
    assert_eq!(ordinary.signed_in.authenticated_at, None, "the provider was not told to ask");
    let old = |mut claims: Value| {
        claims["auth_time"] = (now() - 30).into();
        signed(&claims)
    };
    let refused = liar.sign_in_at(&client, step_up(), old).await;
    assert_eq!(refusal(refused).unwrap_err(), TokenError::NotAskedAgain);
}

/// A session of such a sign-in passes no door that asks for a fresh proof, however wide.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_known_proof_is_never_fresh() {
    let liar = Liar::start().await;
    let client = tolerating(&liar, Deviation::NoAuthTime).await;
    let silent = |mut claims: Value| {
        claims.as_object_mut().unwrap().remove("auth_time");
        signed(&claims)
    };
    let sign_in = liar.sign_in_at(&client, LoginRequest::default(), silent).await.unwrap();
    let world = crate::gateway::world::World::sqlite().await;
    let (session, _) = world.gateway.sessions().sign_in(&sign_in.signed_in, None, None).await.unwrap();
    assert!(!session.authenticated_within(Duration::from_secs(365 * 24 * 3600)));
    session.needs_proof_within(Duration::from_secs(900)).unwrap_err();
}

/// Any key of the set, and no other; also one that came with a rotation.
#[tokio::test]
async fn tokens_that_name_no_key() {
    let liar = Liar::start().await;
    let (first, second, third) = (Key::main(), Key::rsa(), Key::rsa());
    let without_id = |key: &Key| {
        let mut key = key.public("x");
        key.as_object_mut().unwrap().remove("kid");
        key
    };
    liar.says("/keys", json!({ "keys": [without_id(first), without_id(&second)] }).to_string());
    let refused = OidcClient::discover(liar.config()).await.unwrap_err();
    assert_eq!(refused, DiscoveryError::Keys(KeysError::NoIds));
    let client = tolerating(&liar, Deviation::NoKeyIds).await;
    let sign_in = async |key: &Key| {
        let by = |claims: Value| forge::token(key, &json!({ "alg": "RS256" }), &claims.to_string());
        refusal(liar.sign_in_at(&client, LoginRequest::default(), by).await).map(drop)
    };
    assert_eq!((sign_in(first).await, sign_in(&second).await), (Ok(()), Ok(())));
    assert_eq!(sign_in(Key::stranger()).await, Err(TokenError::Key(KeysError::Unverified)));
    liar.says("/keys", json!({ "keys": [third.public("named")] }).to_string());
    assert_eq!(sign_in(&third).await, Ok(()), "after a rotation");
    assert_eq!(sign_in(first).await, Err(TokenError::Key(KeysError::Unverified)));
    // A token that names a key is held by that name.
    let named = |claims: Value| forge::token(&third, &json!({ "alg": "RS256", "kid": "another" }), &claims.to_string());
    let refused = liar.sign_in_at(&client, LoginRequest::default(), named).await;
    assert_eq!(refusal(refused).unwrap_err(), TokenError::Key(KeysError::Unknown));
}

/// S256 is sent all the same, and a list without it is refused as before.
#[tokio::test]
async fn pkce_that_is_not_announced() {
    let liar = Liar::start().await;
    liar.discovers(|document| drop(document.as_object_mut().unwrap().remove("code_challenge_methods_supported")));
    let client = tolerating(&liar, Deviation::PkceUnannounced).await;
    let location = client.begin(LoginRequest::default()).unwrap().location;
    assert!(location.query_pairs().any(|(name, value)| name == "code_challenge_method" && value == "S256"));
    liar.sign_in_at(&client, LoginRequest::default(), |claims| signed(&claims)).await.unwrap();
    for methods in [json!(["plain"]), json!([])] {
        liar.discovers(|document| document["code_challenge_methods_supported"] = methods);
        let config = liar.config().tolerate(Deviation::PkceUnannounced);
        assert_eq!(OidcClient::discover(config).await.unwrap_err(), DiscoveryError::NoS256);
    }
}

#[tokio::test]
async fn es384_where_it_is_configured() {
    let liar = Liar::start().await;
    let key = Key::ec384();
    liar.says("/keys", json!({ "keys": [key.public("p384")] }).to_string());
    liar.discovers(|document| document["id_token_signing_alg_values_supported"] = json!(["ES384"]));
    assert_eq!(OidcClient::discover(liar.config()).await.unwrap_err(), DiscoveryError::NoAlgorithm);
    let client = OidcClient::discover(liar.config().algorithms(&[Algorithm::Es384])).await.unwrap();
    let header = json!({ "alg": "ES384", "kid": "p384" });
    let good = |claims: Value| forge::token(&key, &header, &claims.to_string());
    liar.sign_in_at(&client, LoginRequest::default(), good).await.unwrap();
    let other = Key::ec384();
    let forged = |claims: Value| forge::token(&other, &header, &claims.to_string());
    let refused = liar.sign_in_at(&client, LoginRequest::default(), forged).await;
    assert_eq!(refusal(refused).unwrap_err(), TokenError::Signature);
}

/// A logout token of this type, with or without an end.
fn logout(liar: &Liar, kind: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut claims = json!({
        "iss": liar.issuer, "sub": "alice", "sid": "s-1", "aud": CLIENT, "jti": fastrand::u64(..).to_string(),
        "iat": now(), "exp": now() + 120, "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    change(&mut claims);
    let header = json!({ "alg": "RS256", "kid": KEY, "typ": kind });
    format!("logout_token={}", forge::token(Key::main(), &header, &claims.to_string())).into_bytes()
}

fn without_exp(claims: &mut Value) {
    claims.as_object_mut().unwrap().remove("exp");
}

/// Typed `JWT`, without `exp`: each by its own choice, both by Keycloak's profile, and counted apart.
#[tokio::test]
async fn logout_tokens_of_older_kinds() {
    let liar = Liar::start().await;
    let (typed, endless) = (Deviation::LogoutTokensTypedJwt, Deviation::LogoutTokensWithoutExp);
    let generic = liar.client().await;
    let (typed, endless) = (tolerating(&liar, typed).await, tolerating(&liar, endless).await);
    let keycloak = OidcClient::discover(liar.config().profile(Profile::Keycloak)).await.unwrap();
    let taken = async |client: &OidcClient, body: Vec<u8>| client.back_channel_logout(&body).await.map(drop);
    let kind = Err(LogoutTokenError::Token(TokenError::Kind));
    let end = Err(LogoutTokenError::Token(TokenError::NoClaim("exp")));
    for (client, expected) in [
        (&generic, [Ok(()), kind.clone(), end.clone(), kind.clone()]),
        (&typed, [Ok(()), Ok(()), end.clone(), end.clone()]),
        (&endless, [Ok(()), kind.clone(), Ok(()), kind.clone()]),
        (&keycloak, [Ok(()), Ok(()), Ok(()), Ok(())]),
    ] {
        let done = [
            taken(client, logout(&liar, "logout+jwt", |_| ())).await,
            taken(client, logout(&liar, "JWT", |_| ())).await,
            taken(client, logout(&liar, "logout+jwt", without_exp)).await,
            taken(client, logout(&liar, "JWT", without_exp)).await,
        ];
        assert_eq!(done, expected);
    }
    let text = metrics([&keycloak]);
    for token in ["standard", "typed_jwt", "without_exp", "typed_jwt_without_exp"] {
        let line = format!("tenancy_oidc_logouts_total{{issuer=\"{}\",token=\"{token}\"}} 1\n", liar.issuer);
        assert!(text.contains(&line), "{line}{text}");
    }
}

/// What is tolerated is no more than that: an id token is no logout token, an old one is over, one that was used is used.
#[tokio::test]
async fn tolerated_logout_tokens_still_end() {
    let liar = Liar::start().await;
    let client = OidcClient::discover(liar.config().profile(Profile::Keycloak)).await.unwrap();
    let refused = async |body: Vec<u8>| -> LogoutTokenError { client.back_channel_logout(&body).await.unwrap_err() };
    let old = logout(&liar, "JWT", |claims| {
        without_exp(claims);
        claims["iat"] = (now() - 151).into();
    });
    assert_eq!(refused(old).await, TokenError::IssuedAt.into());
    let over = logout(&liar, "JWT", |claims| claims["exp"] = (now() - 31).into());
    assert_eq!(refused(over).await, TokenError::Expired.into());
    let id_token = logout(&liar, "JWT", |claims| claims["nonce"] = "n".into());
    assert_eq!(refused(id_token).await, LogoutTokenError::Nonce);
    let no_event = logout(&liar, "JWT", |claims| drop(claims.as_object_mut().unwrap().remove("events")));
    assert_eq!(refused(no_event).await, LogoutTokenError::Events);
    assert_eq!(refused(logout(&liar, "at+jwt", |_| ())).await, TokenError::Kind.into());
    let once = logout(&liar, "JWT", without_exp);
    let taken: ProviderLogout = client.back_channel_logout(&once).await.unwrap();
    assert_eq!(taken.session.as_deref(), Some("s-1"));
    assert_eq!(refused(once).await, LogoutTokenError::Replayed);
}
