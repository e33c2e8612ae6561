//! B: hosts and paths that two readers understand differently.

use crate::gateway::world::World;
use axum::body::Body;
use axum::http::{Request, Uri, header};
use tenancy_gateway::RejectionReason;

on_both!(
    one_host_and_it_is_the_configured_one,
    paths_with_two_readings_are_refused,
    an_ordinary_path_is_left_alone,
    random_targets_never_show_a_row_without_a_session,
);

/// 16: absolute form, a host unlike the authority, two hosts, none.
async fn one_host_and_it_is_the_configured_one(world: World) {
    let id = world.browser("alice").await.cookie.unwrap();
    let sent = async |uri: &str, hosts: &[&str]| {
        let mut request = Request::builder().uri(uri).header(header::COOKIE, format!("__Host-tenancy={id}"));
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        world.stranger().send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    };
    for (uri, hosts) in [
        ("/invoices", &["billing.test"][..]),
        ("/invoices", &["BILLING.test:443"]),
        ("https://billing.test/invoices", &["billing.test"]),
        ("https://billing.test/invoices", &[]),
    ] {
        assert_eq!(sent(uri, hosts).await, 200, "{uri} {hosts:?}");
    }
    let wrong: &[(&str, &[&str])] = &[
        ("/invoices", &[]),
        ("/invoices", &["billing.test", "billing.test"]),
        ("/invoices", &["billing.test", "evil.test"]),
        ("/invoices", &["evil.test"]),
        ("/invoices", &["acme.billing.test"]),
        ("/invoices", &["billing.test:8443"]),
        ("/invoices", &["billing.test."]),
        ("/invoices", &[""]),
        ("/invoices", &["billing.test, evil.test"]),
        ("https://evil.test/invoices", &["billing.test"]),
        ("https://billing.test/invoices", &["evil.test"]),
        ("https://evil.test/invoices", &["evil.test"]),
        ("https://evil.test/invoices", &[]),
        ("https://billing.test@evil.test/invoices", &["billing.test"]),
    ];
    for (uri, hosts) in wrong {
        assert_eq!(sent(uri, hosts).await, 400, "{uri} {hosts:?}");
    }
    assert_eq!(world.refused(RejectionReason::Host), wrong.len() as u64);
}

/// 15: dot segments, doubled and encoded slashes, backslashes, segment parameters, NUL, overlong and broken encodings.
async fn paths_with_two_readings_are_refused(world: World) {
    let mut browser = world.browser("alice").await;
    for path in [
        "/hello/../invoices",
        "/hello/./invoices",
        "//invoices",
        "/hello//invoices",
        "/invoices/.",
        "/invoices/..",
        "/hello/%2e%2e/invoices",
        "/hello/.%2e/invoices",
        "/hello/..%2finvoices",
        "/hello%2finvoices",
        "/hello%2Finvoices",
        "/hello/..%5cinvoices",
        "/hello%5cinvoices",
        "/invoices;a=b",
        "/invoices%3ba=b",
        "/invoices%00",
        "/invoices%0a",
        "/invoices%0d%0aset-cookie:x",
        "/invoices%7f",
        "/%c0%ae%c0%ae/invoices",
        "/%c0%af",
        "/%ff",
        "/invoices%",
        "/invoices%2",
        "/invoices%zz",
        "/hello/%252e%252e/invoices",
        "/hello%252finvoices",
        "/o/%2e%2e/invoices",
        "/o//invoices",
    ] {
        browser.get(path).await.is(400, "Bad Request");
        world.stranger().get(path).await.is(400, "Bad Request");
    }
    // A backslash or a fragment is refused by the `http` crate or is no part of the path.
    assert!("/hello\\..\\invoices".parse::<Uri>().map_or(true, |uri| uri.path().contains('\\')));
    let uri: Uri = "/invoices#/hello".parse().unwrap();
    assert_eq!(uri.path(), "/invoices");
    for (method, uri) in [("OPTIONS", "*"), ("CONNECT", "billing.test:443")] {
        let request = Request::builder().method(method).uri(uri).header(header::HOST, "billing.test");
        let status = world.stranger().send(request.body(Body::empty()).unwrap()).await.status;
        assert!(status.is_client_error(), "{method} {uri}: {status}");
    }
}

async fn an_ordinary_path_is_left_alone(world: World) {
    let mut browser = world.browser("alice").await;
    // Routed and found, or routed and not there: never refused as strange.
    for (path, status) in [
        ("/invoices", 200),
        ("/invoices?next=/../x&a=%2f%2e%00;", 200),
        ("/o/acme/invoices", 200),
        ("/a%20b/caf%C3%A9", 404),
        ("/100%25", 404),
        ("/a.b/..c/d..", 404),
        ("/invoices/", 404),
    ] {
        assert_eq!(browser.get(path).await.status, status, "{path}");
    }
}

/// 17: whatever the target, without a session nothing is answered with a row, and nothing panics.
async fn random_targets_never_show_a_row_without_a_session(world: World) {
    let mut dice = fastrand::Rng::with_seed(3);
    let pieces =
        ["invoices", "o", "acme", "..", ".", "%2e", "%2f", "%", "%00", ";", "\\", "//", "/", "?", "#", "%ff", "hello"];
    let mut asked = 0;
    for _ in 0..600 {
        let path: String = (0..dice.usize(1..7)).map(|_| *dice.choice(&pieces).unwrap()).collect();
        let Ok(uri) = format!("/{path}").parse::<Uri>() else { continue };
        let request = Request::builder().uri(uri).header(header::HOST, "billing.test").body(Body::empty()).unwrap();
        let answer = world.stranger().send(request).await;
        assert!(!answer.body.contains("-1"), "{path}: {answer:?}");
        asked += 1;
    }
    assert!(asked > 200);
}
