//! Keys turn under load: no good request is refused, and no retired key is admitted.

use crate::split::forge::{Asked, LIST};
use crate::split::world::{World, send};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tenancy_gateway::split::SigningKeysBuilder;
use tenancy_service::RejectionReason;

/// 75: forty turns while both organizations' members ask without a pause. The clock goes five seconds at a time; the gateway
/// turns and the service asks as often as each would by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_over_forty_turns() {
    const TURN: u64 = 60;
    let fast = |keys: SigningKeysBuilder| {
        let keys = keys.rotate_every(Duration::from_secs(TURN)).publish_before(Duration::from_secs(25));
        keys.statement_life(Duration::from_secs(120))
    };
    let world = Arc::new(World::with(fast, |upstream| upstream).await);
    let over = Arc::new(AtomicBool::new(false));
    let mut browsers = tokio::task::JoinSet::new();
    let mut asked = Vec::new();
    for (name, expected) in [("alice", "acme-1"), ("bob", "bravo-1"), ("alice", "acme-1"), ("bob", "bravo-1")] {
        let (world, over, count) = (Arc::clone(&world), Arc::clone(&over), Arc::new(AtomicU64::new(0)));
        asked.push(Arc::clone(&count));
        let cookie = world.cookie(name).await;
        browsers.spawn(async move {
            while !over.load(Ordering::SeqCst) {
                world.ask("GET", "/invoices", &cookie, "").await.is(200, expected);
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let mut keys = BTreeSet::new();
    for step in 0..40 * TURN / 5 {
        world.clock.advance(5);
        world.keys.rotate().await.unwrap();
        keys.extend(named(world.keys.statement().as_deref().unwrap()));
        // The service asks every 15 s.
        if step % 3 == 0 {
            world.tell().await;
        }
        // So that each key meets requests, and no request is on its way for longer than a grant lives.
        if step % 4 == 0 {
            each_asks_twice(&asked, &mut browsers).await;
        }
    }
    over.store(true, Ordering::SeqCst);
    browsers.join_all().await;
    assert!(keys.len() >= 40, "{} keys", keys.len());
    for reason in RejectionReason::ALL {
        assert_eq!(world.behind.service.refused(*reason), 0, "{reason}");
    }
}

/// Waits until each browser has begun and ended a request; one that failed fails the test.
async fn each_asks_twice(asked: &[Arc<AtomicU64>], browsers: &mut tokio::task::JoinSet<()>) {
    let count = || asked.iter().map(|count| count.load(Ordering::SeqCst)).collect::<Vec<_>>();
    let before = count();
    while count().iter().zip(&before).any(|(now, before)| *now < before + 2) {
        if let Some(ended) = browsers.try_join_next() {
            ended.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The public keys of a statement, read without verifying.
fn named(statement: &str) -> Vec<String> {
    use base64::Engine as _;
    let body = statement.split('.').nth(2).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(body).unwrap();
    let text = String::from_utf8_lossy(&bytes[..bytes.len() - 64]).into_owned();
    text.split('"').filter(|part| part.starts_with("k4.public.")).map(str::to_owned).collect()
}

/// 75: the last grant of a key is good until it expires, and not after; then the key is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_its_last_grant_and_no_more() {
    let world = World::new().await;
    let turn = async || {
        world.keys.rotate().await.unwrap();
        world.tell().await;
    };
    let first = named(&world.keys.statement().unwrap());
    // Up to the last second of the first key's turn.
    for _ in 0..(15 * 60 - 5) / 5 {
        world.clock.advance(5);
        turn().await;
    }
    world.clock.advance(4);
    turn().await;
    let both = named(&world.keys.statement().unwrap());
    assert_eq!((first.len(), both.len()), (1, 2), "the next key is there before its turn");
    let alice = world.cookie("alice").await;
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    let last = world.wire.grants.lock().unwrap().pop().unwrap();
    let again = async |asked: &Asked| send(&world.behind.router, asked, &[("tenancy-grant", &last)]).await.0.as_u16();
    world.clock.advance(1);
    // The next key signs from its time on, also before anybody looked whether something is due.
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    turn().await;
    let new = world.wire.grants.lock().unwrap().pop().unwrap();
    assert_ne!(new.rsplit('.').next(), last.rsplit('.').next(), "another key signs");
    for (advance, status) in [(0, 200), (33, 200), (1, 401)] {
        world.clock.advance(advance);
        turn().await;
        assert_eq!(again(&LIST).await, status, "after {advance}");
    }
    assert_eq!(world.behind.service.refused(RejectionReason::GrantTime), 1);
    world.clock.advance(40);
    turn().await;
    assert_eq!(named(&world.keys.statement().unwrap()).len(), 1, "the retired key is gone");
    assert!(!named(&world.keys.statement().unwrap()).contains(&first[0]));
}

/// 76: the endorser is gone: everything goes on until the statement is over, and then stops; it comes back and all is well.
#[tokio::test(flavor = "multi_thread")]
async fn without_an_endorser_everything_ends_with_the_statement() {
    let world = World::new().await;
    let bob = world.cookie("bob").await;
    world.safe_closed.store(true, Ordering::SeqCst);
    // The statement is of 30 s ago and good for 15 min.
    let mut served = 0;
    for _ in 0..(15 * 60 - 30) / 10 {
        world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
        served += 1;
        world.clock.advance(10);
        let _ = world.keys.rotate().await;
        world.tell().await;
    }
    assert_eq!(served, 87);
    assert!(world.keys.rotate().await.is_err());
    world.ask("GET", "/invoices", &bob, "").await.is(503, "Service Unavailable");
    // Services would not take what is signed now either.
    let list = Asked { ..LIST };
    let old = world.wire.grants.lock().unwrap().pop().unwrap();
    assert_eq!(send(&world.behind.router, &list, &[("tenancy-grant", &old)]).await.0.as_u16(), 401);
    world.safe_closed.store(false, Ordering::SeqCst);
    world.keys.rotate().await.unwrap();
    world.tell().await;
    world.clock.advance(30);
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
}
