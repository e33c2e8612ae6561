//! Logout at the certified provider, and its logout token.

use crate::oidc::browser::{Arrival, Browser};
use crate::oidc::real::{AFTER_LOGOUT, Real, start};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use openidconnect::url::Url;
use serde_json::json;
use std::time::Duration;
use tenancy_gateway::oidc::{LoginRequest, LogoutTokenError, OidcClient, Profile};
use tokio::sync::mpsc;

/// Our back-channel address: every body that arrives.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Vec<u8>>) {
    let (sender, bodies) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/back-channel", listener.local_addr().unwrap());
    let take = move |body: Bytes| async move { sender.send(body.to_vec()).unwrap() };
    let router = Router::new().route("/back-channel", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, bodies)
}

/// Confirms the provider's "do you want to sign out" page.
async fn confirm(browser: &mut Browser, page: &str, issuer: &str) -> Arrival {
    let field = |after: &str| page.split(after).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let xsrf = field("name=\"xsrf\" value=\"");
    let action = field("action=\"");
    let address = Url::parse(issuer).unwrap().join(&action).unwrap();
    browser.submit(address, &[("xsrf", &xsrf), ("logout", "yes")]).await
}

#[tokio::test]
async fn a_logout_at_the_provider_reaches_us_by_the_back_channel() {
    let (address, mut bodies) = receiver().await;
    let provider = Real::with(json!({ "backChannel": address }));
    // The provider types its logout tokens as the standard says.
    let client = OidcClient::discover(provider.config().profile(Profile::Generic)).await.unwrap();
    let mut browser = Browser::new();
    let started = start(&client, &mut browser, "alice", LoginRequest::default()).await;
    let signed_in = started.finish(&client).await.unwrap().signed_in;
    let session = signed_in.provider_session.clone();
    assert!(session.is_some());

    let redirect = client.logout(signed_in.id_token.as_ref()).unwrap();
    let page = browser.open(Url::parse(redirect.location()).unwrap()).await.page();
    match confirm(&mut browser, &page, &provider.issuer).await {
        Arrival::Ours(address) => assert!(address.as_str().starts_with(AFTER_LOGOUT), "{address}"),
        Arrival::Page(page) => panic!("{page}"),
    }

    let body = tokio::time::timeout(Duration::from_secs(10), bodies.recv()).await.unwrap().unwrap();
    let logout = client.back_channel_logout(&body).await.unwrap();
    assert_eq!((logout.issuer, logout.session), (signed_in.issuer, session));
    assert_eq!(client.back_channel_logout(&body).await, Err(LogoutTokenError::Replayed));
    // A token of this provider is nothing at another client of it.
    let other = tenancy_gateway::oidc::OidcConfig::new(&provider.issuer, "other", crate::oidc::real::REDIRECT);
    let other = OidcClient::discover(other.plain_http_on_loopback()).await.unwrap();
    let refused = other.back_channel_logout(&body).await.unwrap_err();
    assert_eq!(refused, LogoutTokenError::Token(tenancy_gateway::oidc::TokenError::Audience));
    // And an id token is no logout token.
    let token = secrecy::ExposeSecret::expose_secret(signed_in.id_token.as_ref().unwrap());
    client.back_channel_logout(format!("logout_token={token}").as_bytes()).await.unwrap_err();
}

#[tokio::test]
async fn the_logout_address_names_the_client_and_the_registered_place() {
    let provider = Real::start();
    let client = provider.client().await;
    let address = Url::parse(client.logout(None).unwrap().location()).unwrap();
    let query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let expected = [("client_id", "billing"), ("post_logout_redirect_uri", AFTER_LOGOUT)];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let liar = crate::oidc::liar::Liar::start().await;
    liar.discovers(|document| drop(document.as_object_mut().unwrap().remove("end_session_endpoint")));
    assert!(liar.client().await.logout(None).is_none(), "a provider without such an address");
}
