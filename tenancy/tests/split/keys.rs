//! Signing keys and their endorsement.

use crate::split::forge::{Key, Safe};
use crate::split::world::{TestClock, World, time};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tenancy_gateway::split::{FileEndorser, KeyFileError, SigningError, SigningKeys, SigningKeysBuilder};
use tenancy_service::KeyRing;
use tenancy_service::RejectionReason;

fn builder(clock: &Arc<TestClock>) -> SigningKeysBuilder {
    let safe = Safe { key: Key::of(1), closed: Arc::default() };
    let root = safe.key.public();
    SigningKeys::builder("gateway", ["billing"], safe, [root]).clock(clock.clone())
}

/// A root key in a file, which only its owner may read; a safe that signs a message. Services take what either signs.
#[tokio::test]
async fn roots_lie_in_a_file_or_in_a_safe() {
    let clock = TestClock::new();
    let (key, file) = (Key::of(1), std::env::temp_dir().join(format!("tenancy-root-{}", uuid::Uuid::new_v4())));
    std::fs::write(&file, format!("{}\n", key.secret())).unwrap();
    for mode in [0o644, 0o640, 0o604, 0o620] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(FileEndorser::open(&file), Err(KeyFileError::Mode)), "{mode:o}");
    }
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let endorser = FileEndorser::open(&file).unwrap();
    let root = endorser.public_key();
    assert_eq!(root.to_string(), key.public().to_string());
    assert!(!format!("{endorser:?}").contains(&key.secret()));
    let of_file = SigningKeys::builder("gateway", ["billing"], endorser, [root.clone()]).clock(clock.clone());
    let of_file = of_file.build().await.unwrap();
    let of_safe = builder(&clock).build().await.unwrap();
    let ring = KeyRing::new("gateway", "billing", [root]);
    for keys in [of_file, of_safe] {
        assert_eq!(ring.accept(&keys.statement().unwrap(), time(crate::split::world::START)), Ok(()));
    }
    std::fs::write(&file, "k4.secret.AAAA").unwrap();
    assert!(matches!(FileEndorser::open(&file), Err(KeyFileError::Key(_))));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(FileEndorser::open(&file), Err(KeyFileError::Read(_))));
    // A new one: for its owner alone, and never over one that is there.
    let made = FileEndorser::create(&file).unwrap().public_key().to_string();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(FileEndorser::open(&file).unwrap().public_key().to_string(), made);
    assert!(matches!(FileEndorser::create(&file), Err(KeyFileError::Write(_))));
    assert_eq!(FileEndorser::open(&file).unwrap().public_key().to_string(), made);
    std::fs::remove_file(&file).unwrap();
}

/// 77: what an endorser signs with another key, or badly, is not published.
#[tokio::test]
async fn what_services_would_not_take_is_not_published() {
    let clock = TestClock::new();
    let other = Safe { key: Key::of(7), closed: Arc::default() };
    let keys = SigningKeys::builder("gateway", ["billing"], other, [Key::of(1).public()]).clock(clock.clone());
    assert!(matches!(keys.build().await, Err(SigningError::Statement(_))));
    let safe = Safe { key: Key::of(1), closed: Arc::default() };
    safe.closed.store(true, Ordering::SeqCst);
    let keys = SigningKeys::builder("gateway", ["billing"], safe, [Key::of(1).public()]).clock(clock);
    assert!(matches!(keys.build().await, Err(SigningError::Endorse(_))));
}

/// Times that cannot work.
#[tokio::test]
async fn times_that_do_not_fit_are_refused() {
    let clock = TestClock::new();
    let seconds = Duration::from_secs;
    assert!(builder(&clock).build().await.is_ok());
    for keys in [
        builder(&clock).rotate_every(seconds(9)),
        builder(&clock).rotate_every(seconds(45 * 60 + 1)),
        builder(&clock).rotate_every(seconds(60)).publish_before(seconds(30)),
        builder(&clock).statement_life(seconds(3601)),
        builder(&clock).statement_life(seconds(100)),
    ] {
        assert!(matches!(keys.build().await, Err(SigningError::Times)));
    }
    let safe = Safe { key: Key::of(1), closed: Arc::default() };
    let none: [&str; 0] = [];
    let keys = SigningKeys::builder("gateway", none, safe, [Key::of(1).public()]).build().await;
    assert!(matches!(keys, Err(SigningError::Audiences)));
}

/// 5.1: a gateway that has just begun signs nothing until services could have heard of its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_published_before_it_signs() {
    let world = World::new().await;
    let clock = TestClock::new();
    let keys = builder(&clock).publish_before(Duration::from_secs(30)).build().await.unwrap();
    assert!(keys.statement().is_some());
    for ready in [false, false, false] {
        assert_eq!(keys.is_ready(), ready);
        clock.advance(9);
    }
    clock.advance(3);
    assert!(keys.is_ready());
    assert_eq!(keys.ready_at(), Some(time(crate::split::world::START + 30)));
    // The world's gateway began 30 s ago by its clock; a second earlier it grants nothing.
    let alice = world.cookie("alice").await;
    world.clock.back(1);
    world.ask("GET", "/invoices", &alice, "").await.is(503, "Service Unavailable");
    assert_eq!(world.gateway.refused(RejectionReason::SigningKey), 1);
    world.clock.advance(1);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
}

/// 75: in an emergency, what the old keys signed is refused from the service's next question on, and the gateway goes on
/// with a new key at once.
#[tokio::test(flavor = "multi_thread")]
async fn retiring_all_keys_takes_effect() {
    let world = World::new().await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    let stolen = world.wire.grants.lock().unwrap().pop().unwrap();
    let list = crate::split::forge::LIST;
    let again =
        async || crate::split::world::send(&world.behind.router, &list, &[("tenancy-grant", &stolen)]).await.0.as_u16();
    assert_eq!(again().await, 200);
    let before = world.keys.statement().unwrap();
    world.keys.retire_all().await.unwrap();
    // The new key's first grant makes the service ask; nobody waited for its interval.
    world.behind.board.says(world.keys.statement().as_deref());
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
    assert_eq!(again().await, 401);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    // Serving the old statement again changes nothing.
    world.behind.board.says([before]);
    assert_eq!(world.behind.keys.refresh(time(world.now())).await.unwrap(), 0);
    assert_eq!(again().await, 401);
    // The next regular turn keeps the new key.
    world.clock.advance(10);
    world.keys.rotate().await.unwrap();
    world.tell().await;
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
}

/// In an emergency without an endorser the old keys sign nothing all the same.
#[tokio::test(flavor = "multi_thread")]
async fn retiring_without_an_endorser_grants_nothing() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    world.safe_closed.store(true, Ordering::SeqCst);
    assert!(matches!(world.keys.retire_all().await, Err(SigningError::Endorse(_))));
    assert!(world.keys.statement().is_none() && !world.keys.is_ready());
    world.ask("GET", "/invoices", &alice, "").await.is(503, "Service Unavailable");
    world.safe_closed.store(false, Ordering::SeqCst);
    world.keys.rotate().await.unwrap();
    world.tell().await;
    world.clock.advance(30);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
}

/// 75: a gateway that was started again is another gateway: the keys of both are trusted side by side.
#[tokio::test]
async fn a_restarted_gateway_takes_nobodys_place() {
    let clock = TestClock::new();
    let (first, second) = (builder(&clock).build().await.unwrap(), builder(&clock).build().await.unwrap());
    let ring = KeyRing::new("gateway", "billing", [Key::of(1).public()]);
    for keys in [&first, &second, &first] {
        assert_eq!(ring.accept(&keys.statement().unwrap(), time(crate::split::world::START)), Ok(()));
    }
    assert_eq!(format!("{ring:?}").matches("k4.public.").count(), 2);
}

/// Statements over HTTP from each gateway, of which one is down; the answers are bounded.
#[tokio::test(flavor = "multi_thread")]
async fn statements_come_over_http() {
    use axum::routing::get;
    use tenancy_service::{HttpStatements, StatementSource as _};
    let clock = TestClock::new();
    let keys = builder(&clock).build().await.unwrap();
    let huge = get(async || "A".repeat(1_000_000));
    let broken = get(async || axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    let router = axum::Router::new().route("/keys", keys.route()).route("/huge", huge).route("/broken", broken);
    let at = crate::split::world::serve(router).await;
    let ask = async |paths: &[&str]| {
        let gateways: Vec<String> = paths.iter().map(|path| format!("http://{at}{path}")).collect();
        HttpStatements::at(gateways).unwrap().statements().await
    };
    let statement = keys.statement().unwrap().to_string();
    for gateways in [&["/keys"][..], &["/huge", "/keys", "/broken", "/nothing"]] {
        assert_eq!(ask(gateways).await.unwrap(), std::slice::from_ref(&statement));
    }
    for bad in [&["/huge"], &["/broken"], &["/nothing"]] {
        assert!(ask(bad).await.is_err());
    }
    assert!(HttpStatements::at(["http://127.0.0.1:1/keys"]).unwrap().statements().await.is_err());
    let none: [&str; 0] = [];
    assert!(HttpStatements::at(none).is_err());
    for bad in ["https://gateway/keys", "/keys", "gateway", ""] {
        assert!(HttpStatements::at([bad]).is_err(), "{bad}");
    }
}
