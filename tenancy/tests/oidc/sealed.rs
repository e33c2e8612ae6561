//! Sign-ins that were begun and lie in the browser alone, sealed: strangers who begin them take no room.

use crate::gateway::world::{World, key};
use crate::oidc::liar::{Attempt, Liar, signed};
use secrecy::{ExposeSecret as _, SecretString};
use tenancy_gateway::oidc::{Callback, LoginRequest, Logins, OidcClient};
use tenancy_gateway::{RejectionReason, SessionKeys};
use tokio::task::JoinSet;

on_both!(
    sealed_in_a_browser_and_finished_once_at_any_process,
    what_was_sealed_for_something_else_is_unknown,
    strangers_take_no_room_from_what_is_sealed,
);

/// A sign-in that was begun and sealed, with what the browser has of it.
struct Begun {
    browser: SecretString,
    sealed: SecretString,
    query: String,
}

async fn begin(liar: &Liar, client: &OidcClient, logins: &Logins, purpose: &str) -> Begun {
    let attempt = Attempt::begin(client, LoginRequest::default());
    liar.gives(&signed(&attempt.claims(liar)));
    let query = attempt.query(&liar.issuer);
    let sealed = logins.seal_for_browser(attempt.transaction, purpose).unwrap();
    Begun { browser: attempt.browser, sealed, query }
}

fn callback(begun: &Begun) -> Callback {
    Callback::parse(&begun.query).unwrap()
}

async fn sealed_in_a_browser_and_finished_once_at_any_process(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let (gateway, _) = world.second(SessionKeys::new(key('1'))).await;
    let (here, there) = (world.gateway.logins(&client), gateway.logins(&client));
    for round in 0..10 {
        let begun = begin(&liar, &client, &here, "sign-in").await;
        let mut takers = JoinSet::new();
        for at in 0..4 {
            let logins = if at % 2 == 0 { here.clone() } else { there.clone() };
            let (sealed, callback) = (begun.sealed.clone(), callback(&begun));
            takers.spawn(async move { logins.take_from(&sealed, &callback, "sign-in").await });
        }
        let taken: Vec<_> = takers.join_all().await.into_iter().filter_map(Result::ok).collect();
        assert_eq!(taken.len(), 1, "round {round}");
        let transaction = taken.into_iter().next().unwrap();
        let sign_in = client.finish(transaction, &begun.browser, callback(&begun)).await.unwrap();
        assert_eq!(sign_in.signed_in.subject, "alice");
    }
    // What is left is for the janitor.
    assert_eq!(world.count("gateway_logins").await, 10);
    world.clock.advance(600);
    assert_eq!(world.gateway.sessions().delete_expired(100).await.unwrap(), 10);
}

async fn what_was_sealed_for_something_else_is_unknown(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client);
    let (one, other) =
        (begin(&liar, &client, &logins, "sign-in").await, begin(&liar, &client, &logins, "sign-in").await);
    let (elsewhere, _) = world.second(SessionKeys::new(key('2'))).await;
    let mut changed = one.sealed.expose_secret().to_owned();
    changed.replace_range(60..61, if &changed[60..61] == "A" { "B" } else { "A" });
    for (sealed, purpose) in [
        (&one.sealed, "step-up of 1"),
        (&other.sealed, "sign-in"),
        (&changed.into(), "sign-in"),
        (&"".into(), "sign-in"),
        (&"!".into(), "sign-in"),
    ] {
        let refused = logins.take_from(sealed, &callback(&one), purpose).await.unwrap_err();
        assert_eq!(refused.reason(), RejectionReason::SignInUnknown);
    }
    let refused = elsewhere.logins(&client).take_from(&one.sealed, &callback(&one), "sign-in").await.unwrap_err();
    assert_eq!(refused.reason(), RejectionReason::SignInUnknown);
    // None of that used it up, and no secret lies in the open.
    for secret in [one.browser.expose_secret(), "alice", &liar.issuer] {
        assert!(!one.sealed.expose_secret().contains(secret));
    }
    logins.take_from(&one.sealed, &callback(&one), "sign-in").await.unwrap();
    assert_eq!(world.count("gateway_logins").await, 1);
}

async fn strangers_take_no_room_from_what_is_sealed(world: World) {
    let liar = Liar::start().await;
    let client = liar.client().await;
    let logins = world.gateway.logins(&client).at_most(2);
    for _ in 0..2 {
        let attempt = Attempt::begin(&client, LoginRequest::default());
        logins.keep(attempt.transaction).await.unwrap();
    }
    let full = logins.keep(Attempt::begin(&client, LoginRequest::default()).transaction).await.unwrap_err();
    assert_eq!(full.reason(), RejectionReason::SignInsFull);
    let before = world.count("gateway_logins").await;
    let begun = begin(&liar, &client, &logins, "sign-in").await;
    assert_eq!(world.count("gateway_logins").await, before, "beginning writes nothing");
    logins.take_from(&begun.sealed, &callback(&begun), "sign-in").await.unwrap();
    // And the other way round: what came back takes no room from what is kept.
    world.clock.advance(600);
    world.gateway.sessions().delete_expired(100).await.unwrap();
    for _ in 0..5 {
        let begun = begin(&liar, &client, &logins, "sign-in").await;
        logins.take_from(&begun.sealed, &callback(&begun), "sign-in").await.unwrap();
    }
    logins.keep(Attempt::begin(&client, LoginRequest::default()).transaction).await.unwrap();
}
