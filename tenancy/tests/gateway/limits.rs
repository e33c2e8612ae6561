//! How many sessions a user has, and how fresh a proof must be to end them.

use crate::gateway::world::{Browser, START, World, key, signed_in, time};
use axum::http::StatusCode;
use std::time::Duration;
use tenancy_gateway::{Gateway, GatewayDb, GatewayError, RejectionReason, SessionKeys};

on_both!(
    beyond_the_most_the_session_used_longest_ago_ends,
    of_many_sign_ins_at_once_the_most_are_left,
    a_limit_is_of_one_user_and_of_live_sessions,
    a_session_that_is_kept_in_memory_ends_as_well,
    other_sessions_are_ended_with_a_fresh_proof_alone,
    a_handler_may_ask_for_a_fresh_proof,
);

/// 7.1.2: the new session always begins; the others go in the order of their last use, each with a line.
async fn beyond_the_most_the_session_used_longest_ago_ends(world: World) {
    let world = world.like(|gateway| gateway.most_sessions(3)).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(world.browser("alice").await);
        world.clock.advance(60);
    }
    // The first one is used again, so the second is the oldest now.
    sessions[0].get("/whoami").await.is(200, "alice");
    world.clock.advance(60);
    let mut fourth = world.browser("alice").await;
    for (at, alive) in [(0, true), (1, false), (2, true)] {
        let answer = sessions[at].get("/whoami").await;
        assert_eq!(answer.status == StatusCode::OK, alive, "{at}: {}", answer.status);
    }
    fourth.get("/whoami").await.is(200, "alice");
    let ends = world.audited().await.into_iter().filter(|line| line == "end:too many").count();
    assert_eq!(ends, 1);
    assert_eq!(world.count("gateway_sessions WHERE ended_why = 'too many' AND sealed_id_token IS NULL").await, 1);
}

/// All read before any writes, if they may.
async fn of_many_sign_ins_at_once_the_most_are_left(world: World) {
    let world = world.like(|gateway| gateway.most_sessions(2)).await;
    drop(world.sign_in("alice").await);
    let sign_ins = (0..8).map(|_| {
        let sessions = world.gateway.sessions();
        tokio::spawn(async move { sessions.sign_in(&signed_in("alice"), None, None).await.map(drop) })
    });
    for sign_in in sign_ins.collect::<Vec<_>>() {
        sign_in.await.unwrap().unwrap();
    }
    assert_eq!(world.count("gateway_sessions WHERE ended_at IS NULL").await, 2);
    assert_eq!(world.count("gateway_audit WHERE reason = 'too many'").await, 7);
}

/// Two organizations: nobody's sign-in ends a session of somebody else; what is over takes no place.
async fn a_limit_is_of_one_user_and_of_live_sessions(world: World) {
    let world = world.like(|gateway| gateway.most_sessions(1)).await;
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    let mut elsewhere = signed_in("alice");
    elsewhere.issuer = "https://another.test".to_owned();
    world.gateway.sessions().sign_in(&elsewhere, None, None).await.map(drop).unwrap();
    alice.get("/invoices").await.is(200, "acme-1");
    bob.get("/invoices").await.is(200, "bravo-1");
    let mut again = world.browser("alice").await;
    alice.get("/whoami").await.is(401, "Unauthorized");
    again.get("/invoices").await.is(200, "acme-1");
    bob.get("/invoices").await.is(200, "bravo-1");
    let (session, _) = world.sign_in("alice").await;
    world.gateway.sessions().end(&session).await.map(drop).unwrap();
    world.browser("alice").await.get("/invoices").await.is(200, "acme-1");
    assert_eq!(world.count("gateway_audit WHERE reason = 'too many'").await, 2);
    // What was replaced in the same browser is no second one.
    let session = world.sign_in("carol").await.0;
    world.gateway.sessions().sign_in(&signed_in("carol"), Some(&session), None).await.map(drop).unwrap();
    assert_eq!(world.count("gateway_audit WHERE reason = 'too many'").await, 2);
}

async fn a_session_that_is_kept_in_memory_ends_as_well(world: World) {
    let world = world.like(|gateway| gateway.most_sessions(1).cache_sessions(Duration::from_secs(10))).await;
    let mut first = world.browser("alice").await;
    for _ in 0..2 {
        first.get("/whoami").await.is(200, "alice");
    }
    let mut second = world.browser("alice").await;
    first.get("/whoami").await.is(401, "Unauthorized");
    second.get("/whoami").await.is(200, "alice");
}

/// 7.5.2: whoever comes to a browser that was left open ends no session of its owner's.
async fn other_sessions_are_ended_with_a_fresh_proof_alone(world: World) {
    let world = world.like(|gateway| gateway.fresh_proof_to_end_sessions(Duration::from_secs(300))).await;
    let sessions = world.gateway.sessions();
    let (session, cookie) = world.sign_in("alice").await;
    let (other, other_cookie) = world.sign_in("alice").await;
    let mut browsers = [&cookie, &other_cookie].map(|cookie| {
        let mut browser: Browser = world.stranger();
        browser.take(cookie);
        browser
    });
    world.clock.advance(301);
    let session = seen_again(&world, session).await;
    for refused in [
        sessions.end_own(&session, other.handle()).await.unwrap_err(),
        sessions.end_everywhere(&session).await.map(drop).unwrap_err(),
    ] {
        assert_eq!((refused.reason(), refused.status()), (RejectionReason::StaleProof, StatusCode::FORBIDDEN));
    }
    browsers[1].get("/whoami").await.is(200, "alice");
    assert!(world.audited().await.ends_with(&["refusal:stale_proof".to_owned(), "refusal:stale_proof".to_owned()]));
    let mut proof = signed_in("alice");
    proof.authenticated_at = Some(time(START + 301));
    let (session, cookie) = sessions.step_up(&session, &proof).await.unwrap();
    browsers[0].take(&cookie);
    sessions.end_own(&session, other.handle()).await.unwrap();
    browsers[1].get("/whoami").await.is(401, "Unauthorized");
    browsers[0].get("/whoami").await.is(200, "alice");
    sessions.end_everywhere(&session).await.map(drop).unwrap();
    browsers[0].get("/whoami").await.is(401, "Unauthorized");
    // To sign out needs no proof, in either way.
    let (session, _) = world.sign_in("bob").await;
    let (second, _) = world.sign_in("bob").await;
    world.clock.advance(301);
    let second = seen_again(&world, second).await;
    sessions.end(&seen_again(&world, session).await).await.map(drop).unwrap();
    sessions.end_own(&second, second.handle()).await.unwrap();
    assert_eq!(world.refused(RejectionReason::StaleProof), 2);
}

/// The session as a request of now finds it.
async fn seen_again(world: &World, session: tenancy_gateway::Session) -> tenancy_gateway::Session {
    world.gateway.sessions().renew(&session).await.unwrap().0
}

async fn a_handler_may_ask_for_a_fresh_proof(world: World) {
    let (session, _) = world.sign_in("alice").await;
    session.needs_proof_within(Duration::from_secs(0)).unwrap();
    world.clock.advance(60);
    let session = seen_again(&world, session).await;
    session.needs_proof_within(Duration::from_secs(60)).unwrap();
    let refused = session.needs_proof_within(Duration::from_secs(59)).unwrap_err();
    assert_eq!((refused.reason(), refused.status()), (RejectionReason::StaleProof, StatusCode::FORBIDDEN));
    assert_eq!(world.refused(RejectionReason::StaleProof), 1);
}

#[tokio::test]
async fn a_user_has_one_session_at_least() {
    let tables = GatewayDb::sqlite(":memory:").await.unwrap();
    let built = Gateway::builder(tables, SessionKeys::new(key('1')), "https://billing.test").most_sessions(0).build();
    assert!(matches!(built, Err(GatewayError::MostSessions)));
}
