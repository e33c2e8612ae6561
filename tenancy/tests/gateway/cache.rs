//! The session cache: what is kept in memory is never another organization's, and nothing that ended here goes on.

use crate::gateway::world::{ACME, BRAVO, Browser, IDLE, START, World, key, signed_in, subject};
use axum::Router;
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tenancy::scope::Tier;
use tenancy_gateway::{Gateway, GatewayBuilder, OrganizationState, RejectionReason, Session, SessionKeys};
use tokio::task::JoinSet;

on_both!(
    a_kept_session_asks_the_gateways_tables_nothing,
    a_wish_is_never_answered_from_the_sessions_entry,
    two_organizations_in_parallel_see_their_own_rows,
    nothing_that_ended_here_goes_on,
    an_old_id_is_unknown_at_once,
    a_changed_directory_holds_at_the_next_request,
    after_a_sign_out_no_request_is_let_in,
    what_another_process_ends_is_over_in_time,
    what_another_process_changed_stops_no_change_here,
    a_kept_session_ends_at_its_limits,
    a_kept_session_is_marked_as_seen,
    a_proof_grows_old_while_its_session_is_kept,
    that_there_is_no_session_is_never_kept,
    a_kept_session_is_still_asked_where_it_comes_from,
    session_keys_are_replaced_while_sessions_are_kept,
);

/// A world whose sessions are kept for 10 s.
async fn caching(world: &World) -> World {
    world.like(ten_seconds).await
}

fn ten_seconds(gateway: GatewayBuilder) -> GatewayBuilder {
    gateway.cache_sessions(Duration::from_secs(10))
}

/// Hits and misses until now.
fn asked(gateway: &Gateway) -> (u64, u64) {
    let metrics = gateway.metrics();
    let count = |name: &str| {
        let line = metrics.lines().find(|line| line.contains(&format!("event=\"{name}\""))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    (count("session_cache_hit"), count("session_cache_miss"))
}

/// The tables are gone, and the request is answered: from the cookie to the scope no statement runs.
async fn a_kept_session_asks_the_gateways_tables_nothing(world: World) {
    let world = caching(&world).await;
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    alice.get("/invoices").await.is(200, "acme-1");
    assert_eq!(asked(&world.gateway), (0, 1));
    for table in ["gateway_memberships", "gateway_organizations", "gateway_sessions", "gateway_users"] {
        world.execute(&format!("ALTER TABLE {table} RENAME TO {table}_gone")).await;
    }
    for _ in 0..3 {
        alice.get("/invoices").await.is(200, "acme-1");
    }
    assert_eq!(asked(&world.gateway), (3, 1));
    // Who was not kept, and a wish, are looked up: never a pass.
    bob.get("/invoices").await.is(503, "Service Unavailable");
    alice.get("/o/acme/invoices").await.is(503, "Service Unavailable");
    world.clock.advance(10);
    alice.get("/invoices").await.is(503, "Service Unavailable");
    // Without the setting nothing is kept, and nothing counted.
    let (plain, router) = world_without(&world).await;
    let mut asks = alice.copy();
    asks.router = router;
    asks.get("/invoices").await.is(200, "acme-1");
    asks.get("/invoices").await.is(200, "acme-1");
    assert_eq!(asked(&plain), (0, 0));
}

async fn world_without(world: &World) -> (Gateway, Router) {
    for table in ["gateway_memberships", "gateway_organizations", "gateway_sessions", "gateway_users"] {
        world.execute(&format!("ALTER TABLE {table}_gone RENAME TO {table}")).await;
    }
    world.second(SessionKeys::new(key('1'))).await
}

/// I01: a cache keyed without the organization would answer the wish from what the session acts for.
async fn a_wish_is_never_answered_from_the_sessions_entry(world: World) {
    let world = caching(&world).await;
    let (mut alice, mut carol) = (world.browser("alice").await, world.browser("carol").await);
    carol.post("/switch", "org=acme").await.is(200, "switched");
    for _ in 0..3 {
        carol.get("/invoices").await.is(200, "acme-1");
        carol.get("/o/bravo/invoices").await.is(200, "bravo-1");
        alice.get("/invoices").await.is(200, "acme-1");
        alice.get("/o/bravo/invoices").await.is(404, "Not Found");
        alice.get("/o/never-heard-of/invoices").await.is(404, "Not Found");
    }
    assert!(asked(&world.gateway).0 >= 10, "{:?}", asked(&world.gateway));
    // A wish is looked up each time, so it holds at once what another process changed.
    world.execute("DELETE FROM gateway_memberships WHERE org_id IN (SELECT id FROM gateway_organizations WHERE slug = 'bravo')").await;
    carol.get("/o/bravo/invoices").await.is(404, "Not Found");
    carol.get("/invoices").await.is(200, "acme-1");
}

/// Sessions of two organizations, and of one user in both, ask at once while others switch.
async fn two_organizations_in_parallel_see_their_own_rows(world: World) {
    let world = caching(&world).await;
    let mut tasks = JoinSet::new();
    for number in 0..24 {
        let (name, rows) = [("alice", "acme-1"), ("bob", "bravo-1"), ("carol", "")][number % 3];
        let mut browser = world.browser(name).await;
        tasks.spawn(async move {
            for round in 0..30 {
                let rows = match (rows, round % 2) {
                    ("", 0) => switched(&mut browser, "acme", "acme-1").await,
                    ("", _) => switched(&mut browser, "bravo", "bravo-1").await,
                    _ => rows,
                };
                for _ in 0..4 {
                    browser.get("/invoices").await.is(200, rows);
                }
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(world.refused(RejectionReason::DeadSession) + world.refused(RejectionReason::Unavailable), 0);
}

async fn switched<'a>(browser: &mut Browser, slug: &str, rows: &'a str) -> &'a str {
    browser.post("/switch", &format!("org={slug}")).await.is(200, "switched");
    rows
}

/// 32, 21: every way in which a session ends in this process, each while it is kept.
async fn nothing_that_ended_here_goes_on(world: World) {
    let mut kept = Vec::new();
    // Two users share one of the places that invalidation marks about once in a thousand gateways. Then nothing of the other user is kept:
    // another gateway has other places.
    while kept.len() < 3 {
        kept.push(ended_in_every_way(&caching(&world).await).await);
        // All but the last: of a provider's session nobody knows beforehand whose it is.
        if kept.last().is_some_and(|others| (6..=9).contains(others)) {
            return;
        }
    }
    panic!("somebody else's session is still kept: {kept:?}");
}

/// Ends a session in each way, and asks with it again. Returns how often another user's session was still kept.
async fn ended_in_every_way(world: &World) -> u64 {
    let (sessions, directory) = (world.gateway.sessions(), world.gateway.directory("admin"));
    let alice = || subject("alice");
    let mut others = 0;
    for way in 0..10 {
        let signed =
            tenancy_gateway::VerifiedIdentity { provider_session: Some("sid".to_owned()), ..signed_in("alice") };
        let (session, cookie) = sessions.sign_in(&signed, None, None).await.unwrap();
        let (mut browser, mut other) = (world.stranger(), world.browser("bob").await);
        browser.take(&cookie);
        for _ in 0..2 {
            browser.get("/invoices").await.is(200, "acme-1");
            other.get("/invoices").await.is(200, "bravo-1");
        }
        match way {
            0 => sessions.end(&session).await.map(drop).unwrap(),
            1 => sessions.end_own(&session, session.handle()).await.unwrap(),
            2 => sessions.end_everywhere(&session).await.map(drop).unwrap(),
            3 => sessions.end_subject(&alice()).await.unwrap(),
            4 => sessions.end_organization(ACME, "operator").await.unwrap(),
            5 => directory.set_tier(&alice(), ACME, Tier::Tenant).await.unwrap(),
            6 => directory.remove_member(&alice(), ACME).await.unwrap(),
            7 => directory.set_disabled(&alice(), true).await.unwrap(),
            8 => drop(sessions.sign_in(&signed, Some(&session), None).await.unwrap()),
            _ => sessions.end_provider_session(&signed.issuer, "sid").await.unwrap(),
        }
        browser.get("/whoami").await.is(401, "Unauthorized");
        browser.get("/invoices").await.is(401, "Unauthorized");
        let hits = asked(&world.gateway).0;
        other.get("/invoices").await.is(200, "bravo-1");
        others += asked(&world.gateway).0 - hits;
        match way {
            6 => directory.add_member(&alice(), ACME, Tier::Org).await.unwrap(),
            7 => directory.set_disabled(&alice(), false).await.unwrap(),
            _ => {}
        }
    }
    others
}

/// 20: the id of before a switch, a renewal, a step-up.
async fn an_old_id_is_unknown_at_once(world: World) {
    let world = caching(&world).await;
    let mut carol = world.browser("carol").await;
    for (path, form) in [("/switch", "org=bravo"), ("/switch", "org=acme"), ("/renew", "")] {
        carol.get("/whoami").await.is(200, "carol");
        let mut old = carol.copy();
        old.get("/whoami").await.is(200, "carol");
        assert_eq!(carol.post(path, form).await.status, 200);
        old.get("/whoami").await.is(401, "Unauthorized");
        carol.get("/whoami").await.is(200, "carol");
    }
    carol.get("/invoices").await.is(200, "acme-1");
    let (session, cookie) = world.sign_in("alice").await;
    let (mut old, mut new) = (world.stranger(), world.stranger());
    old.take(&cookie);
    old.get("/whoami").await.is(200, "alice");
    new.take(&world.gateway.sessions().step_up(&session, &signed_in("alice")).await.unwrap().1);
    old.get("/whoami").await.is(401, "Unauthorized");
    new.get("/whoami").await.is(200, "alice");
}

/// K09, 81: suspended, resumed, let in, put out: each at the next request of a session that is kept.
async fn a_changed_directory_holds_at_the_next_request(world: World) {
    let world = caching(&world).await;
    let directory = world.gateway.directory("operator");
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    for _ in 0..2 {
        alice.get("/invoices").await.is(200, "acme-1");
        bob.get("/invoices").await.is(200, "bravo-1");
        directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
        alice.get("/invoices").await.is(404, "Not Found");
        alice.get("/invoices").await.is(404, "Not Found");
        bob.get("/invoices").await.is(200, "bravo-1");
        directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    }
    alice.get("/invoices").await.is(200, "acme-1");
    directory.set_state(ACME, OrganizationState::Closed).await.unwrap();
    alice.get("/invoices").await.is(404, "Not Found");
    // Membership outside of the session's organization ends nothing and is asked anew.
    bob.get("/whoami").await.is(200, "bob");
    directory.set_tier(&subject("carol"), BRAVO, Tier::Tenant).await.unwrap();
    bob.get("/invoices").await.is(200, "bravo-1");
}

/// Look-ups that are under way while the session ends keep nothing of it.
async fn after_a_sign_out_no_request_is_let_in(world: World) {
    let world = caching(&world).await;
    for _ in 0..15 {
        let (session, cookie) = world.sign_in("alice").await;
        let mut browser = world.stranger();
        browser.take(&cookie);
        let over = Arc::new(AtomicBool::new(false));
        let mut readers = JoinSet::new();
        for _ in 0..4 {
            let (mut browser, over) = (browser.copy(), Arc::clone(&over));
            readers.spawn(async move {
                // Known to be over before it asks: then it is refused. What is kept waits for nothing, so others get their turn.
                loop {
                    tokio::task::yield_now().await;
                    let ended = over.load(Ordering::SeqCst);
                    let status = browser.get("/whoami").await.status;
                    assert!(status == 401 || (!ended && status == 200), "{status} although it ended: {ended}");
                    if ended {
                        return;
                    }
                }
            });
        }
        browser.get("/whoami").await.is(200, "alice");
        let _ = world.gateway.sessions().end(&session).await.unwrap();
        over.store(true, Ordering::SeqCst);
        browser.get("/whoami").await.is(401, "Unauthorized");
        readers.join_all().await;
    }
}

/// What is not covered, and for how long: another process ends, switches and suspends.
async fn what_another_process_ends_is_over_in_time(world: World) {
    let world = caching(&world).await;
    let (_, elsewhere) = world.second(SessionKeys::new(key('1'))).await;
    let (alice, mut carol) = (world.browser("alice").await, world.browser("carol").await);
    carol.post("/switch", "org=acme").await.is(200, "switched");
    let at = |browser: &Browser, router: &Router| Browser { router: router.clone(), cookie: browser.cookie.clone() };
    let (mut here, mut there) = (at(&alice, &world.router), at(&alice, &elsewhere));
    let mut old = carol.copy();
    here.get("/invoices").await.is(200, "acme-1");
    old.get("/invoices").await.is(200, "acme-1");
    there.post("/sign-out", "").await.is(200, "signed out");
    at(&alice, &elsewhere).get("/invoices").await.is(401, "Unauthorized");
    at(&carol, &elsewhere).post("/switch", "org=bravo").await.is(200, "switched");
    world.clock.advance(9);
    here.get("/invoices").await.is(200, "acme-1");
    old.get("/invoices").await.is(200, "acme-1");
    world.clock.advance(1);
    here.get("/invoices").await.is(401, "Unauthorized");
    old.get("/invoices").await.is(401, "Unauthorized");
}

/// 22: a change starts from the session as it is, not as it was kept.
async fn what_another_process_changed_stops_no_change_here(world: World) {
    let world = caching(&world).await;
    let (elsewhere, _) = world.second(SessionKeys::new(key('1'))).await;
    let (session, cookie) = world.sign_in("carol").await;
    let mut carol = world.stranger();
    carol.take(&cookie);
    carol.get("/whoami").await.is(200, "carol");
    elsewhere.sessions().keep_tokens(&session, Some(&"new".into()), None).await.unwrap();
    carol.post("/switch", "org=acme").await.is(200, "switched");
    carol.get("/invoices").await.is(200, "acme-1");
    // Also one that ended: it says so.
    let mut here = carol.copy();
    let (_, elsewhere) = world.second(SessionKeys::new(key('1'))).await;
    Browser { router: elsewhere, cookie: carol.cookie.clone() }.post("/sign-out", "").await.is(200, "signed out");
    here.post("/switch", "org=bravo").await.is(401, "Unauthorized");
}

/// 23: to the second, although it is kept.
async fn a_kept_session_ends_at_its_limits(world: World) {
    let short = |gateway: GatewayBuilder| {
        let limits = gateway.idle_timeout(Duration::from_secs(8)).absolute_timeout(Duration::from_secs(11));
        ten_seconds(limits)
    };
    let world = world.like(short).await;
    let (mut busy, mut idle) = (world.browser("alice").await, world.browser("bob").await);
    idle.get("/whoami").await.is(200, "bob");
    for _ in 0..11 {
        busy.get("/whoami").await.is(200, "alice");
        world.clock.advance(1);
        if world.clock.now() == START + 8 {
            idle.get("/whoami").await.is(401, "Unauthorized");
        }
    }
    assert!(asked(&world.gateway).0 >= 4, "{:?}", asked(&world.gateway));
    busy.get("/whoami").await.is(401, "Unauthorized");
}

/// The idle limit is pushed on by requests that are answered from memory.
async fn a_kept_session_is_marked_as_seen(world: World) {
    let world = caching(&world).await;
    let mut alice = world.browser("alice").await;
    for _ in 0..(2 * IDLE / 9) {
        alice.get("/whoami").await.is(200, "alice");
        alice.get("/whoami").await.is(200, "alice");
        world.clock.advance(9);
    }
    let (hits, misses) = asked(&world.gateway);
    assert!(hits > misses, "{hits} {misses}");
    let seen = "max(seen_at) - max(created_at) AS TEXT) AS text FROM gateway_sessions";
    let seen: u64 = world.texts(seen).await[0].parse().unwrap();
    assert!(seen + 100 > 2 * IDLE, "{seen}");
}

/// 83: step-up asks how long ago the proof is, not how long ago it was when the session was read.
async fn a_proof_grows_old_while_its_session_is_kept(world: World) {
    let world = caching(&world).await;
    let fresh = get(async |session: Session| session.authenticated_within(Duration::from_secs(5)).to_string());
    let router = Router::new().route("/fresh", fresh).layer(world.gateway.layer());
    let mut alice = Browser { router, cookie: world.browser("alice").await.cookie };
    for (second, answer) in [(0, "true"), (5, "true"), (6, "false"), (9, "false")] {
        world.clock.advance(START + second - world.clock.now());
        alice.get("/fresh").await.is(200, answer);
    }
    assert_eq!(asked(&world.gateway), (3, 1));
}

/// 31: a guess is looked up each time, and keeps nothing.
async fn that_there_is_no_session_is_never_kept(world: World) {
    let world = caching(&world).await;
    let mut guesser = world.stranger();
    guesser.cookie = Some("A".repeat(43));
    for count in 1..=3 {
        guesser.get("/whoami").await.is(401, "Unauthorized");
        assert_eq!(asked(&world.gateway), (0, count));
    }
    assert_eq!(world.refused(RejectionReason::DeadSession), 3);
}

/// 1, 55, 84: who it is may be kept; what the request is, is looked at each time.
async fn a_kept_session_is_still_asked_where_it_comes_from(world: World) {
    let world = caching(&world).await;
    let mut alice = world.browser("alice").await;
    let token = alice.token().await;
    for _ in 0..2 {
        alice.post_with("/plain", &format!("form_token={token}")).await.is(200, "changed");
        alice.post_with("/plain", "").await.is(403, "Forbidden");
        let elsewhere = alice.request("GET", "/whoami").header("host", "evil.test");
        let elsewhere = alice.send(elsewhere.body("".into()).unwrap()).await;
        assert_eq!(elsewhere.status, 400);
    }
    assert_eq!(asked(&world.gateway).1, 1);
    assert_eq!(world.audited().await.iter().filter(|line| *line == "refusal:form_token").count(), 2);
}

async fn session_keys_are_replaced_while_sessions_are_kept(world: World) {
    let world = caching(&world).await;
    let keys = SessionKeys::new(key('1'));
    let (gateway, router) = world.second_with(keys.clone(), ten_seconds).await;
    let mut alice = Browser { router, cookie: world.browser("alice").await.cookie };
    for digit in ['2', '3', '4'] {
        alice.get("/invoices").await.is(200, "acme-1");
        alice.get("/invoices").await.is(200, "acme-1");
        keys.replace(&SessionKeys::new(key(digit)));
    }
    assert_eq!(asked(&gateway), (3, 3), "another key is another entry");
    // An emergency ends what is kept under a key that is no longer understood.
    alice.get("/invoices").await.is(200, "acme-1");
    keys.forget_previous();
    let answer = alice.get("/invoices").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_has_a_time_and_a_short_one() {
    let make = async |time: Duration| {
        let db = tenancy_gateway::GatewayDb::sqlite(":memory:").await.unwrap();
        Gateway::builder(db, SessionKeys::new(key('1')), "https://billing.test").cache_sessions(time).build()
    };
    for time in [Duration::ZERO, Duration::from_millis(10_001), Duration::MAX] {
        let refused = make(time).await.unwrap_err();
        assert!(matches!(refused, tenancy_gateway::GatewayError::CacheTime), "{refused:?}");
    }
    for time in [Duration::from_nanos(1), Duration::from_secs(10)] {
        assert!(make(time).await.is_ok());
    }
}
