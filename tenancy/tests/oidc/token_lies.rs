//! Claims that lie, under a good signature.

use crate::oidc::forge::{self, Key};
use crate::oidc::liar::{ACCESS, CLIENT, Liar, header, now, seconds, signed};
use serde_json::{Value, json};
use std::time::Duration;
use tenancy_gateway::oidc::{LoginRequest, SignInError, TokenError};

/// Signs in with honest claims but for one; null takes it out.
async fn with(name: &str, value: Value) -> Result<String, TokenError> {
    let liar = Liar::start().await;
    let result = liar.sign_in(|mut claims| {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        signed(&claims)
    });
    refusal(result.await.map(|sign_in| sign_in.signed_in.subject))
}

pub fn refusal<T>(result: Result<T, SignInError>) -> Result<T, TokenError> {
    result.map_err(|error| match error {
        SignInError::Token(refusal) => refusal,
        other => panic!("expected a refused token, got: {other}"),
    })
}

#[tokio::test]
async fn an_honest_token_is_taken() {
    let liar = Liar::start().await;
    let claims = |mut claims: Value| {
        claims["amr"] = json!(["pwd", "otp"]);
        claims["acr"] = "urn:test:mfa".into();
        claims["at_hash"] = forge::access_token_hash(ACCESS).into();
        signed(&claims)
    };
    let sign_in = liar.sign_in(claims).await.unwrap();
    let who = sign_in.signed_in;
    assert_eq!((who.issuer.as_str(), who.subject.as_str()), (liar.issuer.as_str(), "alice"));
    assert_eq!((who.methods, who.assurance.as_deref()), (vec!["pwd".into(), "otp".into()], Some("urn:test:mfa")));
    assert_eq!(who.provider_session.as_deref(), Some("provider-session"));
    assert!(now() - seconds(who.authenticated_at) < 5 && who.id_token.is_some() && who.refresh_token.is_none());
    assert!(sign_in.organizations.candidates(&liar.issuer).is_empty(), "the generic profile names no organization");
}

#[tokio::test]
async fn another_issuer() {
    assert_eq!(with("iss", "https://login.example.test".into()).await, Err(TokenError::Issuer));
}

#[tokio::test]
async fn an_issuer_of_another_spelling() {
    let liar = Liar::start().await;
    let spelled = format!("{}/", liar.issuer);
    let result = liar.sign_in(|mut claims| {
        claims["iss"] = spelled.into();
        signed(&claims)
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Issuer);
}

#[tokio::test]
async fn no_issuer() {
    assert_eq!(with("iss", Value::Null).await, Err(TokenError::NoClaim("iss")));
}

#[tokio::test]
async fn another_audience() {
    assert_eq!(with("aud", "another-client".into()).await, Err(TokenError::Audience));
}

#[tokio::test]
async fn no_audience() {
    for none in [Value::Null, json!([]), "".into()] {
        assert_eq!(with("aud", none.clone()).await, Err(TokenError::NoAudience), "{none}");
    }
}

#[tokio::test]
async fn a_stranger_beside_this_client_in_the_audience() {
    assert_eq!(with("aud", json!([CLIENT, "stranger"])).await, Err(TokenError::Audience));
}

#[tokio::test]
async fn issued_to_another_client() {
    assert_eq!(with("azp", "another-client".into()).await, Err(TokenError::AuthorizedParty));
}

#[tokio::test]
async fn several_audiences_and_no_word_to_whom_it_was_issued() {
    let liar = Liar::start().await;
    let config = liar.config().further_audience("sibling");
    let client = tenancy_gateway::oidc::OidcClient::discover(config).await.unwrap();
    let both = |azp: Option<&'static str>| {
        move |mut claims: Value| {
            claims["aud"] = json!([CLIENT, "sibling"]);
            if let Some(azp) = azp {
                claims["azp"] = azp.into();
            }
            signed(&claims)
        }
    };
    let nobody = liar.sign_in_at(&client, LoginRequest::default(), both(None)).await;
    assert_eq!(refusal(nobody).unwrap_err(), TokenError::AuthorizedParty);
    let sibling = liar.sign_in_at(&client, LoginRequest::default(), both(Some("sibling"))).await;
    assert_eq!(refusal(sibling).unwrap_err(), TokenError::AuthorizedParty);
    liar.sign_in_at(&client, LoginRequest::default(), both(Some(CLIENT))).await.unwrap();
}

#[tokio::test]
async fn no_nonce() {
    assert_eq!(with("nonce", Value::Null).await, Err(TokenError::Nonce));
}

#[tokio::test]
async fn the_nonce_of_another_sign_in() {
    assert_eq!(with("nonce", "the-nonce-of-another-sign-in".into()).await, Err(TokenError::Nonce));
}

#[tokio::test]
async fn expired() {
    assert_eq!(with("exp", (now() - 31).into()).await, Err(TokenError::Expired));
}

#[tokio::test]
async fn clocks_may_differ_by_the_skew_and_no_more() {
    for name in ["iat", "nbf", "auth_time"] {
        assert_eq!(with(name, (now() + 20).into()).await.as_deref(), Ok("alice"), "{name}");
    }
    let liar = Liar::start().await;
    let just_over = |mut claims: Value| {
        claims["iat"] = (now() - 25).into();
        claims["exp"] = (now() - 20).into();
        signed(&claims)
    };
    liar.sign_in(just_over).await.unwrap();
}

#[tokio::test]
async fn an_end_before_its_beginning() {
    let liar = Liar::start().await;
    let result = liar.sign_in(|mut claims| {
        claims["iat"] = (now() + 20).into();
        claims["exp"] = (now() + 10).into();
        signed(&claims)
    });
    assert_eq!(refusal(result.await).unwrap_err(), TokenError::Expired);
}

#[tokio::test]
async fn no_expiry_or_one_that_is_no_number() {
    assert_eq!(with("exp", Value::Null).await, Err(TokenError::NoClaim("exp")));
    for exp in ["soon".into(), (now() + 300).to_string().into(), json!([now() + 300]), json!(-1)] {
        assert_eq!(with("exp", exp).await, Err(TokenError::Claim("exp")));
    }
}

#[tokio::test]
async fn an_expiry_beyond_all_calendars() {
    let end = with("exp", u64::MAX.into()).await.unwrap_err();
    assert!(matches!(end, TokenError::Claim(_)), "{end}");
    assert_eq!(with("exp", 253_402_300_800_u64.into()).await, Err(TokenError::Claim("exp")));
}

#[tokio::test]
async fn issued_in_the_future() {
    assert_eq!(with("iat", (now() + 90).into()).await, Err(TokenError::IssuedAt));
}

#[tokio::test]
async fn issued_before_the_sign_in_began() {
    assert_eq!(with("iat", (now() - 3600).into()).await, Err(TokenError::IssuedAt));
}

#[tokio::test]
async fn not_valid_yet() {
    assert_eq!(with("nbf", (now() + 90).into()).await, Err(TokenError::NotYetValid));
    assert_eq!(with("nbf", "later".into()).await, Err(TokenError::Claim("nbf")));
}

#[tokio::test]
async fn proved_longer_ago_than_a_sign_in_allows() {
    assert_eq!(with("auth_time", (now() - 13 * 3600).into()).await, Err(TokenError::AuthTime));
}

#[tokio::test]
async fn proved_in_the_future_or_never() {
    assert_eq!(with("auth_time", (now() + 90).into()).await, Err(TokenError::AuthTimeAhead));
    assert_eq!(with("auth_time", Value::Null).await, Err(TokenError::NoAuthTime));
    assert_eq!(with("auth_time", 0.into()).await, Err(TokenError::ZeroAuthTime));
}

#[tokio::test]
async fn a_step_up_that_the_provider_ignored() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let an_hour_ago = |mut claims: Value| {
        claims["auth_time"] = (now() - 3600).into();
        signed(&claims)
    };
    let again = LoginRequest::default().max_age(Duration::from_secs(300));
    let old = liar.sign_in_at(&client, again, an_hour_ago).await;
    assert_eq!(refusal(old).unwrap_err(), TokenError::NotAskedAgain);

    let strong = || LoginRequest::default().acr_values(["urn:test:mfa", "urn:test:hardware"]);
    let weak = liar.sign_in_at(&client, strong(), |claims| signed(&claims)).await;
    assert_eq!(refusal(weak).unwrap_err(), TokenError::Assurance);
    for (class, strong_enough) in [("urn:test:password", false), ("urn:test:hardware", true)] {
        let with_class = |mut claims: Value| {
            claims["acr"] = class.into();
            signed(&claims)
        };
        let result = liar.sign_in_at(&client, strong(), with_class).await;
        assert_eq!(refusal(result).err(), (!strong_enough).then_some(TokenError::Assurance), "{class}");
    }

    let methods = LoginRequest::default().amr_values(["mfa", "hwk"]);
    let one_of_two = |mut claims: Value| {
        claims["amr"] = json!(["mfa", "pwd"]);
        signed(&claims)
    };
    let weak = liar.sign_in_at(&client, methods, one_of_two).await;
    assert_eq!(refusal(weak).unwrap_err(), TokenError::Assurance);
}

#[tokio::test]
async fn a_subject_that_is_none() {
    for subject in ["", &"a".repeat(10 * 1024), "al\u{0}ice", "ali\nce", "аlice", "alice ", "al ice"] {
        assert_eq!(with("sub", subject.into()).await, Err(TokenError::Claim("sub")), "{subject:?}");
    }
    let absent = with("sub", Value::Null).await.unwrap_err();
    assert_eq!(absent, TokenError::NoClaim("sub"));
}

#[tokio::test]
async fn another_access_token() {
    let other = forge::access_token_hash("another-access-token");
    assert_eq!(with("at_hash", other.into()).await, Err(TokenError::AccessTokenHash));
}

#[tokio::test]
async fn a_key_that_is_said_twice() {
    let liar = Liar::start().await;
    for twice in [r#""sub":"mallory","#, r#""extra":{"a":1,"a":2},"#] {
        let result = liar.sign_in(|claims| {
            let text = claims.to_string().replacen('{', &format!("{{{twice}"), 1);
            forge::token(Key::main(), &header(), &text)
        });
        assert_eq!(refusal(result.await).unwrap_err(), TokenError::DuplicateKey, "{twice}");
    }
}

#[tokio::test]
async fn one_e_mail_address_makes_no_one_person() {
    let subject = with("email", "alice@example.test".into()).await.unwrap();
    let liar = Liar::start().await;
    let carol = liar.sign_in(|mut claims| {
        claims["sub"] = "carol".into();
        claims["email"] = "alice@example.test".into();
        signed(&claims)
    });
    assert_ne!(carol.await.unwrap().signed_in.subject, subject);
}

#[tokio::test]
async fn one_subject_at_two_issuers_is_two_people() {
    let (one, other) = (Liar::start().await, Liar::start().await);
    let at_one = one.sign_in(|claims| signed(&claims)).await.unwrap().signed_in;
    let at_other = other.sign_in(|claims| signed(&claims)).await.unwrap().signed_in;
    assert_eq!(at_one.subject, at_other.subject);
    assert_ne!(at_one.issuer, at_other.issuer);
}

/// RFC 7519, section 2: a NumericDate may have a fraction. Its whole seconds count.
#[tokio::test]
async fn times_may_have_a_fraction() {
    for (name, time) in [("iat", 0.75), ("exp", 300.5), ("nbf", 0.25), ("auth_time", 0.999)] {
        assert_eq!(with(name, json!(now() as f64 + time)).await.as_deref(), Ok("alice"), "{name}");
    }
    let liar = Liar::start().await;
    let proved = now() as f64 - 1.5;
    let sign_in = liar.sign_in(|mut claims| {
        claims["auth_time"] = json!(proved);
        signed(&claims)
    });
    assert_eq!(seconds(sign_in.await.unwrap().signed_in.authenticated_at), proved as u64);
    // What is no time with a fraction is none without.
    for time in [json!(-0.5), json!(1e300), json!(253_402_300_800.5)] {
        assert_eq!(with("auth_time", time.clone()).await, Err(TokenError::Claim("auth_time")), "{time}");
    }
    assert_eq!(with("exp", json!(now() as f64 - 30.5)).await, Err(TokenError::Expired));
}

/// A person who reads the log learns which claim it is, and what is wrong with it.
#[tokio::test]
async fn each_odd_claim_is_named() {
    for (name, value, words) in [
        ("amr", json!("pwd"), "the claim `amr` is one text, and not a list of words"),
        ("amr", json!("pwd otp"), "the claim `amr` is one text, and not a list of words"),
        ("amr", json!([1]), "the claim `amr` is not of the form"),
        ("aud", json!([]), "(`aud` is missing or empty)"),
        ("auth_time", json!(0), "`auth_time` is 0"),
        ("auth_time", Value::Null, "(`auth_time` is missing)"),
        ("iat", Value::Null, "the claim `iat` is missing"),
        ("iat", json!("now"), "the claim `iat` is not of the form"),
        ("email_verified", json!("yes"), "the claim `email_verified` is not of the form"),
        ("address", json!("a street"), "the claim `address` is not of the form"),
    ] {
        let said = with(name, value.clone()).await.unwrap_err().to_string();
        assert!(said.contains(words), "{name} {value}: {said}");
    }
}
