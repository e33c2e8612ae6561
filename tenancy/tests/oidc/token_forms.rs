//! Tokens whose outer form lies: algorithm, key, header, size, kind.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{CLIENT, KEY, Liar, header, now, signed};
use crate::oidc::token_lies::refusal;
use serde_json::{Value, json};
use tenancy_gateway::oidc::{Algorithm, ExchangeError, FetchError, KeysError, LoginRequest, OidcClient, SignInError};
use tenancy_gateway::oidc::{LogoutTokenError, TokenError};

/// The refusal of a token with this header, under the provider's good signature.
async fn headed(header: Value) -> TokenError {
    let liar = Liar::start().await;
    let result = liar.sign_in(|claims| forge::token(Key::main(), &header, &claims.to_string())).await;
    refusal(result).unwrap_err()
}

#[tokio::test]
async fn no_signature() {
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let liar = Liar::start().await;
        let result = liar.sign_in(|claims| {
            let header = json!({ "alg": name, "kid": KEY, "typ": "JWT" });
            format!("{}.{}.", forge::encode(header.to_string()), forge::encode(claims.to_string()))
        });
        assert_eq!(refusal(result.await).unwrap_err(), TokenError::Algorithm, "{name}");
    }
}

#[tokio::test]
async fn the_signature_cut_off() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|claims| {
        let token = signed(&claims);
        token[..=token.rfind('.').unwrap()].to_owned()
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Signature);
}

#[tokio::test]
async fn hs256_keyed_with_the_public_key() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|claims| {
        let header = json!({ "alg": "HS256", "kid": KEY, "typ": "JWT" });
        forge::shared_secret_token(&Key::main().public_bytes(), &header, &claims.to_string())
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Algorithm);
}

#[tokio::test]
async fn hs256_keyed_with_the_client_secret() {
    let liar = Liar::start().await;
    let client = OidcClient::discover(liar.config().secret("a-client-secret".into())).await.unwrap();
    let result = liar.sign_in_at(&client, LoginRequest::default(), |claims| {
        let header = json!({ "alg": "HS256", "kid": KEY, "typ": "JWT" });
        forge::shared_secret_token(b"a-client-secret", &header, &claims.to_string())
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Algorithm);
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured() {
    for name in ["ES256", "ES384", "EdDSA", "PS256", "RS384", "RS512", "rs256", "RSA-OAEP"] {
        let refused = headed(json!({ "alg": name, "kid": KEY, "typ": "JWT" })).await;
        assert_eq!(refused, TokenError::Algorithm, "{name}");
    }
}

#[tokio::test]
async fn each_configured_algorithm_with_a_key_of_its_own_type_only() {
    let liar = Liar::start().await;
    let (ec, ec384, ed) = (Key::ec(), Key::ec384(), Key::ed());
    let keys = json!({ "keys": [Key::main().public("rsa"), ec.public("ec"), ec384.public("ec384"), ed.public("ed")] });
    liar.says("/keys", keys.to_string());
    let config = liar.config().algorithms(&Algorithm::ALL);
    let client = OidcClient::discover(config).await.unwrap();
    for (key, id) in [(Key::main(), "rsa"), (&ec, "ec"), (&ec384, "ec384"), (&ed, "ed")] {
        let header = json!({ "alg": key.algorithm(), "kid": id });
        let good = |claims: Value| forge::token(key, &header, &claims.to_string());
        liar.sign_in_at(&client, LoginRequest::default(), good).await.unwrap();
        for other in Algorithm::ALL.map(Algorithm::name).into_iter().filter(|other| *other != key.algorithm()) {
            let header = json!({ "alg": other, "kid": id });
            let confused = |claims: Value| forge::token(key, &header, &claims.to_string());
            let refused = liar.sign_in_at(&client, LoginRequest::default(), confused).await;
            assert_eq!(refusal(refused).unwrap_err(), TokenError::Key(KeysError::Unknown), "{other} with {id}");
        }
    }
}

/// Numbers that a careless verifier takes for a signature of anything, one in another encoding, one of another token.
#[tokio::test]
async fn signatures_that_are_none() {
    let liar = Liar::start().await;
    let (ec, ed) = (Key::ec(), Key::ed());
    liar.says("/keys", json!({ "keys": [Key::main().public("rsa"), ec.public("ec"), ed.public("ed")] }).to_string());
    let config = liar.config().algorithms(&[Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]);
    let client = OidcClient::discover(config).await.unwrap();
    for (key, id, length) in [(Key::main(), "rsa", 256), (&ec, "ec", 64), (&ed, "ed", 64)] {
        let elsewhere = key.sign(b"e30.e30");
        let mut one = vec![0; length];
        one[0] = 1;
        let mut last = vec![0; length];
        last[length - 1] = 1;
        let der = [&[0x30, 68, 2, 32][..], &elsewhere[..32], &[2, 32], &elsewhere[32..64]].concat();
        for none in [vec![0; length], vec![0xff; length], one, last, vec![0; 1], elsewhere, der] {
            let header = json!({ "alg": key.algorithm(), "kid": id });
            let forged = |claims: Value| {
                let signed = format!("{}.{}", forge::encode(header.to_string()), forge::encode(claims.to_string()));
                format!("{signed}.{}", forge::encode(&none))
            };
            let result = liar.sign_in_at(&client, LoginRequest::default(), forged).await;
            assert_eq!(refusal(result).unwrap_err(), TokenError::Signature, "{id} {none:?}");
        }
    }
}

#[tokio::test]
async fn another_key_under_a_known_id() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|claims| forge::token(Key::stranger(), &header(), &claims.to_string()));
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Signature);
}

#[tokio::test]
async fn one_flipped_bit() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let signature = |token: &str| token.rfind('.').unwrap() + 1;
    for back in [1_usize, 20, 100] {
        let flip = |claims: Value| {
            let mut token = signed(&claims).into_bytes();
            let at = signature(std::str::from_utf8(&token).unwrap()) + back;
            token[at] = if token[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(token).unwrap()
        };
        let refused = liar.sign_in_at(&client, LoginRequest::default(), flip).await;
        assert_eq!(refusal(refused).unwrap_err(), TokenError::Signature);
    }
}

#[tokio::test]
async fn a_key_id_that_is_none() {
    assert_eq!(headed(json!({ "alg": "RS256" })).await, TokenError::NoKeyId);
    for id in [json!(""), json!(7), json!(["key-1"]), json!("key 1"), json!("key\u{0}1"), json!("k".repeat(257))] {
        assert_eq!(headed(json!({ "alg": "RS256", "kid": id })).await, TokenError::KeyId, "{id}");
    }
}

#[tokio::test]
async fn a_key_id_that_is_a_path_an_address_or_sql() {
    for id in ["../../dev/null", "file:///dev/null", "http://127.0.0.1/key", "key-1'OR'1'='1", "key-2"] {
        let refused = headed(json!({ "alg": "RS256", "kid": id })).await;
        assert_eq!(refused, TokenError::Key(KeysError::Unknown), "{id}");
    }
}

#[tokio::test]
async fn a_key_id_of_a_mebibyte() {
    let liar = Liar::start().await;
    let header = json!({ "alg": "RS256", "kid": "k".repeat(1 << 20) });
    let result = liar.sign_in(|claims| forge::token(Key::main(), &header, &claims.to_string())).await;
    assert_eq!(result.unwrap_err(), SignInError::Exchange(ExchangeError::Fetch(FetchError::TooLarge)));
}

#[tokio::test]
async fn keys_addresses_of_keys_and_extensions_in_the_header() {
    let own = Key::stranger().public(KEY);
    let additions = [
        ("jwk", own.clone()),
        ("jku", "http://127.0.0.1/keys".into()),
        ("x5u", "http://127.0.0.1/certificate".into()),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("b64", false.into()),
        ("zip", "DEF".into()),
        ("cty", "JWT".into()),
        ("enc", "A256GCM".into()),
    ];
    for (name, value) in additions {
        let mut header = header();
        header[name] = value;
        let liar = Liar::start().await;
        let result = liar.sign_in(|claims| forge::token(Key::stranger(), &header, &claims.to_string()));
        assert_eq!(refusal(result.await).unwrap_err(), TokenError::Header, "{name}");
    }
}

#[tokio::test]
async fn a_header_that_says_its_algorithm_twice() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|claims| {
        let header = format!(r#"{{"alg":"none","alg":"RS256","kid":"{KEY}"}}"#);
        let signed = format!("{}.{}", forge::encode(header), forge::encode(claims.to_string()));
        format!("{signed}.{}", forge::encode(Key::main().sign(signed.as_bytes())))
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::DuplicateKey);
}

#[tokio::test]
async fn no_compact_form() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let encrypted = "e30.e30.e30.e30.e30";
    for text in ["", "a", "a.b", "..", "e30.e30.e30=", "{}.{}.{}", encrypted, "e30.bnVsbA.e30"] {
        let result = liar.sign_in_at(&client, LoginRequest::default(), |_| text.to_owned()).await;
        let refused = refusal(result).unwrap_err();
        assert!(matches!(refused, TokenError::Form | TokenError::Algorithm), "{text}: {refused}");
    }
}

#[tokio::test]
async fn longer_than_an_id_token_may_be() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|mut claims| {
        claims["picture"] = "x".repeat(20_000).into();
        signed(&claims)
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::TooLarge);
}

#[tokio::test]
async fn an_access_token_as_id_token() {
    for kind in ["at+jwt", "application/at+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt"] {
        let refused = headed(json!({ "alg": "RS256", "kid": KEY, "typ": kind })).await;
        assert_eq!(refused, TokenError::Kind, "{kind}");
    }
    assert_eq!(headed(json!({ "alg": "RS256", "kid": KEY, "typ": 1 })).await, TokenError::Kind);
}

#[tokio::test]
async fn a_logout_token_without_its_type_as_id_token() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|mut claims| {
        claims["events"] = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        signed(&claims)
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Kind);
}

#[tokio::test]
async fn an_id_token_as_logout_token() {
    let liar = Liar::start().await;
    let claims = json!({ "iss": liar.issuer, "sub": "alice", "aud": CLIENT, "nonce": "n", "iat": now(),
        "exp": now() + 300, "auth_time": now(), "sid": "provider-session", "jti": "1" });
    let body = format!("logout_token={}", signed(&claims));
    let refused = liar.client().await.back_channel_logout(body.as_bytes()).await.unwrap_err();
    assert_eq!(refused, LogoutTokenError::Token(TokenError::Kind));
}
