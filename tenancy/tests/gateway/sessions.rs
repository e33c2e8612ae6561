//! C: sessions. Ids, expiry, ending, and what a slow or late request may not bring back.

use crate::gateway::world::{ABSOLUTE, ACME, BRAVO, Browser, IDLE, START, World, key, signed_in, subject, time};
use axum::http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tenancy::scope::Tier;
use tenancy_gateway::{Gateway, OrganizationState, RejectionReason, SessionKeys, VerifiedIdentity};
use tenancy_test_support::seconds;

on_both!(
    a_planted_id_is_worthless_after_sign_in,
    every_change_of_privilege_changes_the_id,
    step_up_keeps_the_user_and_the_absolute_limit,
    a_session_that_ended_stays_ended,
    of_two_concurrent_changes_one_wins,
    the_idle_limit_is_exact_and_a_late_touch_revives_nothing,
    steady_activity_does_not_pass_the_absolute_limit,
    the_databases_clock_decides,
    a_stolen_database_holds_no_id,
    a_session_of_another_deployment_is_unknown,
    a_guess_finds_nothing,
    signing_out_everywhere_ends_every_session_at_once,
    a_sign_in_that_raced_with_signing_out_everywhere_is_dead,
    a_disabled_user_is_out_at_the_next_request,
    a_user_whose_row_says_disabled_is_out,
    the_list_shows_and_ends_own_sessions_only,
    revoking_an_organization_ends_its_sessions,
    the_key_rotates_without_a_lost_session,
    the_janitor_takes_only_what_is_over_in_batches,
);

/// 19 (7.2.4): the id that the browser brings is never the one that it gets.
async fn a_planted_id_is_worthless_after_sign_in(world: World) {
    let mut attacker = world.browser("bob").await;
    let planted = attacker.cookie.clone();
    // The victim's browser holds the attacker's id, and signs in over it.
    let mut victim = world.stranger();
    victim.cookie = planted.clone();
    let (old, _) = world.sign_in("bob").await;
    let (_, cookie) = world.gateway.sessions().sign_in(&signed_in("alice"), Some(&old), None).await.unwrap();
    victim.take(&cookie);
    assert_ne!(victim.cookie, planted);
    victim.get("/whoami").await.is(200, "alice");
    attacker.get("/whoami").await.is(200, "bob");
}

/// 20: re-login, step-up, switch and renewal each give another id; the old one is dead at once.
async fn every_change_of_privilege_changes_the_id(world: World) {
    let sessions = world.gateway.sessions();
    let (first, cookie) = world.sign_in("carol").await;
    let mut before = world.stranger();
    before.take(&cookie);
    let (second, cookie) = sessions.sign_in(&signed_in("carol"), Some(&first), None).await.unwrap();
    let mut browser = world.stranger();
    browser.take(&cookie);
    before.get("/whoami").await.is(401, "Unauthorized");

    let mut before = browser.copy();
    let (_, cookie) = sessions.step_up(&second, &signed_in("carol")).await.unwrap();
    browser.take(&cookie);
    before.get("/whoami").await.is(401, "Unauthorized");

    for (path, form, answer) in [("/switch", "org=bravo", "switched"), ("/renew", "", "renewed")] {
        let mut before = browser.copy();
        browser.post(path, form).await.is(200, answer);
        assert_ne!(browser.cookie, before.cookie);
        before.get("/whoami").await.is(401, "Unauthorized");
        browser.get("/whoami").await.is(200, "carol");
    }

    // A new tier never goes on under the old id: the session in that organization ends.
    world.gateway.directory("admin").set_tier(&subject("carol"), BRAVO, Tier::Tenant).await.unwrap();
    browser.get("/whoami").await.is(401, "Unauthorized");
    let events = ["sign_in", "sign_in", "renew", "switch", "renew", "tier changed"];
    let audited = world.audited().await;
    assert!(audited.ends_with(&events.map(str::to_owned)), "{audited:?}");
}

/// 20, 83 (7.5.3): who proves itself again must be the same user; the session does not live longer for it.
async fn step_up_keeps_the_user_and_the_absolute_limit(world: World) {
    let sessions = world.gateway.sessions();
    let (session, _) = world.sign_in("alice").await;
    let refused = sessions.step_up(&session, &signed_in("bob")).await.unwrap_err();
    assert_eq!((refused.reason(), refused.status()), (RejectionReason::OtherUser, StatusCode::FORBIDDEN));
    assert!(world.audited().await.contains(&"refusal:other_user".to_owned()));
    // The same name at another provider is somebody else.
    let namesake = VerifiedIdentity { issuer: "https://other.test".to_owned(), ..signed_in("alice") };
    assert_eq!(sessions.step_up(&session, &namesake).await.unwrap_err().reason(), RejectionReason::OtherUser);

    world.clock.advance(600);
    assert!(!session_now(&world, "alice").await.authenticated_within(Duration::from_secs(300)));
    let mut stronger = signed_in("alice");
    stronger.methods = vec!["pwd".to_owned(), "otp".to_owned()];
    stronger.assurance = Some("aal2".to_owned());
    // A provider that speaks of tomorrow does not make the proof younger than now.
    stronger.authenticated_at = Some(time(START + 1_000_000));
    let (raised, cookie) = sessions.step_up(&session, &stronger).await.unwrap();
    assert_eq!((raised.assurance(), seconds(raised.authenticated_at())), ("aal2", START + 600));
    assert_eq!(raised.methods().collect::<Vec<_>>(), ["pwd", "otp"]);
    assert!(raised.authenticated_within(Duration::from_secs(0)));
    let mut browser = world.stranger();
    browser.take(&cookie);
    keep_busy(&world, &mut browser, ABSOLUTE - 600 - 1).await;
    browser.get("/whoami").await.is(200, "alice");
    world.clock.advance(1);
    browser.get("/whoami").await.is(401, "Unauthorized");
}

async fn session_now(world: &World, name: &str) -> tenancy_gateway::Session {
    let mut old = signed_in(name);
    old.authenticated_at = Some(time(START));
    world.gateway.sessions().sign_in(&old, None, None).await.unwrap().0
}

/// Uses the session every 20 minutes.
async fn keep_busy(world: &World, browser: &mut Browser, seconds: u64) {
    let step = 20 * 60;
    for passed in (0..seconds).step_by(step as usize) {
        world.clock.advance(step.min(seconds - passed));
        browser.get("/whoami").await;
    }
}

/// 21: a slow request saves after the logout; tower-sessions' own store then answered the whole session again.
async fn a_session_that_ended_stays_ended(world: World) {
    let sessions = world.gateway.sessions();
    let mut signed = signed_in("alice");
    signed.refresh_token = Some("refresh".into());
    let (slow, cookie) = sessions.sign_in(&signed, None, None).await.unwrap();
    let mut browser = world.stranger();
    browser.take(&cookie);
    let mut elsewhere = browser.copy();
    elsewhere.post("/sign-out", "").await.is(200, "signed out");

    // Everything that the slow request could still save.
    let kept = sessions.keep_tokens(&slow, Some(&"new".into()), None).await.unwrap_err();
    assert_eq!(kept.reason(), RejectionReason::DeadSession);
    assert_eq!(sessions.switch(&slow, &"acme".into()).await.unwrap_err().reason(), RejectionReason::DeadSession);
    assert_eq!(sessions.renew(&slow).await.unwrap_err().reason(), RejectionReason::DeadSession);
    assert_eq!(sessions.step_up(&slow, &signed).await.unwrap_err().reason(), RejectionReason::DeadSession);
    assert!(sessions.lend_refresh_token(&slow).await.unwrap().is_none());
    browser.get("/whoami").await.is(401, "Unauthorized");
    assert_eq!(world.count("gateway_sessions WHERE ended_at IS NULL").await, 0);

    // Also when the janitor has taken the row: nothing inserts it again.
    world.clock.advance(8 * 24 * 60 * 60);
    assert_eq!(sessions.delete_expired(10).await.unwrap(), 1);
    assert_eq!(sessions.renew(&slow).await.unwrap_err().reason(), RejectionReason::DeadSession);
    assert_eq!(world.count("gateway_sessions").await, 0);
}

/// 22: the version is compared; the loser hears of it.
async fn of_two_concurrent_changes_one_wins(world: World) {
    let sessions = world.gateway.sessions();
    let (session, _) = world.sign_in("carol").await;
    let (acme, bravo) = ("acme".into(), "bravo".into());
    let (one, other) = tokio::join!(sessions.switch(&session, &acme), sessions.switch(&session, &bravo));
    let lost = match (one, other) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("{both:?}"),
    };
    assert_eq!(lost.reason(), RejectionReason::DeadSession);

    let (session, _) = world.sign_in("carol").await;
    sessions.keep_tokens(&session, Some(&"one".into()), None).await.unwrap();
    let lost = sessions.keep_tokens(&session, Some(&"other".into()), None).await.unwrap_err();
    assert_eq!((lost.reason(), lost.status()), (RejectionReason::Changed, StatusCode::CONFLICT));
}

/// 23 (7.3.1): dead from the second of the limit on.
async fn the_idle_limit_is_exact_and_a_late_touch_revives_nothing(world: World) {
    let mut browser = world.browser("alice").await;
    world.clock.advance(IDLE - 1);
    browser.get("/whoami").await.is(200, "alice");
    // That request pushed the limit on.
    world.clock.advance(IDLE - 1);
    browser.get("/whoami").await.is(200, "alice");
    world.clock.advance(IDLE);
    for _ in 0..2 {
        browser.get("/whoami").await.is(401, "Unauthorized");
    }
    assert_eq!(world.refused(RejectionReason::DeadSession), 2);
    // A request within a minute of the last writes nothing.
    let mut browser = world.browser("alice").await;
    world.clock.advance(29);
    browser.get("/whoami").await;
    let seen = world.texts("max(seen_at) - max(created_at) AS TEXT) AS text FROM gateway_sessions").await;
    assert_eq!(seen, ["0"]);
}

/// 24 (7.3.2).
async fn steady_activity_does_not_pass_the_absolute_limit(world: World) {
    let mut browser = world.browser("alice").await;
    keep_busy(&world, &mut browser, ABSOLUTE - 1).await;
    browser.get("/whoami").await.is(200, "alice");
    world.clock.advance(1);
    browser.get("/whoami").await.is(401, "Unauthorized");
}

/// 25: without a clock of its own the gateway asks the database, in the statement itself.
async fn the_databases_clock_decides(world: World) {
    let db = world.place.tables().await;
    let gateway = Gateway::builder(db, SessionKeys::new(key('1')), crate::gateway::world::ORIGIN).build().unwrap();
    let sessions = gateway.sessions();
    let (session, _) = sessions.sign_in(&signed_in("alice"), None, None).await.unwrap();
    let host = std::time::SystemTime::now();
    let seen = sessions.list(&session).await.unwrap()[0].created_at;
    let apart = host.duration_since(seen).unwrap_or_else(|error| error.duration());
    assert!(apart.as_secs() < 300, "{seen:?} {host:?}");
    // The host's clock has no say: for a session that is over by the database's clock nothing of it is asked.
    world.execute("UPDATE gateway_sessions SET idle_until = 1000").await;
    assert_eq!(sessions.renew(&session).await.unwrap_err().reason(), RejectionReason::DeadSession);
}

/// 26: what the table holds is no cookie, in any spelling.
async fn a_stolen_database_holds_no_id(world: World) {
    let mut browser = world.browser("alice").await;
    let id = browser.cookie.clone().unwrap();
    let hex = "hex(id_hash) AS TEXT) AS text FROM gateway_sessions";
    let pg = "encode(id_hash, 'hex') AS TEXT) AS text FROM gateway_sessions";
    let on_sqlite = matches!(world.place, crate::gateway::world::Place::File(_));
    let stolen = world.texts(if on_sqlite { hex } else { pg }).await.remove(0).to_lowercase();
    let bytes: Vec<u8> =
        (0..stolen.len()).step_by(2).map(|at| u8::from_str_radix(&stolen[at..at + 2], 16).unwrap()).collect();
    use base64::Engine as _;
    let as_cookie = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
    assert_ne!(as_cookie, id);
    // Nor is it a plain hash of the id, which somebody else could compute.
    let raw = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&id).unwrap();
    use sha2::Digest as _;
    assert_ne!(bytes, sha2::Sha256::digest(&raw).to_vec());
    let mut thief = world.stranger();
    for replayed in [as_cookie, stolen[..43].to_owned()] {
        thief.cookie = Some(replayed);
        let status = thief.get("/whoami").await.status;
        assert!(matches!(status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST), "{status}");
    }
    browser.get("/whoami").await.is(200, "alice");
}

/// 30: another database, or another key over the same one.
async fn a_session_of_another_deployment_is_unknown(world: World) {
    let browser = world.browser("alice").await;
    let other = world.like(|gateway| gateway).await;
    let mut carried = other.stranger();
    carried.cookie = browser.cookie.clone();
    carried.get("/whoami").await.is(401, "Unauthorized");
    let (_, router) = world.second(SessionKeys::new(key('2'))).await;
    let mut elsewhere = browser.copy();
    elsewhere.router = router;
    elsewhere.get("/whoami").await.is(401, "Unauthorized");
}

/// 31: ids that differ in one bit are as unknown as any other; the look-up compares a keyed hash, whose prefix says nothing.
async fn a_guess_finds_nothing(world: World) {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut browser = world.browser("alice").await;
    let id = URL_SAFE_NO_PAD.decode(browser.cookie.clone().unwrap()).unwrap();
    assert_eq!(id.len() * 8, 256);
    let mut guesser = world.stranger();
    for bit in (0..256).step_by(17) {
        let mut guess = id.clone();
        guess[bit / 8] ^= 1 << (bit % 8);
        guesser.cookie = Some(URL_SAFE_NO_PAD.encode(guess));
        guesser.get("/whoami").await.is(401, "Unauthorized");
    }
    browser.get("/whoami").await.is(200, "alice");
}

/// Of Alice and Bob: what tells a grant, and what tells a sign-in that raced.
const EPOCHS: &str = "epoch || ' ' || session_epoch AS TEXT) AS text FROM gateway_users WHERE subject IN ('alice', 'bob') \
                      ORDER BY subject";

/// 32 (7.4.1).
async fn signing_out_everywhere_ends_every_session_at_once(world: World) {
    let (mut laptop, mut phone) = (world.browser("alice").await, world.browser("alice").await);
    let mut other = world.browser("bob").await;
    laptop.post("/sign-out-everywhere", "").await.is(200, "signed out");
    phone.get("/whoami").await.is(401, "Unauthorized");
    other.get("/whoami").await.is(200, "bob");
    // What was granted before is told by its epoch; a new sign-in works.
    let mut again = world.browser("alice").await;
    again.get("/whoami").await.is(200, "alice");
    assert_eq!(world.texts(EPOCHS).await, ["2 2", "1 1"]);
    world.gateway.sessions().end_subject(&subject("alice")).await.unwrap();
    again.get("/whoami").await.is(401, "Unauthorized");
    assert_eq!(world.texts(EPOCHS).await, ["3 3", "1 1"]);
    world.gateway.sessions().end_subject(&subject("nobody")).await.unwrap();
}

/// 32: a session that was being written while all were ended has the epoch from before, whether or not its row was seen.
async fn a_sign_in_that_raced_with_signing_out_everywhere_is_dead(world: World) {
    let mut browser = world.browser("alice").await;
    let (session, _) = world.sign_in("alice").await;
    world.execute("UPDATE gateway_users SET session_epoch = session_epoch + 1 WHERE subject = 'alice'").await;
    browser.get("/invoices").await.is(401, "Unauthorized");
    browser.get("/hello").await.is(200, "hello stranger");
    assert_eq!(world.gateway.sessions().renew(&session).await.unwrap_err().reason(), RejectionReason::DeadSession);
    assert_eq!(world.gateway.sessions().list(&session).await.unwrap(), []);
}

/// 32 (7.4.2).
async fn a_disabled_user_is_out_at_the_next_request(world: World) {
    let mut browser = world.browser("alice").await;
    let directory = world.gateway.directory("admin");
    directory.set_disabled(&subject("alice"), true).await.unwrap();
    browser.get("/invoices").await.is(401, "Unauthorized");
    let refused = world.gateway.sessions().sign_in(&signed_in("alice"), None, None).await.unwrap_err();
    assert_eq!(refused.reason(), RejectionReason::SignInRefused);
    assert_eq!(world.audited().await.last().unwrap(), "refusal:sign_in_refused");
    directory.set_disabled(&subject("alice"), false).await.unwrap();
    assert_eq!(world.texts(EPOCHS).await, ["3 3", "1 1"], "once each way");
    // The old session is not brought back with the user.
    browser.get("/invoices").await.is(401, "Unauthorized");
    world.browser("alice").await.get("/invoices").await.is(200, "acme-1");
}

/// 32: the row itself is asked, whoever wrote it and although no session was ended with it.
async fn a_user_whose_row_says_disabled_is_out(world: World) {
    let (mut bob, mut alice) = (world.browser("bob").await, world.browser("alice").await);
    let (session, _) = world.sign_in("bob").await;
    world.execute("UPDATE gateway_users SET disabled = 1 WHERE subject = 'bob'").await;
    bob.get("/invoices").await.is(401, "Unauthorized");
    bob.get("/o/bravo/invoices").await.is(401, "Unauthorized");
    let refused = world.gateway.sessions().renew(&session).await.unwrap_err();
    assert_eq!(refused.reason(), RejectionReason::DeadSession);
    assert!(world.gateway.sessions().sign_in(&signed_in("bob"), None, None).await.is_err());
    alice.get("/invoices").await.is(200, "acme-1");
    world.execute("UPDATE gateway_users SET disabled = 0 WHERE subject = 'bob'").await;
    bob.get("/invoices").await.is(200, "bravo-1");
}

/// 33 (7.5.2): handles of others end nothing.
async fn the_list_shows_and_ends_own_sessions_only(world: World) {
    let (mut alice, mut phone, mut bob) =
        (world.browser("alice").await, world.browser("alice").await, world.browser("bob").await);
    let list = bob.get("/sessions").await.body;
    assert_eq!(list.lines().count(), 1);
    let bobs = list.split(' ').next().unwrap().to_owned();
    let list = alice.get("/sessions").await.body;
    assert_eq!(list.lines().count(), 2);
    assert!(!list.contains(&bobs) && list.contains("Some(\"Firefox\")"));
    alice.post("/sessions", &format!("handle={bobs}")).await.is(200, "ended");
    bob.get("/whoami").await.is(200, "bob");
    let other = list.lines().find(|line| line.contains("false")).unwrap().split(' ').next().unwrap();
    alice.post("/sessions", &format!("handle={other}")).await.is(200, "ended");
    phone.get("/whoami").await.is(401, "Unauthorized");
    // A handle is no cookie.
    bob.cookie = Some(bobs);
    bob.get("/whoami").await.is(400, "Bad Request");
}

/// Revocation by organization: its sessions end, others go on; grants die with the epoch.
async fn revoking_an_organization_ends_its_sessions(world: World) {
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    world.gateway.sessions().end_organization(ACME, "operator").await.unwrap();
    alice.get("/whoami").await.is(401, "Unauthorized");
    bob.get("/invoices").await.is(200, "bravo-1");
    let epochs = world.texts("epoch AS TEXT) AS text FROM gateway_organizations ORDER BY slug").await;
    assert_eq!(epochs, ["2", "1"]);
    world.browser("alice").await.get("/invoices").await.is(200, "acme-1");
    world.gateway.directory("admin").set_state(ACME, OrganizationState::Suspended).await.unwrap();
}

/// Two keys for as long as a session may live; then the old one is forgotten.
async fn the_key_rotates_without_a_lost_session(world: World) {
    let mut browser = world.browser("alice").await;
    let token = browser.token().await;
    let (rotated, router) = world.second(SessionKeys::new(key('2')).previous(key('1'))).await;
    browser.router = router;
    browser.get("/whoami").await.is(200, "alice");
    browser.post_with("/plain", &format!("form_token={token}")).await.is(200, "changed");
    browser.post("/renew", "").await.is(200, "renewed");
    // The new id is under the new key alone.
    browser.router = world.second(SessionKeys::new(key('2'))).await.1;
    browser.get("/whoami").await.is(200, "alice");
    browser.router = world.router.clone();
    browser.get("/whoami").await.is(401, "Unauthorized");
    drop(Arc::new(rotated));
}

/// Bounded batches; nothing that could still be used; never the audit log.
async fn the_janitor_takes_only_what_is_over_in_batches(world: World) {
    let sessions = world.gateway.sessions();
    let mut signed = signed_in("bob");
    signed.provider_session = Some("sid".to_owned());
    for _ in 0..3 {
        sessions.sign_in(&signed, None, None).await.map(drop).unwrap();
    }
    world.clock.advance(8 * 24 * 60 * 60);
    let mut live = world.browser("alice").await;
    let lines = world.count("gateway_audit").await;
    assert_eq!(sessions.delete_expired(2).await.unwrap(), 3, "two sessions and the provider's mark");
    assert_eq!(sessions.delete_expired(2).await.unwrap(), 1);
    assert_eq!(sessions.delete_expired(2).await.unwrap(), 0);
    live.get("/whoami").await.is(200, "alice");
    assert_eq!(world.count("gateway_audit").await, lines);
}
