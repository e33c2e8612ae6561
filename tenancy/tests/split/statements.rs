//! Key statements that no root would sign, or that are served at the wrong time.

use crate::split::forge::{Key, LIST, payload, stated};
use crate::split::world::{ACME, Alone, BRAVO, START, time};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use tenancy_service::RejectionReason;
use tenancy_service::{KeyRing, StatementError};

fn ring(root: &Key) -> KeyRing {
    KeyRing::new("gateway", "billing", [root.public()])
}

/// 77: forged, of another root, of another issuer, altered.
#[tokio::test]
async fn a_statement_that_no_root_signed_is_refused() {
    let (root, stranger, key) = (Key::of(1), Key::of(8), Key::of(2));
    let ring = ring(&root);
    let good = stated(&[&key], 1, START);
    assert!(matches!(ring.accept(&stranger.statement(&good), time(START)), Err(StatementError::Token(_))));
    // The signing key itself endorses nothing.
    assert!(matches!(ring.accept(&key.statement(&good), time(START)), Err(StatementError::Token(_))));
    let disguised = stranger.token(
        &good.to_string(),
        &root.footer(),
        &crate::split::forge::framed(&[b"tenancy key statement v1", b"gateway"]),
    );
    assert!(matches!(ring.accept(&disguised, time(START)), Err(StatementError::Token(_))));
    let elsewhere = root.token(
        &good.to_string(),
        &root.footer(),
        &crate::split::forge::framed(&[b"tenancy key statement v1", b"another"]),
    );
    assert!(matches!(ring.accept(&elsewhere, time(START)), Err(StatementError::Token(_))));
    let text = root.statement(&good);
    for at in (0..text.len()).step_by(7) {
        let mut bad = text.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        assert!(ring.accept(&String::from_utf8(bad).unwrap(), time(START)).is_err(), "changed at {at}");
    }
    for text in ["", "v4.public.", &"A".repeat(10_000)] {
        assert!(ring.accept(text, time(START)).is_err());
    }
    assert_eq!(ring.accept(&text, time(START)), Ok(()));
}

/// 5.1: times beyond the limits, and what the profile does not say.
#[tokio::test]
async fn a_statement_beyond_the_limits_is_refused() {
    let (root, key) = (Key::of(1), Key::of(2));
    let ring = ring(&root);
    let cases: Vec<(StatementError, &str, Value)> = vec![
        (StatementError::Lifetime, "/exp", json!(START + 3601)),
        (StatementError::Lifetime, "/exp", json!(START)),
        (StatementError::Expired, "/iat", json!(START - 1000)),
        (StatementError::NotYetValid, "/iat", json!(START + 6)),
        (StatementError::Window, "/keys/0/naf", json!(START + 7201)),
        (StatementError::Window, "/keys/0/naf", json!(START)),
        (StatementError::Issuer, "/iss", json!("another")),
        (StatementError::Payload, "/seq", json!("1")),
        (StatementError::Payload, "/gtw", json!("a gateway")),
        (StatementError::Payload, "/keys/0/key", json!("k4.public.AAAA")),
        (StatementError::Payload, "/keys/0/key", json!(key.secret())),
        (StatementError::Payload, "/keys/0/aud", json!("billing")),
        (StatementError::Payload, "/keys/0", json!({"key": key.public().to_string()})),
    ];
    for (error, place, value) in cases {
        let mut said = stated(&[&key], 1, START);
        if place == "/iat" && error == StatementError::Expired {
            said["exp"] = json!(START);
        }
        *said.pointer_mut(place).unwrap() = value.clone();
        assert_eq!(ring.accept(&root.statement(&said), time(START)), Err(error), "{place} {value}");
    }
    let many: Vec<Key> = (10..19).map(Key::of).collect();
    let many: Vec<&Key> = many.iter().collect();
    assert_eq!(ring.accept(&root.statement(&stated(&many, 1, START)), time(START)), Err(StatementError::Payload));
    let mut more = stated(&[&key], 1, START);
    more["extra"] = json!(1);
    assert_eq!(ring.accept(&root.statement(&more), time(START)), Err(StatementError::Payload));
    assert_eq!(ring.accept(&root.statement(&stated(&[&key], 1, START)), time(START)), Ok(()));
}

/// 5.1: an older statement that is served again revives nothing, nor does another one of the same number.
#[tokio::test]
async fn a_rollback_revives_no_retired_key() {
    let alone = Alone::new().await;
    let (old, new) = (&alone.key, Key::of(3));
    let first = alone.root.statement(&stated(&[old, &new], 1, START));
    let second = alone.root.statement(&stated(&[&new], 5, START));
    let third = alone.root.statement(&stated(&[old], 5, START));
    assert_eq!(alone.state(&second).await.unwrap(), 1);
    for org in [ACME, BRAVO] {
        assert_eq!(alone.with_grant(&LIST, &old.grant(&payload(org, START), &LIST)).await.0, 401);
        assert_eq!(alone.with_grant(&LIST, &new.grant(&payload(org, START), &LIST)).await.0, 200);
    }
    for older in [&first, &third] {
        assert_eq!(alone.state(older).await.unwrap(), 0);
        assert_eq!(alone.with_grant(&LIST, &old.grant(&payload(ACME, START), &LIST)).await.0, 401);
    }
    // The same one again is no rollback.
    assert_eq!(alone.state(&second).await.unwrap(), 1);
    // Nor after it was forgotten, with the clock set back.
    let ring = ring(&alone.root);
    assert_eq!(ring.accept(&second, time(START)), Ok(()));
    let much_later = START + 3600;
    let mut other = stated(&[&new], 1, much_later);
    other["gtw"] = json!(uuid::Uuid::from_u128(2).to_string());
    assert_eq!(ring.accept(&alone.root.statement(&other), time(much_later)), Ok(()));
    assert_eq!(ring.accept(&first, time(START)), Err(StatementError::RolledBack));
}

/// Each gateway process states its own keys; a newcomer's statement takes nobody's place.
#[tokio::test]
async fn gateways_state_their_own_keys_side_by_side() {
    let alone = Alone::new().await;
    let other = Key::of(4);
    let mut beside = stated(&[&other], 1, START);
    beside["gtw"] = json!(uuid::Uuid::from_u128(2).to_string());
    assert_eq!(alone.state(&alone.root.statement(&beside)).await.unwrap(), 1);
    for key in [&alone.key, &other] {
        assert_eq!(alone.with_grant(&LIST, &key.grant(&payload(BRAVO, START), &LIST)).await.0, 200);
    }
}

/// A key that was endorsed for other services is not ours.
#[tokio::test]
async fn a_key_that_is_not_for_this_service_is_unknown() {
    let alone = Alone::new().await;
    let other = Key::of(4);
    let mut said = stated(&[&alone.key, &other], 2, START);
    said["keys"][1]["aud"] = json!(["ledger", "billing2", ""]);
    assert_eq!(alone.state(&alone.root.statement(&said)).await.unwrap(), 1);
    assert_eq!(alone.with_grant(&LIST, &other.grant(&payload(ACME, START), &LIST)).await.0, 401);
    assert_eq!(alone.refused(RejectionReason::GrantKey), 1);
    assert_eq!(alone.with_grant(&LIST, &alone.grant(ACME, &LIST)).await.0, 200);
}

/// 67: a key outside its own time is refused although it is there, before and after.
#[tokio::test]
async fn a_key_outside_its_time_is_refused() {
    let alone = Alone::new().await;
    let mut said = stated(&[&alone.key], 2, START);
    said["keys"][0]["nbf"] = json!(START + 100);
    said["keys"][0]["naf"] = json!(START + 200);
    assert_eq!(alone.state(&alone.root.statement(&said)).await.unwrap(), 1);
    for (advance, status) in [(94, 401), (1, 200), (104, 200), (1, 401)] {
        alone.clock.advance(advance);
        let (got, _) = alone.with_grant(&LIST, &alone.grant(ACME, &LIST)).await;
        assert_eq!(got, status, "after {advance}");
    }
    assert_eq!(alone.refused(RejectionReason::GrantKeyTime), 2);
}

/// 76: a statement that ends takes its keys with it, whatever their own time.
#[tokio::test]
async fn keys_end_with_their_statement() {
    let alone = Alone::new().await;
    alone.behind.board.down.store(true, Ordering::SeqCst);
    alone.clock.advance(899);
    assert_eq!(alone.names(ACME).await, "acme-1");
    alone.clock.advance(1);
    assert_eq!(alone.with_grant(&LIST, &alone.grant(ACME, &LIST)).await.0, 401);
    assert_eq!(alone.refused(RejectionReason::GrantKeyTime), 1);
}

/// A flood of processes is bounded.
#[tokio::test]
async fn gateways_are_bounded() {
    let (root, key) = (Key::of(1), Key::of(2));
    let ring = ring(&root);
    let of = |number: u128| {
        let mut said = stated(&[&key], 1, START);
        said["gtw"] = json!(uuid::Uuid::from_u128(number).to_string());
        root.statement(&said)
    };
    for number in 0..256 {
        assert_eq!(ring.accept(&of(number), time(START)), Ok(()));
    }
    assert_eq!(ring.accept(&of(300), time(START)), Err(StatementError::TooMany));
    assert_eq!(ring.accept(&of(3), time(START)), Ok(()));
}

/// 67: random unknown keys cause at most one question in each interval, and that one counts for everybody who waits.
#[tokio::test(flavor = "multi_thread")]
async fn unknown_keys_cause_one_question_an_interval() {
    let alone = Alone::new().await;
    let before = alone.behind.board.asked();
    for number in 0..200 {
        let stranger = Key::of(20 + (number % 100) as u8);
        assert_eq!(alone.with_grant(&LIST, &stranger.grant(&payload(ACME, START), &LIST)).await.0, 401);
    }
    assert_eq!(alone.behind.board.asked() - before, 1);
    for _ in 0..3 {
        alone.clock.advance(15);
        for _ in 0..20 {
            let grant = Key::of(9).grant(&payload(ACME, START), &LIST);
            assert_eq!(alone.with_grant(&LIST, &grant).await.0, 401);
        }
    }
    assert_eq!(alone.behind.board.asked() - before, 4);
    // A key that is new, and not hostile, is learnt that way.
    let fresh = Key::of(5);
    let now = START + 45;
    alone.behind.board.says([alone.root.statement(&stated(&[&alone.key, &fresh], 9, now))]);
    let grant = fresh.grant(&payload(BRAVO, now), &LIST);
    assert_eq!(alone.with_grant(&LIST, &grant).await.0, 401);
    alone.clock.advance(15);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (router, grant) = (alone.behind.router.clone(), grant.clone());
        tasks.spawn(
            async move { crate::split::world::send(&router, &LIST, &[("tenancy-grant", &grant)]).await.0.as_u16() },
        );
    }
    assert_eq!(tasks.join_all().await, vec![200; 20]);
    assert_eq!(alone.behind.board.asked() - before, 5);
}
