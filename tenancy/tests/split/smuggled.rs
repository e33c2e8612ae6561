//! What a browser may try at the gateway so that the service behind it hears something else.

use crate::split::forge::Key;
use crate::split::world::{ACME, BRAVO, World, raw};

/// The way that works, for both organizations, with a wish in the path and a change.
#[tokio::test(flavor = "multi_thread")]
async fn each_member_reaches_its_own_organization() {
    let world = World::new().await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    world.ask("GET", "/invoices?page=2&x=%20", &bob, "").await.is(200, "bravo-1");
    world.ask("GET", "/o/acme/invoices", &alice, "").await.is(200, "acme-1");
    world.ask("GET", "/o/bravo/invoices", &alice, "").await.is(404, "Not Found");
    world.ask("GET", &format!("/o/{ACME}/invoices"), &bob, "").await.is(404, "Not Found");
    world.ask("POST", "/invoices", &bob, "bravo-2").await.is(200, "created");
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1,bravo-2");
    world.ask("GET", "/invoices", "", "").await.is(401, "Unauthorized");
    // Each request had a grant of its own.
    let grants = world.wire.grants.lock().unwrap().clone();
    let different: std::collections::HashSet<_> = grants.iter().collect();
    assert_eq!((grants.len(), different.len()), (6, 6));
}

/// 3 to 8: a grant from outside, good or bad, in every spelling, never passes the gateway.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_from_outside_never_passes() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    let hostile = Key::of(9).grant(&crate::split::forge::payload(BRAVO, world.now()), &crate::split::forge::LIST);
    for name in ["tenancy-grant", "Tenancy-Grant", "tenancy_grant", "tenancy.grant", "TENANCY--GRANT", "tenancy-x"] {
        world.ask("GET", "/invoices", &format!("{alice}{name}: {hostile}\r\n"), "").await.is(400, "Bad Request");
        world.ask("GET", "/invoices", &format!("{name}: {hostile}\r\n"), "").await.is(400, "Bad Request");
    }
    let listed = ["tenancy-grant", "close, tenancy_grant", "cookie"];
    for listed in listed {
        let request = format!("GET /invoices HTTP/1.1\r\nHost: billing.test\r\n{alice}Connection: {listed}\r\n\r\n");
        let answer = raw(world.front, request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{listed}");
    }
    // A blank before the colon and a folded line are no headers at all.
    for line in ["tenancy-grant : x\r\n", "tenancy-grant\t: x\r\n", "accept: x\r\n tenancy-grant: y\r\n"] {
        let answer = world.ask("GET", "/invoices", &format!("{alice}{line}"), "").await;
        assert!(answer.status == 400 || answer.body == "acme-1", "{line:?}: {answer:?}");
    }
    assert!(!world.wire.grants.lock().unwrap().contains(&hostile));
}

/// 1, 10, 11: what the service sees is what the gateway says, and nothing of the browser's identity.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_sees_no_cookie_no_identity_and_no_forwarding() {
    let world = World::new().await;
    let bob = world.cookie("bob").await;
    let noise = format!(
        "Accept: text/plain\r\nAuthorization: Bearer x\r\nX-Org-Id: {ACME}\r\nX_Org_Id: {ACME}\r\nX.Org.Id: {ACME}\r\n\
         X-Forwarded-Host: evil.test\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: host=evil.test\r\nX-Original-URL: /o/acme\r\n\
         X-Rewrite-URL: /o/acme\r\nX-HTTP-Method-Override: DELETE\r\nX-Real-IP: 1.2.3.4\r\nTE: trailers\r\n\
         Proxy-Authorization: Basic x\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nCustom_Header: 1\r\n"
    );
    let answer = world.ask("GET", "/echo", &format!("{bob}{noise}"), "").await;
    answer.is(200, "bravo\naccept: \"text/plain\"\nhost: \"billing.test\"");
}

/// A service plants no session and sends no grant back; nor does TRACE.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_sets_no_cookie_and_echoes_no_grant() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    let answer = world.ask("GET", "/plant", &alice, "").await;
    answer.is(200, "planted");
    let head = answer.head.to_ascii_lowercase();
    assert!(!head.contains("set-cookie") && !head.contains("tenancy"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    let passed = world.wire.grants.lock().unwrap().len();
    let answer = world.ask("TRACE", "/invoices", &alice, "").await;
    assert_eq!(answer.status, 405, "{answer:?}");
    assert_eq!(world.wire.grants.lock().unwrap().len(), passed);
}

/// 9: trailers are headers that nobody looked at.
#[tokio::test(flavor = "multi_thread")]
async fn trailers_do_not_pass() {
    let world = World::new().await;
    let bob = world.cookie("bob").await;
    for path in ["/echo", "/upload"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: billing.test\r\n{bob}Origin: https://billing.test\r\nConnection: close\r\n\
             Transfer-Encoding: chunked\r\nTrailer: tenancy-grant, x-org-id\r\n\r\n3\r\nabc\r\n0\r\n\
             tenancy-grant: x\r\nx-org-id: {ACME}\r\n\r\n"
        );
        let answer = raw(world.front, request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.starts_with("bravo") && !answer.body.contains("x-org-id"), "{answer:?}");
    }
}

/// 13: framing that two readers may understand differently: no second request gets through.
#[tokio::test(flavor = "multi_thread")]
async fn ambiguous_framing_smuggles_no_request() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    let hidden = "GET /plant HTTP/1.1\r\nHost: billing.test\r\n\r\n";
    let framings = [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}", 5 + hidden.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("Content-Length: 0\r\nContent-Length: {}\r\n\r\n{hidden}", hidden.len()),
        format!("Content-Length: +{}\r\n\r\n{hidden}", hidden.len()),
    ];
    for framing in framings {
        let head = format!("POST /invoices HTTP/1.1\r\nHost: billing.test\r\n{alice}Origin: https://billing.test\r\n");
        let answer = raw(world.front, format!("{head}{framing}").as_bytes()).await;
        assert!(!answer.head.contains("planted") && !answer.body.contains("planted"), "{framing}: {answer:?}");
    }
    let bob = world.cookie("bob").await;
    world.ask("GET", "/invoices", &bob, "").await.is(200, "bravo-1");
}

/// 15, 16: paths with two readings, other hosts.
#[tokio::test(flavor = "multi_thread")]
async fn strange_targets_do_not_pass() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    for path in [
        "/public/../invoices",
        "//invoices",
        "/public/..%2finvoices",
        "/public/%2e%2e/invoices",
        "/invoices;x=1",
        "/public/%00",
        "/public/a%5cb",
    ] {
        world.ask("GET", path, &alice, "").await.is(400, "Bad Request");
    }
    for head in [
        "GET http://evil.test/invoices HTTP/1.1\r\nHost: billing.test",
        "GET /invoices HTTP/1.1\r\nHost: evil.test",
        "GET /invoices HTTP/1.1\r\nHost: billing.test\r\nHost: evil.test",
        "GET /invoices HTTP/1.1\r\nX: y",
    ] {
        let answer = raw(world.front, format!("{head}\r\n{alice}Connection: close\r\n\r\n").as_bytes()).await;
        assert_eq!(answer.status, 400, "{head}");
    }
    assert_eq!(world.wire.grants.lock().unwrap().len(), 0);
}

/// Host and path reach the service byte for byte as the gateway read them, whatever they hold.
#[tokio::test(flavor = "multi_thread")]
async fn host_and_path_arrive_as_signed() {
    let world = World::new().await;
    let alice = world.cookie("alice").await;
    for path in [
        "/invoices?",
        "/invoices?a=/../b",
        "/invoices?a=%2F%2f%7e~",
        "/invoices?%",
        "/invoices?a=b?c&&=",
        "/public/%C3%A9",
        "/public/a%20b",
        "/public/a+b,c:d@e!$'()*",
        "/invoices?q='\"|{}^`",
    ] {
        let answer = world.ask("GET", path, &alice, "").await;
        assert!(answer.status == 200 || answer.status == 400, "{path}: {answer:?}");
        assert_eq!(world.behind.service.refused(tenancy_service::RejectionReason::GrantSignature), 0, "{path}");
    }
    let mut dice = fastrand::Rng::new();
    for _ in 0..200 {
        let noise: String = (0..dice.usize(1..12)).map(|_| char::from(dice.u8(0x21..0x7f))).collect();
        let noise = noise.replace('#', "");
        let answer = world.ask("GET", &format!("/invoices?{noise}"), &alice, "").await;
        assert!(answer.status == 200 || answer.status == 400, "{noise}: {answer:?}");
        assert!(answer.status == 400 || answer.body == "acme-1");
    }
    assert_eq!(world.behind.service.refused(tenancy_service::RejectionReason::GrantSignature), 0);
    for host in ["BILLING.test", "billing.test:443"] {
        let request = format!("GET /invoices HTTP/1.1\r\nHost: {host}\r\n{alice}Connection: close\r\n\r\n");
        raw(world.front, request.as_bytes()).await.is(200, "acme-1");
    }
}
