//! E: a provider ends sessions, before or after they begin.

use crate::gateway::outside::Open;
use crate::gateway::world::{World, signed_in};
use std::sync::Arc;
use std::time::Duration;
use tenancy_gateway::{RejectionReason, VerifiedIdentity};

on_both!(
    a_provider_ends_its_session_and_no_other,
    a_session_id_of_another_issuer_ends_nothing,
    a_logout_before_the_sign_in_wins,
    a_logout_beside_the_sign_in_never_leaves_a_session,
    a_sign_in_waits_for_a_logout_that_is_being_written,
    unknown_logouts_are_no_error_and_leave_bounded_rows,
    signing_out_takes_the_tokens_with_it,
);

fn with_sid(name: &str, sid: &str) -> VerifiedIdentity {
    VerifiedIdentity { provider_session: Some(sid.to_owned()), ..signed_in(name) }
}

async fn a_provider_ends_its_session_and_no_other(world: World) {
    let sessions = world.gateway.sessions();
    let mut browsers = Vec::new();
    for (name, sid) in [("alice", "one"), ("alice", "two"), ("bob", "three")] {
        let mut browser = world.stranger();
        browser.take(&sessions.sign_in(&with_sid(name, sid), None, None).await.unwrap().1);
        browsers.push(browser);
    }
    sessions.end_provider_session("https://id.test", "one").await.unwrap();
    browsers[0].get("/whoami").await.is(401, "Unauthorized");
    browsers[1].get("/whoami").await.is(200, "alice");
    browsers[2].get("/whoami").await.is(200, "bob");
    // What was granted in it is told by the user's epoch.
    let epochs = world
        .texts("epoch AS TEXT) AS text FROM gateway_users WHERE subject IN ('alice', 'bob') ORDER BY subject")
        .await;
    assert_eq!(epochs, ["2", "1"]);
}

/// 56.
async fn a_session_id_of_another_issuer_ends_nothing(world: World) {
    let sessions = world.gateway.sessions();
    let mut browser = world.stranger();
    browser.take(&sessions.sign_in(&with_sid("alice", "same"), None, None).await.unwrap().1);
    for issuer in ["https://other.test", "https://id.test/", "https://ID.test", ""] {
        sessions.end_provider_session(issuer, "same").await.unwrap();
    }
    browser.get("/whoami").await.is(200, "alice");
}

/// 57: for ten minutes; a session that was not named is not touched.
async fn a_logout_before_the_sign_in_wins(world: World) {
    let sessions = world.gateway.sessions();
    sessions.end_provider_session("https://id.test", "early").await.unwrap();
    let refused = sessions.sign_in(&with_sid("alice", "early"), None, None).await.unwrap_err();
    assert_eq!(refused.reason(), RejectionReason::SignInRefused);
    assert_eq!(world.count("gateway_sessions").await, 0);
    assert!(sessions.sign_in(&with_sid("alice", "other"), None, None).await.is_ok());
    let (session, _) = world.sign_in("alice").await;
    // A step-up of a session that the provider has ended is refused as well.
    assert!(sessions.step_up(&session, &with_sid("alice", "early")).await.is_err());
    world.clock.advance(599);
    assert!(sessions.sign_in(&with_sid("alice", "early"), None, None).await.is_err());
    world.clock.advance(1);
    assert!(sessions.sign_in(&with_sid("alice", "early"), None, None).await.is_ok());
}

/// 57: whichever comes first, no session is alive afterwards.
async fn a_logout_beside_the_sign_in_never_leaves_a_session(world: World) {
    let world = Arc::new(world);
    for round in 0..12 {
        let sid = format!("round {round}");
        let (one, other) = (Arc::clone(&world), Arc::clone(&world));
        let (name, named) = (sid.clone(), sid.clone());
        let begin =
            tokio::spawn(
                async move { one.gateway.sessions().sign_in(&with_sid("alice", &name), None, None).await.is_ok() },
            );
        let end = tokio::spawn(async move {
            other.gateway.sessions().end_provider_session("https://id.test", &named).await.unwrap();
        });
        let (_, ended) = (begin.await.unwrap(), end.await.unwrap());
        let () = ended;
        let alive = format!("gateway_sessions WHERE ended_at IS NULL AND provider_sid = '{sid}'");
        assert_eq!(world.count(&alive).await, 0, "round {round}");
    }
}

/// 57: a logout that another process has written and not yet committed. SQLite has one writer at a time anyway.
async fn a_sign_in_waits_for_a_logout_that_is_being_written(world: World) {
    let (session, _) = world.sign_in("alice").await;
    let until = world.clock.now() + 600;
    let logout = format!("INSERT INTO gateway_provider_sessions VALUES ('https://id.test', 'now', {until}, {until})");
    let Some(open) = Open::after(&world.place, &logout).await else { return };
    let (one, other) = (world.gateway.sessions(), world.gateway.sessions());
    let begin = tokio::spawn(async move { one.sign_in(&with_sid("alice", "now"), None, None).await.is_ok() });
    let raise = tokio::spawn(async move { other.step_up(&session, &with_sid("alice", "now")).await.is_ok() });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!begin.is_finished() && !raise.is_finished());
    open.commit().await;
    assert_eq!((begin.await.unwrap(), raise.await.unwrap()), (false, false));
    let alive = "gateway_sessions WHERE ended_at IS NULL AND provider_sid = 'now'";
    assert_eq!(world.count(alive).await, 0);
}

/// 58.
async fn unknown_logouts_are_no_error_and_leave_bounded_rows(world: World) {
    let sessions = world.gateway.sessions();
    for number in 0..20 {
        sessions.end_provider_session("https://id.test", &format!("unknown {number}")).await.unwrap();
    }
    assert_eq!(world.count("gateway_provider_sessions").await, 20);
    world.clock.advance(601);
    while sessions.delete_expired(7).await.unwrap() > 0 {}
    assert_eq!(world.count("gateway_provider_sessions").await, 0);
}

async fn signing_out_takes_the_tokens_with_it(world: World) {
    let mut signed = signed_in("alice");
    (signed.id_token, signed.refresh_token) = (Some("id".into()), Some("refresh".into()));
    let (session, _) = world.gateway.sessions().sign_in(&signed, None, None).await.unwrap();
    let sealed = "gateway_sessions WHERE sealed_id_token IS NOT NULL OR sealed_refresh_token IS NOT NULL";
    assert_eq!(world.count(sealed).await, 1);
    drop(world.gateway.sessions().end(&session).await.unwrap());
    assert_eq!(world.count(sealed).await, 0);
    // Ending twice is no error.
    drop(world.gateway.sessions().end(&session).await.unwrap());
    assert!(world.gateway.sessions().id_token(&session).await.unwrap().is_none());
}
