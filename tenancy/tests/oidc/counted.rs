//! What was taken and refused is counted, by reason.

use crate::oidc::liar::{Attempt, Liar, now, signed};
use serde_json::Value;
use tenancy_gateway::oidc::{FetchError, LoginRequest, OidcClient, OidcConfig, metrics};

#[tokio::test]
async fn refused_sign_ins_logouts_and_refreshes_by_reason() {
    let (liar, other) = (Liar::start().await, Liar::start().await);
    let (client, elsewhere) = (liar.client().await, other.client().await);
    let with = async |name: &str, value: Value| {
        let changed = |mut claims: Value| {
            claims[name] = value;
            signed(&claims)
        };
        liar.sign_in_at(&client, LoginRequest::default(), changed).await
    };
    let signed_in = with("jti", "1".into()).await.unwrap().signed_in;
    with("aud", "another".into()).await.unwrap_err();
    with("aud", "another".into()).await.unwrap_err();
    with("auth_time", (now() - 13 * 3600).into()).await.unwrap_err();
    Attempt::begin(&client, LoginRequest::default()).finish(&client, "https://evil.test").await.unwrap_err();
    client.callback("code=a").unwrap_err();
    client.callback("code=a&state=s").unwrap();
    client.refresh(&signed_in).await.unwrap_err();
    let token = crate::oidc::logout_lies::by(crate::oidc::forge::Key::main(), crate::oidc::liar::KEY, &liar);
    client.back_channel_logout(&token).await.unwrap();
    client.back_channel_logout(&token).await.unwrap_err();
    client.back_channel_logout(b"rubbish").await.unwrap_err();
    client.front_channel_logout("iss=https://evil.test&sid=s").unwrap_err();
    let text = metrics([&client, &elsewhere]);
    for (name, label, count) in [
        ("sign_ins_total", "", 1),
        ("sign_ins_refused_total", ",reason=\"token_audience\"", 2),
        ("sign_ins_refused_total", ",reason=\"token_auth_time\"", 1),
        ("sign_ins_refused_total", ",reason=\"callback_issuer\"", 1),
        ("sign_ins_refused_total", ",reason=\"callback_incomplete\"", 1),
        ("refreshes_refused_total", ",reason=\"ended\"", 1),
        ("logouts_total", ",token=\"standard\"", 1),
        ("logouts_refused_total", ",reason=\"replayed\"", 1),
        ("logouts_refused_total", ",reason=\"form\"", 1),
        ("logouts_refused_total", ",reason=\"issuer\"", 1),
    ] {
        let line = format!("tenancy_oidc_{name}{{issuer=\"{}\"{label}}} {count}\n", liar.issuer);
        assert!(text.contains(&line), "{line}{text}");
    }
    let at_other = format!("tenancy_oidc_sign_ins_total{{issuer=\"{}\"}} 0\n", other.issuer);
    assert!(text.contains(&at_other), "{text}");
    assert_eq!(text.matches("# TYPE tenancy_oidc_sign_ins_total").count(), 1, "one head for all clients");
    assert!(!text.contains("alice") && !text.contains("evil") && !text.contains("another"), "{text}");
}

/// Not reached, unknown by name: two texts with the address. The third, a certificate, is `tests/tls/provider.rs`.
#[tokio::test]
async fn what_was_not_reached_is_named() {
    let discover = async |issuer: &str| {
        let config = OidcConfig::new(issuer, "billing", "https://billing.test/callback").plain_http_on_loopback();
        OidcClient::discover(config).await.unwrap_err().to_string()
    };
    let said = discover("http://127.0.0.1:9").await;
    assert!(said.contains("http://127.0.0.1:9 was not reached"), "{said}");
    let said = discover("https://no-such-name.invalid/realm").await;
    assert!(said.contains("the name in https://no-such-name.invalid is unknown"), "{said}");
    let texts = [
        FetchError::Unreachable("https://a.test".into()).to_string(),
        FetchError::UnknownName("https://a.test".into()).to_string(),
        FetchError::Untrusted("https://a.test".into()).to_string(),
    ];
    assert!(texts.iter().all(|text| text.contains("https://a.test")));
}

/// A hint that has expired strands people at many providers; a setting sends it all the same.
#[tokio::test]
async fn an_expired_hint_is_left_out_at_sign_out() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let keeps = OidcClient::discover(liar.config().expired_id_token_hint()).await.unwrap();
    let hinted = |client: &OidcClient, end: Value| {
        let mut claims = Attempt::begin(client, LoginRequest::default()).claims(&liar);
        claims["exp"] = end;
        let address = client.logout(Some(&signed(&claims).into())).unwrap();
        assert!(address.location().contains("client_id=billing"));
        address.location().contains("id_token_hint=")
    };
    assert!(hinted(&client, (now() + 60).into()));
    for over in [Value::from(now()), Value::from(now() - 1), Value::from("never")] {
        assert!(!hinted(&client, over.clone()), "{over}");
        assert!(hinted(&keeps, over));
    }
    let address = client.logout(Some(&"no token".into())).unwrap();
    assert!(!address.location().contains("id_token_hint"));
}
