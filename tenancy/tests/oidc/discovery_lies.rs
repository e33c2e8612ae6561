//! Metadata that lies, and settings that cannot be.

use crate::oidc::liar::{Answer, CLIENT, Liar, REDIRECT};
use serde_json::{Value, json};
use std::time::Duration;
use tenancy_gateway::oidc::{Algorithm, ConfigError, DiscoveryError, FetchError, OidcClient, OidcConfig, Profile};

const DOCUMENT: &str = "/.well-known/openid-configuration";

async fn refused(liar: &Liar) -> DiscoveryError {
    OidcClient::discover(liar.config()).await.expect_err("it lied")
}

async fn changed(change: impl FnOnce(&mut Value)) -> DiscoveryError {
    let liar = Liar::start().await;
    liar.discovers(change);
    refused(&liar).await
}

async fn answering(answer: Answer) -> DiscoveryError {
    let liar = Liar::start().await;
    liar.answers(DOCUMENT, answer);
    refused(&liar).await
}

#[tokio::test]
async fn an_issuer_of_another_spelling() {
    let spellings: [fn(&str) -> String; 5] = [
        |issuer| format!("{issuer}/"),
        |issuer| issuer.replace("http:", "HTTP:"),
        |issuer| issuer.replace("127.0.0.1", "localhost"),
        |issuer| issuer.replace("127.0.0.1", "127.1"),
        |_| "https://login.example.test".to_owned(),
    ];
    for spelling in spellings {
        let refused = changed(|document| {
            let other = spelling(document["issuer"].as_str().unwrap());
            document["issuer"] = other.into();
        });
        assert_eq!(refused.await, DiscoveryError::Issuer);
    }
    assert_eq!(changed(|document| document["issuer"] = Value::Null).await, DiscoveryError::Shape("issuer"));
}

#[tokio::test]
async fn a_redirect_to_an_address_inside_is_not_followed() {
    let inside = Liar::start().await;
    let refused = answering(Answer::Redirect(format!("{}{DOCUMENT}", inside.issuer))).await;
    assert_eq!(refused, DiscoveryError::Document(FetchError::Redirect));
    assert_eq!(inside.hits(DOCUMENT), 0);
}

#[tokio::test]
async fn slow_huge_packed_broken_or_missing() {
    let document = |fault| DiscoveryError::Document(fault);
    let slow = Answer::Slow(Duration::from_secs(20), "{}".into());
    assert_eq!(answering(slow).await, document(FetchError::Timeout));
    assert_eq!(answering(Answer::Endless(1 << 30)).await, document(FetchError::TooLarge));
    assert_eq!(answering(Answer::Compressed("{}".into())).await, document(FetchError::Encoding));
    assert_eq!(answering(Answer::Page(500, "text/plain", "no")).await, document(FetchError::Status(500)));
    assert_eq!(answering(Answer::Page(404, "application/json", "{}")).await, document(FetchError::Status(404)));
    assert_eq!(answering(Answer::Page(200, "text/html", "{}")).await, document(FetchError::NotJson));
    assert_eq!(answering(Answer::Json("{".into())).await, document(FetchError::NotJson));
    let twice = r#"{"issuer":"https://a","issuer":"https://b"}"#;
    assert_eq!(answering(Answer::Json(twice.into())).await, document(FetchError::DuplicateKey));
    assert_eq!(answering(Answer::Json("[]".into())).await, DiscoveryError::Shape("(the document)"));
}

#[tokio::test]
async fn nobody_is_there() {
    let config = OidcConfig::new("http://127.0.0.1:9", CLIENT, REDIRECT).plain_http_on_loopback();
    let refused = OidcClient::discover(config).await.unwrap_err();
    assert_eq!(refused, DiscoveryError::Document(FetchError::Unreachable("http://127.0.0.1:9".into())));
}

#[tokio::test]
async fn a_downgrade_of_pkce() {
    let methods = |methods: Value| changed(move |document| document["code_challenge_methods_supported"] = methods);
    assert_eq!(methods(json!(["plain"])).await, DiscoveryError::NoS256);
    assert_eq!(methods(json!([])).await, DiscoveryError::NoS256);
    let left_out =
        changed(|document| drop(document.as_object_mut().unwrap().remove("code_challenge_methods_supported")));
    assert_eq!(left_out.await, DiscoveryError::PkceUnannounced);
    let text = methods("S256".into()).await;
    assert_eq!(text, DiscoveryError::Shape("code_challenge_methods_supported"));
}

#[tokio::test]
async fn no_code_flow() {
    let implicit = changed(|document| document["response_types_supported"] = json!(["id_token token"]));
    assert_eq!(implicit.await, DiscoveryError::NoCode);
}

#[tokio::test]
async fn none_of_the_pinned_algorithms() {
    for announced in [json!(["none"]), json!(["HS256"]), json!(["ES256", "EdDSA"]), json!(["rs256"])] {
        let refused = changed(|document| document["id_token_signing_alg_values_supported"] = announced);
        assert_eq!(refused.await, DiscoveryError::NoAlgorithm);
    }
}

#[tokio::test]
async fn an_endpoint_elsewhere_or_in_the_clear() {
    let names = ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"];
    let places = ["http://169.254.169.254/latest", "https://keys.example.test/keys", "http://127.0.0.1:1/x"];
    for name in names {
        for place in places {
            let refused = changed(|document| document[name] = place.into()).await;
            assert_eq!(refused, DiscoveryError::Endpoint(name), "{place}");
        }
        assert_eq!(changed(|document| document[name] = 7.into()).await, DiscoveryError::Shape(name));
        let with_user = changed(|document| {
            let at = document[name].as_str().unwrap().replace("http://", "http://user:word@");
            document[name] = at.into();
        });
        assert_eq!(with_user.await, DiscoveryError::Endpoint(name));
    }
}

#[tokio::test]
async fn an_endpoint_elsewhere_that_was_named() {
    let (liar, keys) = (Liar::start().await, Liar::start().await);
    liar.discovers(|document| document["jwks_uri"] = format!("{}/keys", keys.issuer).into());
    assert_eq!(refused(&liar).await, DiscoveryError::Endpoint("jwks_uri"));
    OidcClient::discover(liar.config().endpoint_origin(&keys.issuer)).await.unwrap();
    assert_eq!((liar.hits("/keys"), keys.hits("/keys")), (0, 1));
}

#[tokio::test]
async fn settings_that_cannot_be() {
    let liar = Liar::start().await;
    let refused = |config| async { OidcClient::discover(config).await.unwrap_err() };
    let issuers = [
        "http://login.example.test",
        "https://a.test/?x=1",
        "https://a.test/#x",
        "https://u:p@a.test",
        "https://u@a.test",
        "a.test",
    ];
    for issuer in issuers {
        let config = OidcConfig::new(issuer, CLIENT, REDIRECT).plain_http_on_loopback();
        assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::Issuer), "{issuer}");
    }
    // Loopback in the clear is a choice.
    let config = OidcConfig::new(&liar.issuer, CLIENT, "https://a.test/callback");
    assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::Issuer));
    let config = OidcConfig::new(&liar.issuer, CLIENT, "http://a.test/callback").plain_http_on_loopback();
    assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::Redirect));
    let config = liar.config().after_logout("http://a.test/bye");
    assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::Redirect));
    let config = OidcConfig::new(&liar.issuer, "", REDIRECT).plain_http_on_loopback();
    assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::ClientId));
    assert_eq!(refused(liar.config().algorithms(&[])).await, DiscoveryError::Config(ConfigError::Algorithms));
    assert_eq!(refused(liar.config().further_audience(CLIENT)).await, DiscoveryError::Config(ConfigError::Audience));
    assert_eq!(refused(liar.config().scope("two words")).await, DiscoveryError::Config(ConfigError::Scope));
    let origin = liar.config().endpoint_origin("https://keys.test/keys");
    assert_eq!(refused(origin).await, DiscoveryError::Config(ConfigError::Origin));
    let project = liar.config().profile(Profile::Zitadel { project: "a:b".into() });
    assert_eq!(refused(project).await, DiscoveryError::Config(ConfigError::Project));
    for roots in ["", "no PEM"] {
        let config = liar.config().root_certificates(roots);
        assert_eq!(refused(config).await, DiscoveryError::Config(ConfigError::Roots));
    }
    let mut limits = crate::oidc::liar::quick();
    limits.skew = Duration::from_secs(121);
    assert_eq!(refused(liar.config().limits(limits)).await, DiscoveryError::Config(ConfigError::Limits));
    assert_eq!(liar.hits(DOCUMENT), 0, "nothing was asked of the provider");
    // The set that is announced is narrowed to the configured one, and not the other way.
    OidcClient::discover(liar.config().algorithms(&[Algorithm::Rs256, Algorithm::EdDsa])).await.unwrap();
}
