//! What gets past a real proxy still meets the gateway.

use crate::forge::{Key, LIST, payload};
use crate::fronts::Kind;
use crate::world::{ACME, BRAVO, World, ask, raw};
use tenancy_service::RejectionReason;

/// Runs each test behind each proxy.
macro_rules! behind_each {
    ($($test:ident),* $(,)?) => {
        mod nginx {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(crate::fronts::Kind::Nginx).await; })*
        }
        mod haproxy {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(crate::fronts::Kind::Haproxy).await; })*
        }
        mod caddy {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(crate::fronts::Kind::Caddy).await; })*
        }
        mod envoy {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() { super::$test(crate::fronts::Kind::Envoy).await; })*
        }
    };
}

behind_each!(
    grants_from_outside_never_pass_a_proxy,
    a_dropped_header_is_a_refusal,
    identity_through_a_proxy_has_no_effect,
    framing_through_a_proxy_smuggles_nothing,
    paths_through_a_proxy_arrive_as_signed,
);

/// 3 to 7: a grant from outside in every spelling: refused by the proxy or by the gateway, or dropped by the proxy; it never
/// reaches the service.
async fn grants_from_outside_never_pass_a_proxy(kind: Kind) {
    let world = World::new().await;
    let front = kind.before(world.front).await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    ask(front.address, "GET", "/invoices", &alice, "").await.is(200, "acme-1");
    ask(front.address, "POST", "/invoices", &bob, "bravo-2").await.is(200, "created");
    let hostile = Key::of(9).grant(&payload(BRAVO, world.now()), &LIST);
    for name in
        ["Tenancy-Grant", "tenancy_grant", "tenancy.grant", "tenancy--grant", "TENANCY-_GRANT", "tenancy-grant "]
    {
        for sent in [format!("{name}: {hostile}\r\n"), format!("{name}: {hostile}\r\n{name}: {hostile}\r\n")] {
            let answer = ask(front.address, "GET", "/invoices", &format!("{alice}{sent}"), "").await;
            assert!(answer.status == 400 || answer.body == "acme-1", "{kind:?} {name:?}: {answer:?}");
        }
    }
    // Whatever a proxy drops, the plain name reaches the gateway and is refused there.
    let before = world.gateway.refused(RejectionReason::GatewayHeader);
    let sent = format!("{alice}Tenancy-Grant: {hostile}\r\n");
    assert_eq!(ask(front.address, "GET", "/invoices", &sent, "").await.status, 400);
    assert_eq!(world.gateway.refused(RejectionReason::GatewayHeader), before + 1);
    assert!(!world.wire.grants.lock().unwrap().contains(&hostile));
}

/// 8: a browser has a hop drop what the gateway reads: that is a request without it.
async fn a_dropped_header_is_a_refusal(kind: Kind) {
    let world = World::new().await;
    let front = kind.before(world.front).await;
    let alice = world.cookie("alice").await;
    for listed in ["Cookie", "Tenancy-Grant", "Host", "close, cookie", "tenancy_grant"] {
        let request = format!("GET /invoices HTTP/1.1\r\nHost: billing.test\r\n{alice}Connection: {listed}\r\n\r\n");
        let answer = raw(front.address, request.as_bytes()).await;
        // It may be refused, come without the cookie, or come as it was; it is never somebody else's.
        assert!([400, 401].contains(&answer.status) || answer.body == "acme-1", "{kind:?} {listed}: {answer:?}");
    }
    assert_eq!(world.behind.service.refused(RejectionReason::NoGrant), 0);
}

/// 1, 10: headers of identity, and those that the proxy adds by itself.
async fn identity_through_a_proxy_has_no_effect(kind: Kind) {
    let world = World::new().await;
    let front = kind.before(world.front).await;
    let bob = world.cookie("bob").await;
    let noise = format!(
        "X-Org-Id: {ACME}\r\nX_Org_Id: {ACME}\r\nX.Org.Id: {ACME}\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-User: alice\r\n\
         X-Original-URL: /o/acme/invoices\r\nX-HTTP-Method-Override: DELETE\r\n"
    );
    let answer = ask(front.address, "GET", "/echo", &format!("{bob}{noise}"), "").await;
    assert_eq!(answer.status, 200, "{kind:?}: {answer:?}");
    assert!(answer.body.starts_with("bravo\n"), "{kind:?}: {answer:?}");
    for word in ["evil", "forwarded", "org", "alice", "original", "cookie", "_"] {
        assert!(!answer.body.to_lowercase().contains(word), "{kind:?} {word}: {answer:?}");
    }
}

/// 13: two readings of where a request ends, over a connection that the proxy shares.
async fn framing_through_a_proxy_smuggles_nothing(kind: Kind) {
    let world = World::new().await;
    let front = kind.before(world.front).await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    let hidden = format!("GET /plant HTTP/1.1\r\nHost: billing.test\r\n{alice}X: y\r\n\r\n");
    let framings = [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}", 5 + hidden.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Content-Length: 0\r\nContent-Length: {}\r\n\r\n{hidden}", hidden.len()),
    ];
    for framing in framings {
        let head = format!("POST /echo HTTP/1.1\r\nHost: billing.test\r\n{alice}Origin: https://billing.test\r\n");
        let _ = raw(front.address, format!("{head}{framing}").as_bytes()).await;
        // Whoever comes next over the proxy's connections gets its own answer.
        for _ in 0..3 {
            ask(front.address, "GET", "/invoices", &bob, "").await.is(200, "bravo-1");
        }
    }
}

/// 15, 16: whatever the proxy makes of a path and a host, the service gets what the gateway signed.
async fn paths_through_a_proxy_arrive_as_signed(kind: Kind) {
    let world = World::new().await;
    let front = kind.before(world.front).await;
    let alice = world.cookie("alice").await;
    for path in [
        "/invoices?a=%2F%2f%7e~&&b=c?d",
        "/public/%C3%A9/a+b,c:d",
        "/public/../invoices",
        "//invoices",
        "/public/..%2finvoices",
        "/public/%2e%2e/invoices",
        "/public/a%5c..%5cb",
        "/invoices;x=1",
        "/public/%252e%252e/x",
    ] {
        let answer = ask(front.address, "GET", path, &alice, "").await;
        assert!(answer.body == "acme-1" || answer.status >= 400 || answer.status == 308, "{kind:?} {path}: {answer:?}");
    }
    let other = format!("GET /invoices HTTP/1.1\r\nHost: evil.test\r\n{alice}Connection: close\r\n\r\n");
    assert_ne!(raw(front.address, other.as_bytes()).await.body, "acme-1");
    assert_eq!(world.behind.service.refused(RejectionReason::GrantSignature), 0);
}
