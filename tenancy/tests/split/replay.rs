//! A grant that was seen on the wire is worth nothing on another request, and nothing twice where something changes.

use crate::split::forge::{Asked, CREATE, LIST, payload};
use crate::split::service::Behind;
use crate::split::world::{ACME, Alone, BRAVO, World, send, time};
use serde_json::json;
use tenancy_service::RejectionReason;

/// 69: every part of the request is bound, for either organization.
#[tokio::test]
async fn a_grant_fits_no_other_request() {
    let alone = Alone::new().await;
    for (org, name) in [(ACME, "acme-1"), (BRAVO, "bravo-1")] {
        let grant = alone.grant(org, &LIST);
        assert_eq!(alone.with_grant(&LIST, &grant).await, (200, name.to_owned()));
        let others = [
            Asked { method: "POST", ..LIST },
            Asked { method: "HEAD", ..LIST },
            Asked { host: "other.test", ..LIST },
            Asked { host: "BILLING.test", ..LIST },
            Asked { host: "billing.test:443", ..LIST },
            Asked { path: "/invoices?page=2", ..LIST },
            Asked { path: "/invoices?", ..LIST },
            Asked { path: "/echo", ..LIST },
            Asked { path: "/%69nvoices", ..LIST },
            Asked { body: "a body", ..LIST },
            Asked { method: "POST", path: "/upload", ..LIST },
        ];
        let count = others.len() as u64;
        let before = alone.refused(RejectionReason::GrantSignature);
        for other in others {
            let (status, body) = alone.with_grant(&other, &grant).await;
            assert_eq!(status, 401, "{} {} {}: {body}", other.method, other.host, other.path);
            assert!(!body.contains("-1"), "{body}");
        }
        assert_eq!(alone.refused(RejectionReason::GrantSignature) - before, count);
    }
    let query = Asked { path: "/invoices?a=1&b=2", ..LIST };
    let grant = alone.grant(ACME, &query);
    assert_eq!(alone.with_grant(&Asked { path: "/invoices?b=2&a=1", ..LIST }, &grant).await.0, 401);
    assert_eq!(alone.with_grant(&query, &grant).await.0, 200);
}

/// 69: at another service that trusts the same gateway.
#[tokio::test]
async fn a_grant_fits_no_other_service() {
    let alone = Alone::new().await;
    let ledger = Behind::new("ledger", alone.root.public(), &alone.clock).await;
    let mut stated = crate::split::forge::stated(&[&alone.key], 1, crate::split::world::START);
    stated["keys"][0]["aud"] = json!(["billing", "ledger"]);
    ledger.board.says([alone.root.statement(&stated)]);
    assert_eq!(ledger.keys.refresh(time(crate::split::world::START)).await.unwrap(), 1);
    let grant = alone.grant(ACME, &LIST);
    let (status, _) = send(&ledger.router, &LIST, &[("tenancy-grant", &grant)]).await;
    assert_eq!((status.as_u16(), ledger.service.refused(RejectionReason::GrantSignature)), (401, 1));
    // Not even when whoever signs binds it to the other service and names this one.
    let crossed = alone.key.token(
        &payload(ACME, crate::split::world::START).to_string(),
        &alone.key.footer(),
        &LIST.assertion("ledger"),
    );
    let (status, _) = send(&ledger.router, &LIST, &[("tenancy-grant", &crossed)]).await;
    assert_eq!((status.as_u16(), ledger.service.refused(RejectionReason::GrantParty)), (401, 1));
    assert_eq!(alone.with_grant(&LIST, &grant).await, (200, "acme-1".to_owned()));
}

/// 69: what changes something happens once, by any unsafe method.
#[tokio::test]
async fn a_grant_for_a_change_serves_once() {
    let alone = Alone::new().await;
    let mut expected = "acme-1".to_owned();
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let change = Asked { method, ..CREATE };
        let grant = alone.grant(ACME, &change);
        assert_eq!(alone.with_grant(&change, &grant).await, (200, "created".to_owned()), "{method}");
        expected.push_str(",a new one");
        for _ in 0..3 {
            assert_eq!(alone.with_grant(&change, &grant).await.0, 401, "{method}");
        }
        // Nor at the end of its life, nor after it.
        alone.clock.advance(34);
        assert_eq!(alone.with_grant(&change, &grant).await.0, 401, "{method}");
        alone.clock.advance(10);
        assert_eq!(alone.with_grant(&change, &grant).await.0, 401, "{method}");
    }
    assert_eq!(alone.refused(RejectionReason::GrantReplayed), 16);
    assert_eq!(alone.refused(RejectionReason::GrantTime), 4);
    assert_eq!(alone.names(ACME).await, expected);
    assert_eq!(alone.names(BRAVO).await, "bravo-1");
}

/// 69: of many at once, one.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_replays_at_once_one_is_admitted() {
    let alone = Alone::new().await;
    let grant = alone.grant(BRAVO, &CREATE);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (router, grant) = (alone.behind.router.clone(), grant.clone());
        tasks.spawn(async move { send(&router, &CREATE, &[("tenancy-grant", &grant)]).await.0.as_u16() });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert_eq!(alone.names(BRAVO).await, "bravo-1,a new one");
}

/// A grant that was refused is not spent: nobody can use it up by sending it with another request.
#[tokio::test]
async fn a_refused_replay_elsewhere_does_not_spend_the_grant() {
    let alone = Alone::new().await;
    let grant = alone.grant(ACME, &CREATE);
    for other in [Asked { path: "/echo", ..CREATE }, Asked { body: "something else", ..CREATE }] {
        assert_eq!(alone.with_grant(&other, &grant).await.0, 401);
    }
    assert_eq!(alone.with_grant(&CREATE, &grant).await.0, 200);
}

/// 70: what cannot be remembered is refused; reading goes on; room comes back with time.
#[tokio::test]
async fn a_full_memory_fails_closed() {
    let alone = Alone::with(|service| service.remembered_grants(3)).await;
    for _ in 0..3 {
        assert_eq!(alone.with_grant(&CREATE, &alone.grant(ACME, &CREATE)).await.0, 200);
    }
    let fourth = alone.grant(BRAVO, &CREATE);
    assert_eq!(alone.with_grant(&CREATE, &fourth).await.0, 503);
    assert_eq!(alone.refused(RejectionReason::ReplayMemory), 1);
    assert_eq!(alone.names(BRAVO).await, "bravo-1");
    alone.clock.advance(35);
    assert_eq!(alone.with_grant(&CREATE, &alone.grant(BRAVO, &CREATE)).await.0, 200);
}

/// 25: a clock that is set back does not bring back what was forgotten.
#[tokio::test]
async fn a_clock_that_is_set_back_revives_no_grant() {
    let alone = Alone::new().await;
    let grant = alone.grant(ACME, &CREATE);
    assert_eq!(alone.with_grant(&CREATE, &grant).await.0, 200);
    alone.clock.advance(40);
    // Another one comes, so that the first is forgotten.
    assert_eq!(alone.with_grant(&CREATE, &alone.grant(ACME, &CREATE)).await.0, 200);
    alone.clock.back(40);
    assert_eq!(alone.with_grant(&CREATE, &grant).await.0, 503);
    assert_eq!(alone.refused(RejectionReason::ReplayMemory), 1);
    assert_eq!(alone.names(ACME).await, "acme-1,a new one,a new one");
}

/// 69: a grant of the real gateway, taken from the wire.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_from_the_wire_is_worth_nothing() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    world.ask("POST", "/invoices", &alice, "a new one").await.is(200, "created");
    let grant = world.wire.grants.lock().unwrap().pop().unwrap();
    for asked in [CREATE, LIST, Asked { path: "/o/bravo/invoices", ..LIST }] {
        let (status, _) = send(&world.behind.router, &asked, &[("tenancy-grant", &grant)]).await;
        assert_eq!(status, 401);
    }
    assert_eq!(world.behind.service.refused(RejectionReason::GrantReplayed), 1);
    assert_eq!(world.behind.service.refused(RejectionReason::GrantSignature), 2);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1,a new one");
    // 73: the scope is the request's, once.
    world.ask("GET", "/twice", &alice, "").await.is(500, "");
}
