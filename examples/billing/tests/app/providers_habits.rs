//! Providers that do less than they are asked, through the pages and arguments of this service.

use crate::browser::{Browser, Page};
use crate::liar::{Liar, now};
use crate::other_provider::{service_with, sign_in, sign_in_again};
use reqwest::{Method, Url};
use serde_json::{Value, json};

const OLD: u64 = 5 * 3600;

fn old(claims: &mut Value) {
    claims["auth_time"] = (now() - OLD).into();
}

/// What a page that begins a sign-in asks of the provider.
async fn asked(browser: &mut Browser, from: &str, name: &str) -> Option<String> {
    let answer = browser.one(Method::GET, browser.address(from), None).await;
    let to: Url = answer.header("location").parse().expect("to the provider");
    to.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned())
}

/// Where the one button of a page leads.
fn button(page: &Page) -> String {
    let (_, rest) = page.text.split_once("class=\"button\" href=\"").unwrap_or_else(|| panic!("{}", page.text));
    rest.split('"').next().expect("its end").replace("&amp;", "&")
}

/// It answers each sign-in with its own of this morning, whatever `max_age` says; but it asks when it is told to.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_takes_no_notice_of_max_age_locks_nobody_out() {
    let provider = Liar::start().await;
    let world = service_with(&provider, &[]).await;
    let mut browser = Browser::new(world.url(), &provider.issuer);
    assert_eq!(asked(&mut browser, "/login", "prompt").await, None);
    let page = sign_in_again(&mut browser, "/login?to=/customers", &provider, old).await;
    assert!(page.status == 403 && page.text.contains("Prove again who you are"), "{}", page.text);
    assert!(page.text.contains("will ask you"), "{}", page.text);
    let again = button(&page);
    assert_eq!(asked(&mut browser, &again, "prompt").await.as_deref(), Some("login"));
    let page = sign_in_again(&mut browser, &again, &provider, |_| ()).await;
    assert!(page.status == 200 && page.at.path() == "/customers", "{} {}", page.status, page.at);
    // One that does not ask either is named, and the page does not promise that it will.
    let page = sign_in_again(&mut browser, &again, &provider, old).await;
    assert!(page.status == 403 && page.text.contains("and did not"), "{}", page.text);
}

/// A step-up asks in both ways, and what was refused leads back to the step-up.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_asks_in_both_ways() {
    let provider = Liar::start().await;
    let world = service_with(&provider, &[]).await;
    let (mut browser, _) = sign_in(&world, &provider, |claims| claims["auth_time"] = (now() - 3600).into()).await;
    assert_eq!(asked(&mut browser, "/settings/prove", "prompt").await.as_deref(), Some("login"));
    assert_eq!(asked(&mut browser, "/settings/prove", "max_age").await.as_deref(), Some("900"));
    let page = sign_in_again(&mut browser, "/settings/prove", &provider, old).await;
    assert!(page.status == 403 && page.text.contains("Prove again who you are"), "{}", page.text);
    assert_eq!(button(&page), "/settings/prove");
    assert_eq!(browser.get("/invoices").await.status, 200, "the session is what it was");
}

/// Each argument reaches the provider's client.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_needs_is_said_by_arguments() {
    let keys = Liar::start().await;
    let provider = Liar::start().await;
    provider.discovers(|document| {
        document.as_object_mut().expect("an object").remove("code_challenge_methods_supported");
        document["jwks_uri"] = format!("{}/keys", keys.issuer).into();
    });
    let more = ["--internal-listen", "127.0.0.1:0", "--oidc-endpoint-origin", &keys.issuer];
    let needs = ["--oidc-tolerate", "pkce-unannounced", "--oidc-tolerate", "no-auth-time"];
    let also = ["--oidc-audience", "sibling", "--oidc-skew", "90", "--oidc-profile", "keycloak", "--oidc-expired-hint"];
    let world = service_with(&provider, &[&more[..], &needs, &also].concat()).await;
    let (mut browser, page) = sign_in(&world, &provider, |claims| {
        claims["aud"] = json!(["billing", "sibling"]);
        claims["azp"] = "billing".into();
        claims["iat"] = (now() + 60).into();
        claims["exp"] = (now() + 61).into();
        claims.as_object_mut().expect("an object").remove("auth_time");
    })
    .await;
    assert_eq!(page.status, 200, "{}", page.text);
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("form-action 'self' {} {};", provider.issuer, keys.issuer)), "{policy}");
    // Never fresh: the settings offer to prove it, and a step-up at this provider proves nothing.
    assert!(browser.get("/settings").await.text.contains("/settings/prove"));
    let (_, refused) = sign_in(&world, &provider, |claims| claims["aud"] = json!(["billing", "stranger"])).await;
    assert_eq!(refused.status, 403);
    let at = format!("http://{}/metrics", world.service.internal().expect("it was asked for"));
    let text = reqwest::get(at).await.expect("it answers").text().await.expect("text");
    for line in ["sign_ins_total{issuer=\"ISSUER\"} 1\n", "{issuer=\"ISSUER\",reason=\"token_audience\"} 1\n"] {
        let line = line.replace("ISSUER", &provider.issuer);
        assert!(text.contains(&line), "{line}{text}");
    }
}

/// Three faults, three texts with an address, and where to look.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_reached_is_named() {
    use clap::Parser as _;
    use std::error::Error as _;
    for (issuer, words) in [
        ("http://127.0.0.1:1", "http://127.0.0.1:1 was not reached"),
        ("https://no-such-name.invalid", "the name in https://no-such-name.invalid is unknown"),
    ] {
        let words_of = ["billing", "--listen", "127.0.0.1:0", "--oidc-issuer", issuer, "--oidc-client-id", "x"];
        let refused = billing::start(billing::Args::try_parse_from(words_of).expect("arguments")).await;
        let error = refused.err().expect("refused");
        let said = error.source().expect("a cause").to_string();
        assert!(error.exit_code() == 5 && said.contains(words), "{said}");
    }
    let roots = ["billing", "--listen", "127.0.0.1:0", "--oidc-issuer", "https://id.invalid", "--oidc-client-id", "x"];
    let roots = roots.into_iter().chain(["--oidc-ca", "/no/such/roots.pem"]);
    let error = billing::start(billing::Args::try_parse_from(roots).expect("arguments")).await.err().expect("refused");
    assert!(error.exit_code() == 2 && error.to_string().contains("--oidc-ca /no/such/roots.pem"), "{error}");
}
