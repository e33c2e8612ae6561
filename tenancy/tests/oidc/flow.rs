//! The whole flow at the certified provider.

use crate::oidc::browser::Browser;
use crate::oidc::liar::{now, seconds};
use crate::oidc::real::{self, Real, as_person, refused_at, sign_in, start};
use openidconnect::url::Url;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;
use tenancy_gateway::oidc::{Callback, DiscoveryError, ExchangeError, LoginRequest, OidcClient, PendingLogin};
use tenancy_gateway::oidc::{OidcConfig, Profile, ProviderError, ReturnTo, SignInError, TokenError};

#[tokio::test]
async fn from_discovery_to_a_signed_in_person() {
    let provider = Real::start();
    let client = provider.client().await;
    let to = LoginRequest::return_to(ReturnTo::parse("/invoices").unwrap());
    let started = start(&client, &mut Browser::new(), "alice", to).await;
    assert!(started.query.contains("iss="), "the provider names itself in the callback: {}", started.query);
    let sign_in = started.finish(&client).await.unwrap();
    let who = sign_in.signed_in;
    assert_eq!((who.issuer.as_str(), who.subject.as_str()), (provider.issuer.as_str(), "alice"));
    assert_eq!(sign_in.return_to.as_str(), "/invoices");
    assert!(now() - seconds(who.authenticated_at) < 10);
    assert_eq!(who.methods, ["pwd"]);
}

#[tokio::test]
async fn every_algorithm_and_a_public_client() {
    for settings in [json!({ "alg": "ES256" }), json!({ "alg": "EdDSA" }), json!({ "secret": null })] {
        let provider = Real::with(settings);
        assert_eq!(sign_in(&provider.client().await, "alice").await.signed_in.subject, "alice");
    }
}

#[tokio::test]
async fn another_spelling_of_the_issuer_is_refused() {
    let provider = Real::start();
    let spellings = [provider.issuer.replace("127.0.0.1", "localhost"), format!("{}/", provider.issuer)];
    for spelling in spellings {
        let config = OidcConfig::new(&spelling, real::CLIENT, real::REDIRECT).plain_http_on_loopback();
        assert_eq!(OidcClient::discover(config).await.unwrap_err(), DiscoveryError::Issuer, "{spelling}");
    }
}

/// The address that we send the browser to, with PKCE taken out or weakened on the way.
#[tokio::test]
async fn pkce_is_enforced_by_the_provider_as_well() {
    let provider = Real::start();
    let client = provider.client().await;
    let weakened = |keep: fn(&str) -> bool, plain: bool| {
        let location = as_person(&client.begin(LoginRequest::default()).unwrap().location, "alice");
        let mut other = location.clone();
        let query: Vec<(String, String)> = location.query_pairs().into_owned().filter(|(name, _)| keep(name)).collect();
        other.query_pairs_mut().clear().extend_pairs(query);
        if plain {
            other.query_pairs_mut().append_pair("code_challenge_method", "plain");
        }
        other
    };
    let none = refused_at(weakened(|name| !name.starts_with("code_challenge"), false)).await;
    assert!(none.contains("invalid_request"), "{none}");
    let plain = refused_at(weakened(|name| name != "code_challenge_method", true)).await;
    assert!(plain.contains("invalid_request"), "{plain}");
}

#[tokio::test]
async fn a_code_with_the_verifier_of_another_sign_in() {
    let provider = Real::start();
    let client = provider.client().await;
    let (mut one, mut other) = (Browser::new(), Browser::new());
    let victim = start(&client, &mut one, "alice", LoginRequest::default()).await;
    let attacker = start(&client, &mut other, "bob", LoginRequest::default()).await;
    // The attacker's code in the victim's callback.
    let fields = |query: &str| -> HashMap<String, String> {
        Url::parse(&format!("http://x/?{query}")).unwrap().query_pairs().into_owned().collect()
    };
    let code = fields(&attacker.query)["code"].clone();
    let injected = victim.query.replace(&fields(&victim.query)["code"], &code);
    let callback = Callback::parse(&injected).unwrap();
    let result = client.finish(victim.begun.transaction, &victim.begun.browser, callback).await;
    assert_eq!(result.unwrap_err(), SignInError::Exchange(ExchangeError::InvalidGrant));
}

#[tokio::test]
async fn a_code_used_twice_ends_what_it_gave() {
    let provider = Real::start();
    let config = provider.config().offline_access().profile(Profile::Generic);
    let client = OidcClient::discover(config.clone()).await.unwrap();
    let started = start(&client, &mut Browser::new(), "alice", LoginRequest::default()).await;
    let (query, browser) = (started.query, started.begun.browser);
    let stored = started.begun.transaction.into_stored();
    let finish = async |client: &OidcClient| {
        let transaction = PendingLogin::from_stored(&stored).unwrap();
        client.finish(transaction, &browser, Callback::parse(&query).unwrap()).await
    };
    let first = finish(&client).await.unwrap();
    assert!(first.signed_in.refresh_token.is_some());
    assert_eq!(finish(&client).await.unwrap_err(), SignInError::Used, "this process knows it");
    // Another process, whose store forgot to take the row out.
    let elsewhere = OidcClient::discover(config).await.unwrap();
    assert_eq!(finish(&elsewhere).await.unwrap_err(), SignInError::Exchange(ExchangeError::InvalidGrant));
    let refreshed = client.refresh(&first.signed_in).await;
    assert_eq!(refreshed.unwrap_err(), tenancy_gateway::oidc::RefreshError::Ended);
}

#[tokio::test]
async fn a_wrong_client_secret() {
    let provider = Real::start();
    let client = OidcClient::discover(provider.config().secret("another".into())).await.unwrap();
    let started = start(&client, &mut Browser::new(), "alice", LoginRequest::default()).await;
    assert_eq!(started.finish(&client).await.unwrap_err(), SignInError::Exchange(ExchangeError::Client));
}

#[tokio::test]
async fn the_person_says_no() {
    let provider = Real::start();
    let client = provider.client().await;
    let started = start(&client, &mut Browser::new(), "nobody", LoginRequest::default()).await;
    assert!(started.query.contains("script"), "the provider passes words of others on: {}", started.query);
    let refused = started.finish(&client).await.unwrap_err();
    assert_eq!(refused, SignInError::Provider(ProviderError::AccessDenied));
    assert!(!format!("{refused} {refused:?}").contains("script"));
}

#[tokio::test]
async fn a_step_up_asks_again_and_is_checked() {
    let provider = Real::start();
    let client = provider.client().await;
    let mut browser = Browser::new();
    let weak = start(&client, &mut browser, "alice", LoginRequest::default()).await.finish(&client).await.unwrap();
    // The provider's session answers without asking. Two seconds later its age is more than zero.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let same = start(&client, &mut browser, "alice", LoginRequest::default()).await.finish(&client).await.unwrap();
    assert_eq!(same.signed_in.authenticated_at, weak.signed_in.authenticated_at);
    let again = LoginRequest::default().max_age(Duration::from_secs(1));
    let again = start(&client, &mut browser, "alice", again).await.finish(&client).await.unwrap();
    assert!(again.signed_in.authenticated_at > weak.signed_in.authenticated_at, "the person proved it again");

    let strong = || LoginRequest::default().acr_values(["urn:test:mfa"]).amr_values(["mfa"]);
    let refused = start(&client, &mut Browser::new(), "alice", strong()).await.finish(&client).await;
    assert_eq!(refused.unwrap_err(), SignInError::Token(TokenError::Assurance));
    let taken = start(&client, &mut Browser::new(), "strong", strong()).await.finish(&client).await.unwrap();
    assert_eq!(taken.signed_in.assurance.as_deref(), Some("urn:test:mfa"));
}

#[tokio::test]
async fn keys_rotate_while_sign_ins_are_under_way() {
    let mut provider = Real::start();
    let mut limits = crate::oidc::liar::quick();
    limits.request = Duration::from_secs(10);
    limits.key_interval = Duration::from_millis(1);
    let client = OidcClient::discover(provider.config().limits(limits)).await.unwrap();
    sign_in(&client, "alice").await;
    let under_way: Vec<_> = (0..3).map(|_| client.begin(LoginRequest::default()).unwrap()).collect();
    provider.restart_with_key("second");
    for begun in under_way {
        let query = Browser::new().open(as_person(&begun.location, "bob")).await.query();
        let sign_in = real::Started { begun, query }.finish(&client).await.unwrap();
        assert_eq!(sign_in.signed_in.subject, "bob");
    }
}

#[tokio::test]
async fn roles_in_two_organizations_are_candidates() {
    let provider = Real::start();
    let client = provider.client().await;
    let bob = sign_in(&client, "bob").await;
    let candidates = bob.organizations.candidates(&provider.issuer);
    let ids: Vec<&str> = candidates.iter().map(|candidate| candidate.organization.as_str()).collect();
    assert_eq!(ids, ["100000000000000001", "100000000000000002"], "and none of the other project");
    assert_eq!(bob.organizations.owner.unwrap().as_str(), "100000000000000002");
    assert!(sign_in(&client, "carol").await.organizations.candidates(&provider.issuer).is_empty());
    // The same claims under the generic profile name nobody.
    let generic = OidcClient::discover(provider.config().profile(Profile::Generic)).await.unwrap();
    assert!(sign_in(&generic, "bob").await.organizations.candidates(&provider.issuer).is_empty());
}
