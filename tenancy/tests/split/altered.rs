//! Somebody between the gateway and the service changes the request.

use crate::split::world::{ACME, Tamper, World};
use tenancy_gateway::split::Upstream;
use tenancy_service::RejectionReason;

/// 69: whatever is changed, nothing is read or written.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_altered_on_the_way_is_refused() {
    let world = World::new().await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    let changes: [Tamper; 9] = [
        |parts, _| parts.method = "PUT".parse().unwrap(),
        |parts, _| parts.uri = "/echo".parse().unwrap(),
        |parts, _| parts.uri = "/invoices?all=1".parse().unwrap(),
        |parts, _| parts.uri = "/upload".parse().unwrap(),
        |parts, _| drop(parts.headers.insert("host", "evil.test".parse().unwrap())),
        |_, body| body.push(b'!'),
        |_, body| body.clear(),
        |_, body| *body = b"another".to_vec(),
        |parts, _| drop(parts.headers.remove("tenancy-grant")),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        *world.wire.tamper.lock().unwrap() = Some(change);
        for cookie in [&alice, &bob] {
            let answer = world.ask("POST", "/invoices", cookie, "an invoice").await;
            assert_eq!(answer.status, 401, "{number}: {answer:?}");
        }
    }
    *world.wire.tamper.lock().unwrap() = Some(|parts, _| {
        let grant = parts.headers["tenancy-grant"].clone();
        parts.headers.append("tenancy-grant", grant);
    });
    assert_eq!(world.ask("POST", "/invoices", &alice, "an invoice").await.status, 400);
    *world.wire.tamper.lock().unwrap() = None;
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
    assert_eq!(world.behind.service.refused(RejectionReason::GrantSignature), 16);
    assert_eq!(world.behind.service.refused(RejectionReason::NoGrant), 2);
}

/// What the grant is not bound to may change, and has no say.
#[tokio::test(flavor = "multi_thread")]
async fn headers_that_were_added_on_the_way_have_no_say() {
    let world = World::new().await;
    let bob = world.cookie("bob").await;
    *world.wire.tamper.lock().unwrap() = Some(|parts, _| {
        for name in ["x-org-id", "x_org_id", "x-tenant"] {
            parts.headers.insert(name, ACME.to_string().parse().unwrap());
        }
    });
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
    let answer = world.ask("GET", "/echo", &bob, "").await;
    assert!(answer.body.starts_with("bravo") && !answer.body.contains("org"), "{answer:?}");
}

/// Grants of two requests, exchanged on the wire: each is for its own.
#[tokio::test(flavor = "multi_thread")]
async fn exchanged_grants_are_refused() {
    static OTHERS: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);
    let world = World::new().await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    world.ask("GET", "/echo", &bob, "").await;
    *OTHERS.lock().unwrap() = world.wire.grants.lock().unwrap().last().cloned();
    *world.wire.tamper.lock().unwrap() = Some(|parts, _| {
        let other = OTHERS.lock().unwrap().clone().unwrap();
        parts.headers.insert("tenancy-grant", other.parse().unwrap());
    });
    assert_eq!(world.ask("GET", "/invoices", &alice, "").await.status, 401);
    assert_eq!(world.behind.service.refused(RejectionReason::GrantSignature), 1);
}

/// A body that is streamed is not bound, and everything else is; only routes that say so take such a grant.
#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_body_is_bound_to_its_route() {
    let world = World::new().await;
    let bob = world.cookie("bob").await;
    let long = "x".repeat(200_000);
    world.ask("POST", "/upload", &bob, &long).await.is(200, "bravo 200000");
    // Whole bodies are read by both and bounded by both.
    assert_eq!(world.ask("POST", "/echo", &bob, &long).await.status, 413);
    let grant = world.wire.grants.lock().unwrap()[0].clone();
    // Used once, and for its route alone.
    let upload = crate::split::forge::Asked { method: "POST", path: "/upload", body: "", ..crate::split::forge::LIST };
    let (status, _) = crate::split::world::send(&world.behind.router, &upload, &[("tenancy-grant", &grant)]).await;
    assert_eq!((status.as_u16(), world.behind.service.refused(RejectionReason::GrantReplayed)), (401, 1));
    let echo = crate::split::forge::Asked { path: "/echo", ..upload };
    let (status, _) = crate::split::world::send(&world.behind.router, &echo, &[("tenancy-grant", &grant)]).await;
    assert_eq!((status.as_u16(), world.behind.service.refused(RejectionReason::GrantSignature)), (401, 1));
    // On the way to a route that streams, everything but the body is still bound.
    *world.wire.tamper.lock().unwrap() = Some(|parts, _| parts.uri = "/upload?x".parse().unwrap());
    assert_eq!(world.ask("POST", "/upload", &bob, "abc").await.status, 401);
}

/// A streamed body ends at the gateway's limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_body_beyond_the_limit_breaks_off() {
    let world = World::with(|keys| keys, |upstream: Upstream| upstream.longest_body(1000)).await;
    let bob = world.cookie("bob").await;
    world.ask("POST", "/upload", &bob, &"x".repeat(1000)).await.is(200, "bravo 1000");
    let answer = world.ask("POST", "/upload", &bob, &"x".repeat(100_000)).await;
    assert!(answer.status >= 400 && !answer.body.contains("bravo"), "{answer:?}");
    assert_eq!(world.ask("POST", "/invoices", &bob, &"x".repeat(1001)).await.status, 413);
    // Nor one whose length nobody announced.
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let head = "POST /invoices HTTP/1.1\r\nHost: billing.test\r\nOrigin: https://billing.test\r\nConnection: close\r\n";
    let request = format!("{head}{bob}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
    assert_eq!(crate::split::world::raw(world.front, request.as_bytes()).await.status, 413);
}
