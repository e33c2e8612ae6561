//! State, browser, issuer and time of a sign-in: what must come back, and from whom.

use crate::oidc::liar::{Attempt, CLIENT, Liar, REDIRECT, signed};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;
use tenancy_gateway::oidc::{BeginError, Callback, CallbackError, LoginRequest, OidcClient, PendingLogin};
use tenancy_gateway::oidc::{OidcConfig, ProviderError, ProviderOrganization, ReturnTo, SignInError};

/// What a table would do: one row a key, taken out once.
#[derive(Default)]
struct Table(HashMap<String, SecretString>);

impl Table {
    fn keep(&mut self, transaction: PendingLogin) {
        let key = transaction.key().to_owned();
        self.0.insert(key, transaction.into_stored());
    }

    fn take(&mut self, callback: &Callback) -> Option<PendingLogin> {
        self.0.remove(callback.key()).map(|stored| PendingLogin::from_stored(&stored).unwrap())
    }
}

/// A sign-in whose token endpoint would give a good token.
async fn ready(liar: &Liar, client: &OidcClient) -> Attempt {
    let attempt = Attempt::begin(client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(liar)));
    attempt
}

#[tokio::test]
async fn a_sign_in_survives_its_storage() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let path = ReturnTo::parse("/invoices?page=2").unwrap();
    let attempt = Attempt::begin(&client, LoginRequest::return_to(path.clone()));
    liar.gives(&signed(&attempt.claims(&liar)));
    let (query, browser) = (attempt.query(&liar.issuer), attempt.browser.clone());
    let mut table = Table::default();
    table.keep(attempt.transaction);
    let callback = Callback::parse(&query).unwrap();
    let transaction = table.take(&callback).unwrap();
    assert!(table.take(&callback).is_none());
    assert_eq!(client.finish(transaction, &browser, callback).await.unwrap().return_to, path);
}

#[tokio::test]
async fn the_address_asks_for_a_code_with_s256_and_shows_no_secret() {
    let liar = Liar::start().await;
    let client = OidcClient::discover(liar.config().secret("canary-secret".into()).scope("profile")).await.unwrap();
    let request = LoginRequest::default().max_age(Duration::from_secs(300)).acr_values(["urn:a", "urn:b"]);
    let begun = client.begin(request).unwrap();
    let query: HashMap<String, String> = begun.location.query_pairs().into_owned().collect();
    let stored = begun.transaction.into_stored();
    let verifier: Value = serde_json::from_str(stored.expose_secret()).unwrap();
    let expected = [
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("max_age", "300"),
        ("acr_values", "urn:a urn:b"),
    ];
    for (name, value) in expected {
        assert_eq!(query[name], value, "{name}");
    }
    assert!(query["state"].len() == 43 && query["nonce"].len() == 43 && query["code_challenge"].len() == 43);
    let address = begun.location.as_str();
    assert!(!address.contains(verifier["verifier"].as_str().unwrap()) && !address.contains("canary-secret"));
    assert!(!address.contains(begun.browser.expose_secret()));
    // What is kept names neither state nor nonce nor the browser's secret.
    for secret in [&query["state"], &query["nonce"], &begun.browser.expose_secret().to_owned()] {
        assert!(!stored.expose_secret().contains(secret.as_str()));
    }
}

#[tokio::test]
async fn a_request_shortens_the_configured_age_and_does_not_lengthen_it() {
    let client = Liar::start().await.client().await;
    for (asked, sent) in [(60, "60"), (12 * 3600, "43200"), (48 * 3600, "43200")] {
        let location = client.begin(LoginRequest::default().max_age(Duration::from_secs(asked))).unwrap().location;
        assert_eq!(location.query_pairs().find(|(name, _)| name == "max_age").unwrap().1, sent);
    }
}

#[tokio::test]
async fn two_sign_ins_share_nothing() {
    let client = Liar::start().await.client().await;
    let (one, other) = (client.begin(LoginRequest::default()).unwrap(), client.begin(LoginRequest::default()).unwrap());
    let of = |begun: &tenancy_gateway::oidc::Begun| -> HashMap<String, String> {
        begun.location.query_pairs().into_owned().collect()
    };
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(of(&one)[name], of(&other)[name], "{name}");
    }
    assert_ne!(one.browser.expose_secret(), other.browser.expose_secret());
}

#[tokio::test]
async fn five_tabs_each_finish_on_their_own() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let mut tabs: Vec<Attempt> = (0..5).map(|_| Attempt::begin(&client, LoginRequest::default())).collect();
    tabs.swap(0, 3);
    for (number, tab) in tabs.into_iter().enumerate() {
        liar.gives(&signed(&tab.claims(&liar)));
        // The fourth is never honest; the others do not notice.
        let issuer = if number == 3 { "https://login.example.test" } else { &liar.issuer };
        assert_eq!(tab.finish(&client, issuer).await.is_ok(), number != 3);
    }
}

#[tokio::test]
async fn in_another_browser() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let (victim, attacker) = (ready(&liar, &client).await, ready(&liar, &client).await);
    let callback = Callback::parse(&attacker.query(&liar.issuer)).unwrap();
    let result = client.finish(attacker.transaction, &victim.browser, callback).await;
    assert_eq!(result.unwrap_err(), SignInError::OtherBrowser);
    assert_eq!(liar.hits("/token"), 0, "no code was spent");
}

#[tokio::test]
async fn with_another_state() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let (one, other) = (ready(&liar, &client).await, ready(&liar, &client).await);
    let callback = Callback::parse(&other.query(&liar.issuer)).unwrap();
    let result = client.finish(one.transaction, &one.browser, callback).await;
    assert_eq!(result.unwrap_err(), SignInError::State);
    for query in ["code=a-code", "code=a-code&state=", "state=x", "state=x&code=", "state=x&code=c&error=access_denied"]
    {
        assert_eq!(Callback::parse(query).unwrap_err(), CallbackError::Incomplete, "{query}");
    }
}

#[tokio::test]
async fn a_second_time() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let attempt = ready(&liar, &client).await;
    let (query, browser) = (attempt.query(&liar.issuer), attempt.browser);
    // A store that forgets to take the row out.
    let stored = attempt.transaction.into_stored();
    let again = || PendingLogin::from_stored(&stored).unwrap();
    client.finish(again(), &browser, Callback::parse(&query).unwrap()).await.unwrap();
    let second = client.finish(again(), &browser, Callback::parse(&query).unwrap()).await;
    assert_eq!(second.unwrap_err(), SignInError::Used);
    assert_eq!(liar.hits("/token"), 1);
}

#[tokio::test]
async fn more_at_once_than_are_remembered() {
    let liar = Liar::start().await;
    let mut limits = crate::oidc::liar::quick();
    limits.remembered = 2;
    let client = OidcClient::discover(liar.config().limits(limits)).await.unwrap();
    for number in 0..3 {
        let result = ready(&liar, &client).await.finish(&client, &liar.issuer).await;
        assert_eq!(result.err(), (number == 2).then_some(SignInError::Busy));
    }
}

#[tokio::test]
async fn mixed_up_between_two_providers() {
    let (honest, attacker) = (Liar::start().await, Liar::start().await);
    let (at_honest, at_attacker) = (honest.client().await, attacker.client().await);
    // The browser was sent to the attacker, who passes a code of the honest provider on.
    let attempt = ready(&attacker, &at_attacker).await;
    let callback = Callback::parse(&attempt.query(&honest.issuer)).unwrap();
    let result = at_attacker.finish(attempt.transaction, &attempt.browser, callback).await;
    assert_eq!(result.unwrap_err(), SignInError::CallbackIssuer);
    // And the other way: the transaction is the attacker's, the client the honest provider's.
    let attempt = ready(&attacker, &at_attacker).await;
    let callback = Callback::parse(&attempt.query(&honest.issuer)).unwrap();
    let result = at_honest.finish(attempt.transaction, &attempt.browser, callback).await;
    assert_eq!(result.unwrap_err(), SignInError::OtherProvider);
    assert_eq!((honest.hits("/token"), attacker.hits("/token")), (0, 0), "no code reached anybody");
}

#[tokio::test]
async fn without_the_issuer_that_was_announced() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    for refusal in ["code=a-code", "error=access_denied"] {
        let attempt = ready(&liar, &client).await;
        let callback = Callback::parse(&format!("{refusal}&state={}", attempt.state)).unwrap();
        let result = client.finish(attempt.transaction, &attempt.browser, callback).await;
        assert_eq!(result.unwrap_err(), SignInError::CallbackIssuer, "{refusal}");
    }
    // Not announced: it may be left out, and may still not be another.
    liar.discovers(|document| document["authorization_response_iss_parameter_supported"] = false.into());
    let client = liar.client().await;
    let attempt = ready(&liar, &client).await;
    let callback = Callback::parse(&format!("code=a-code&state={}", attempt.state)).unwrap();
    client.finish(attempt.transaction, &attempt.browser, callback).await.unwrap();
    let attempt = ready(&liar, &client).await;
    let other = attempt.finish(&client, "https://login.example.test").await;
    assert_eq!(other.unwrap_err(), SignInError::CallbackIssuer);
}

#[tokio::test]
async fn for_another_client_or_redirect_address() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let others = [
        OidcConfig::new(&liar.issuer, "other", REDIRECT),
        OidcConfig::new(&liar.issuer, CLIENT, "http://127.0.0.1:9/x"),
    ];
    for other in others {
        let other = OidcClient::discover(other.plain_http_on_loopback()).await.unwrap();
        let attempt = ready(&liar, &client).await;
        let result = attempt.finish(&other, &liar.issuer).await;
        assert_eq!(result.unwrap_err(), SignInError::OtherProvider);
    }
}

/// The stored form with one field changed, as a dishonest clock or hand would.
fn changed(transaction: PendingLogin, name: &str, value: Value) -> SecretString {
    let mut stored: Value = serde_json::from_str(transaction.into_stored().expose_secret()).unwrap();
    stored["bound"][name] = value;
    stored.to_string().into()
}

#[tokio::test]
async fn too_late_or_begun_in_the_future() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    for begun in [crate::oidc::liar::now() - 600, crate::oidc::liar::now() + 60, u64::MAX, 0] {
        let attempt = ready(&liar, &client).await;
        let callback = Callback::parse(&attempt.query(&liar.issuer)).unwrap();
        let stored = changed(attempt.transaction, "begun", begun.into());
        let transaction = PendingLogin::from_stored(&stored).unwrap();
        let result = client.finish(transaction, &attempt.browser, callback).await;
        assert_eq!(result.unwrap_err(), SignInError::Expired);
    }
}

#[tokio::test]
async fn damaged_in_storage() {
    let client = Liar::start().await.client().await;
    let begin = || client.begin(LoginRequest::default()).unwrap().transaction;
    let damaged = [
        changed(begin(), "return_to", "https://evil.test".into()),
        changed(begin(), "organization", "a b".into()),
        changed(begin(), "another_field", 1.into()),
        changed(begin(), "max_age", "long".into()),
        SecretString::from("{}"),
        SecretString::from(begin().into_stored().expose_secret().replace("\"version\":1", "\"version\":2")),
    ];
    for stored in damaged {
        assert!(PendingLogin::from_stored(&stored).is_err());
    }
}

#[tokio::test]
async fn a_refusal_of_the_provider_keeps_none_of_its_words() {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let cases = [
        ("access_denied", ProviderError::AccessDenied),
        ("login_required", ProviderError::InteractionRequired),
        ("server_error", ProviderError::Unavailable),
        ("%3Cscript%3E", ProviderError::Other),
    ];
    for (error, expected) in cases {
        let attempt = Attempt::begin(&client, LoginRequest::default());
        let query = format!(
            "error={error}&error_description=%3Cscript%3Ecanary%3C/script%3E&state={}&iss={}",
            attempt.state, liar.issuer
        );
        let callback = Callback::parse(&query).unwrap();
        assert!(!format!("{callback:?}").contains("script"));
        let refused = client.finish(attempt.transaction, &attempt.browser, callback).await.unwrap_err();
        assert_eq!(refused, SignInError::Provider(expected));
        assert!(!format!("{refused} {refused:?}").contains("script"));
    }
}

#[tokio::test]
async fn a_query_that_repeats_itself_or_does_not_end() {
    for query in
        ["code=a&code=b&state=x", "code=a&state=x&state=y", "code=a&state=x&iss=a&iss=b", "code=a&%63ode=b&state=x"]
    {
        assert_eq!(Callback::parse(query).unwrap_err(), CallbackError::Repeated, "{query}");
    }
    let long = format!("code={}&state=x", "c".repeat(8192));
    assert_eq!(Callback::parse(&long).unwrap_err(), CallbackError::TooLong);
}

#[tokio::test]
async fn begun_with_what_cannot_be_asked() {
    let client = Liar::start().await.client().await;
    let organization = ProviderOrganization::parse("100000000000000001").unwrap();
    let refused = client.begin(LoginRequest::default().organization(organization)).unwrap_err();
    assert_eq!(refused, BeginError::NoOrganizations);
    for request in [LoginRequest::default().acr_values(["a b"]), LoginRequest::default().amr_values([""])] {
        assert_eq!(client.begin(request).unwrap_err(), BeginError::Words);
    }
}

/// A handler of axum's is moved between threads while it waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_may_move_between_threads() {
    let liar = Liar::start().await;
    let client = std::sync::Arc::new(liar.client().await);
    let attempt = ready(&liar, &client).await;
    let issuer = liar.issuer.clone();
    let spawned = tokio::spawn(async move {
        let finished = attempt.finish(&client, &issuer).await;
        let _ = client.back_channel_logout(b"").await;
        let refreshed = client.refresh(&finished.as_ref().unwrap().signed_in).await;
        (finished.is_ok(), refreshed.is_err())
    });
    assert_eq!(spawned.await.unwrap(), (true, true));
}
