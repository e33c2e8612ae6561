//! The handler's arguments: the scope is the request's, once, until its response has been sent.

use crate::gateway::world::{START, World, signed_in, subject, time};
use axum::body::HttpBody as _;
use std::pin::Pin;
use std::time::Duration;
use tenancy_gateway::RejectionReason;
use tower::ServiceExt as _;

on_both!(
    a_request_has_its_scope_once,
    a_scope_lives_while_its_body_is_sent_and_no_longer,
    a_scope_ends_with_the_last_frame,
    a_scope_ends_when_the_client_goes_away,
    a_route_without_the_layer_has_no_default,
    a_scope_is_of_its_own_request,
    a_scope_tells_strength_and_age_of_the_proof,
    an_open_route_still_asks_for_a_session_where_a_handler_does,
);

async fn a_request_has_its_scope_once(world: World) {
    let mut browser = world.browser("alice").await;
    browser.get("/twice").await.is(500, "Internal Server Error");
    assert_eq!(world.refused(RejectionReason::ScopeTaken), 1);
    browser.get("/invoices").await.is(200, "acme-1");
}

/// 73: the scope serves the streamed body and is then worth nothing, whoever kept it.
async fn a_scope_lives_while_its_body_is_sent_and_no_longer(world: World) {
    let mut browser = world.browser("alice").await;
    browser.get("/stream").await.is(200, "acme-1\nacme-1\n");
    // The task keeps its scope after the last line.
    tokio::time::sleep(Duration::from_millis(50)).await;
    browser.get("/use-kept").await.is(500, "");
    browser.get("/keep").await.is(200, "kept");
    browser.get("/use-kept").await.is(500, "");
}

/// Also while somebody still holds the body that has been read to its end.
async fn a_scope_ends_with_the_last_frame(world: World) {
    let browser = world.browser("alice").await;
    let request = browser.request("GET", "/stream").body(axum::body::Body::empty()).unwrap();
    let mut response = browser.router.clone().oneshot(request).await.unwrap();
    let mut lines = 0;
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(response.body_mut()).poll_frame(cx)).await {
        assert_eq!(frame.unwrap().into_data().unwrap(), "acme-1\n");
        lines += 1;
    }
    assert_eq!(lines, 2);
    tokio::time::sleep(Duration::from_millis(50)).await;
    browser.copy().get("/use-kept").await.is(500, "");
    drop(response);
}

async fn a_scope_ends_when_the_client_goes_away(world: World) {
    let browser = world.browser("alice").await;
    let request = browser.request("GET", "/stream").body(axum::body::Body::empty()).unwrap();
    let mut response = browser.router.clone().oneshot(request).await.unwrap();
    let first = std::future::poll_fn(|cx| Pin::new(response.body_mut()).poll_frame(cx)).await;
    assert_eq!(first.unwrap().unwrap().into_data().unwrap(), "acme-1\n");
    drop(response);
    // The task finds its receiver gone and keeps the scope.
    tokio::time::sleep(Duration::from_millis(100)).await;
    browser.copy().get("/use-kept").await.is(500, "");
}

async fn a_route_without_the_layer_has_no_default(world: World) {
    let mut browser = world.browser("alice").await;
    browser.get("/bare").await.is(500, "Internal Server Error");
    browser.get("/bare-session").await.is(500, "Internal Server Error");
}

/// 73: many requests of two organizations over one router and one pool; none gets the other's rows.
async fn a_scope_is_of_its_own_request(world: World) {
    let (alice, bob) = (world.browser("alice").await, world.browser("bob").await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (mut browser, rows) = if number % 2 == 0 { (alice.copy(), "acme-1") } else { (bob.copy(), "bravo-1") };
        tasks.spawn(async move { browser.get("/invoices").await.is(200, rows) });
    }
    assert_eq!(tasks.join_all().await.len(), 40);
}

async fn an_open_route_still_asks_for_a_session_where_a_handler_does(world: World) {
    let mut stranger = world.stranger();
    stranger.get("/hello").await.is(200, "hello stranger");
    stranger.get("/open-invoices").await.is(401, "Unauthorized");
    let mut browser = world.browser("alice").await;
    browser.get("/hello").await.is(200, "hello alice");
    browser.get("/open-invoices").await.is(200, "acme-1");
    world.gateway.sessions().end_subject(&subject("alice")).await.unwrap();
    browser.get("/hello").await.is(200, "hello stranger");
    // Behind the other layer the handler never runs, whatever it takes.
    let mut stranger = world.stranger();
    stranger.get("/plain").await.is(401, "Unauthorized");
}

/// 10.3.4: by the sessions' clock, and not the host's, which is elsewhere here.
async fn a_scope_tells_strength_and_age_of_the_proof(world: World) {
    let (session, cookie) = world.sign_in("alice").await;
    let mut alice = world.stranger();
    alice.take(&cookie);
    let mut bob = world.browser("bob").await;
    world.clock.advance(300);
    alice.get("/proof").await.is(200, &format!("aal1 {START}"));
    world.clock.advance(1);
    alice.get("/proof").await.is(403, &format!("aal1 {START}"));
    let mut stronger = signed_in("alice");
    (stronger.authenticated_at, stronger.assurance) = (Some(time(START + 301)), Some("aal2".to_owned()));
    let (_, cookie) = world.gateway.sessions().step_up(&session, &stronger).await.unwrap();
    alice.take(&cookie);
    alice.get("/proof").await.is(200, &format!("aal2 {}", START + 301));
    bob.get("/proof").await.is(403, &format!("aal1 {START}"));
}
