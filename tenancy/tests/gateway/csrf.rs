//! F: requests that another site starts, and what browsers and caches are told.

use crate::gateway::world::{Answer, Browser, COOKIE, ORIGIN, World};
use axum::body::Body;
use axum::http::{Request, header};
use tenancy_gateway::{FORM_HEADER, RejectionReason};

on_both!(
    a_form_of_the_services_own_page_passes,
    another_sites_request_is_refused_whatever_it_carries,
    without_any_origin_the_token_alone_must_hold,
    a_token_is_of_one_session_and_one_id,
    a_token_stands_in_one_place_once,
    reading_changes_nothing_and_needs_no_token,
    no_other_origins_page_loads_a_sessions_into_itself,
    links_of_anywhere_lead_here,
    an_upgrade_counts_as_a_change,
    an_overridden_method_has_no_say,
    a_form_is_bounded_and_reaches_the_handler_whole,
    pages_are_kept_and_framed_by_nobody,
    a_stranger_may_post_to_an_open_route_of_the_same_site_only,
);

async fn a_form_of_the_services_own_page_passes(world: World) {
    let mut browser = world.browser("alice").await;
    browser.post("/plain", "").await.is(200, "changed");
    let (one, other) = (browser.token().await, browser.token().await);
    // Another each time, so that a compressed page gives none away; both hold.
    assert_ne!(one, other);
    for token in [one, other] {
        browser.post_with("/plain", &format!("form_token={token}")).await.is(200, "changed");
    }
}

/// 59, 60, 61 (3.5.1, 3.5.3, 3.5.8): the victim's browser sends the cookie; a stolen token would not help either.
async fn another_sites_request_is_refused_whatever_it_carries(world: World) {
    let mut browser = world.browser("alice").await;
    let token = browser.token().await;
    let foreign: &[&[(&str, &str)]] = &[
        &[("origin", "https://evil.test")],
        &[("origin", "null")],
        &[("origin", "https://sibling.billing.test")],
        &[("origin", "https://billing.test.evil.test")],
        &[("origin", "http://billing.test")],
        &[("origin", "https://billing.test:444")],
        &[("origin", "https://billing.test/")],
        &[("origin", "")],
        &[("origin", ORIGIN), ("origin", ORIGIN)],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "Same-Origin ")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
    ];
    for headers in foreign {
        for path in ["/plain", "/sign-out", "/switch", "/invoices"] {
            let mut request = browser.request("POST", path).header(FORM_HEADER, &token);
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            browser.send(request.body(Body::empty()).unwrap()).await.is(403, "Forbidden");
        }
    }
    assert_eq!(world.refused(RejectionReason::CrossSite), 4 * foreign.len() as u64);
    // As many of a session as are written down in a minute.
    assert_eq!(world.audited().await.iter().filter(|line| *line == "refusal:cross_site").count(), 20);
    browser.get("/invoices").await.is(200, "acme-1");
}

/// 61: neither `Origin` nor `Sec-Fetch-Site`.
async fn without_any_origin_the_token_alone_must_hold(world: World) {
    let mut browser = world.browser("alice").await;
    let bare = browser.request("POST", "/plain").body(Body::empty()).unwrap();
    browser.send(bare).await.is(403, "Forbidden");
    assert_eq!(world.refused(RejectionReason::FormToken), 1);
    let token = browser.token().await;
    let with = browser.request("POST", "/plain").header(FORM_HEADER, token).body(Body::empty()).unwrap();
    browser.send(with).await.is(200, "changed");
    assert!(world.gateway.metrics().contains("tenancy_gateway_events_total{event=\"unknown_origin\"} 1\n"));
    // An origin that is right does not stand in for the token.
    browser.post_with("/plain", "").await.is(403, "Forbidden");
}

/// 62: of another session, of the same user's other session, of an older id, and altered in any bit.
async fn a_token_is_of_one_session_and_one_id(world: World) {
    let (mut alice, mut phone, mut bob) =
        (world.browser("alice").await, world.browser("alice").await, world.browser("bob").await);
    let (of_alice, of_phone, of_bob) = (alice.token().await, phone.token().await, bob.token().await);
    for other in [&of_phone, &of_bob] {
        alice.post_with("/plain", &format!("form_token={other}")).await.is(403, "Forbidden");
    }
    alice.post("/renew", "").await.is(200, "renewed");
    alice.post_with("/plain", &format!("form_token={of_alice}")).await.is(409, "Conflict");

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let token = URL_SAFE_NO_PAD.decode(alice.token().await).unwrap();
    for bit in (0..token.len() * 8).step_by(13) {
        let mut altered = token.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let altered = URL_SAFE_NO_PAD.encode(altered);
        alice.post_with("/plain", &format!("form_token={altered}")).await.is(403, "Forbidden");
    }
    for length in [0, 1, 15, 16, 17, 32, 47, 48, 49, 79] {
        let cut = URL_SAFE_NO_PAD.encode(&token[..length]);
        alice.post_with("/plain", &format!("form_token={cut}")).await.is(403, "Forbidden");
    }
}

async fn a_token_stands_in_one_place_once(world: World) {
    let mut browser = world.browser("alice").await;
    let token = browser.token().await;
    browser.post_with("/plain", &format!("form_token={token}&form_token={token}")).await.is(403, "Forbidden");
    // Also in another spelling of the name, and under names that some frameworks take for it.
    browser.post_with("/plain", &format!("form_token={token}&form%5Ftoken=x")).await.is(403, "Forbidden");
    for name in
        ["FORM_TOKEN", "form_token[]", "form_token%00", "%20form_token", "form-token", "x;form_token", "form.token"]
    {
        browser.post_with("/plain", &format!("{name}={token}")).await.is(403, "Forbidden");
    }
    browser.post_with("/plain", &format!("form%5ftoken={token}")).await.is(200, "changed");
    browser.post_with(&format!("/plain?form_token={token}"), "name=x").await.is(403, "Forbidden");
    let twice = browser.request("POST", "/plain").header(FORM_HEADER, &token).header(FORM_HEADER, &token);
    browser.send(twice.body(Body::empty()).unwrap()).await.is(403, "Forbidden");
    // A wrong header is not made good by a right field.
    let both = browser
        .request("POST", "/plain")
        .header(FORM_HEADER, "AAAA")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("form_token={token}")))
        .unwrap();
    browser.send(both).await.is(403, "Forbidden");
    // In a body that is no form the field is not looked for: text and multipart need no preflight.
    for kind in
        ["text/plain", "multipart/form-data; boundary=x", "application/json", "application/x-www-form-urlencodedx"]
    {
        let request = browser.request("POST", "/plain").header(header::CONTENT_TYPE, kind);
        let request = request.body(Body::from(format!("form_token={token}"))).unwrap();
        browser.send(request).await.is(403, "Forbidden");
    }
}

/// 82: a link or an image from elsewhere reads, and nothing that changes is reached by reading.
async fn reading_changes_nothing_and_needs_no_token(world: World) {
    let mut browser = world.browser("carol").await;
    let cookie = browser.cookie.clone();
    for method in ["GET", "HEAD"] {
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let answer = read(&mut browser, method, "/switch?org=bravo", &link).await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(browser.cookie, cookie);
    browser.get("/sign-out").await.is(405, "");
    browser.get("/whoami").await.is(200, "carol");
}

async fn read(browser: &mut Browser, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = browser.request(method, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    browser.send(request.body(Body::empty()).unwrap()).await
}

/// 3.5.8: as an image, a script, a frame, by `fetch`; from sibling hosts too, for which browsers do send the cookie.
async fn no_other_origins_page_loads_a_sessions_into_itself(world: World) {
    let mut browser = world.browser("alice").await;
    let (mut refused, paths) = (0, ["/invoices", "/o/acme/invoices", "/plain"]);
    for site in ["cross-site", "same-site", "Same-Origin", "new-word"] {
        for (mode, dest) in [
            ("no-cors", "image"),
            ("no-cors", "script"),
            ("no-cors", "empty"),
            ("cors", "empty"),
            ("cors", "font"),
            ("same-origin", "document"),
            ("navigate", "iframe"),
            ("navigate", "frame"),
            ("navigate", "object"),
            ("navigate", "embed"),
            ("navigate", "new-word"),
        ] {
            let headers = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
            for path in paths {
                read(&mut browser, "GET", path, &headers).await.is(403, "Forbidden");
                assert_eq!(read(&mut browser, "HEAD", path, &headers).await.status, 403);
                refused += 2;
            }
            // A page that is everybody's is loaded as a stranger's.
            read(&mut browser, "GET", "/hello", &headers).await.is(200, "hello stranger");
            read(&mut browser, "GET", "/open-invoices", &headers).await.is(401, "Unauthorized");
        }
        read(&mut browser, "GET", "/invoices", &[("sec-fetch-site", site)]).await.is(403, "Forbidden");
        refused += 1;
    }
    // Of two values neither is believed.
    let own = ("sec-fetch-site", "same-origin");
    let (mode, dest) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
    let foreign = ("sec-fetch-site", "cross-site");
    for headers in [&[own, own][..], &[own, foreign], &[foreign, mode, mode, dest], &[foreign, mode, dest, dest]] {
        let answer = read(&mut browser, "GET", "/invoices", headers).await;
        answer.is(403, "Forbidden");
        assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin");
        refused += 1;
    }
    assert_eq!(world.refused(RejectionReason::CrossSite), refused);
    browser.get("/invoices").await.is(200, "acme-1");
}

/// A link, a bookmark, the way back from the provider, the service's own pages, and what says nothing.
async fn links_of_anywhere_lead_here(world: World) {
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    let (mode, dest) = (("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"));
    let link = |site| [("sec-fetch-site", site), mode, dest];
    for headers in [
        &link("cross-site")[..],
        &link("same-site"),
        &link("none"),
        &link("same-origin"),
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        &[],
    ] {
        read(&mut alice, "GET", "/invoices", headers).await.is(200, "acme-1");
        read(&mut bob, "GET", "/invoices", headers).await.is(200, "bravo-1");
        read(&mut bob, "GET", "/hello", headers).await.is(200, "hello bob");
    }
    assert_eq!(world.refused(RejectionReason::CrossSite), 0);
}

/// 60: a WebSocket's handshake is a GET with the cookie, and browsers ask nobody.
async fn an_upgrade_counts_as_a_change(world: World) {
    let mut browser = world.browser("alice").await;
    let upgrade = |browser: &crate::gateway::world::Browser| {
        browser.request("GET", "/plain").header(header::UPGRADE, "websocket").header(header::CONNECTION, "upgrade")
    };
    let foreign = upgrade(&browser).header(header::ORIGIN, "https://evil.test").body(Body::empty()).unwrap();
    browser.send(foreign).await.is(403, "Forbidden");
    let own = upgrade(&browser).header(header::ORIGIN, ORIGIN).body(Body::empty()).unwrap();
    browser.send(own).await.is(403, "Forbidden");
    let token = browser.token().await;
    let own = upgrade(&browser).header(header::ORIGIN, ORIGIN).header(FORM_HEADER, token).body(Body::empty()).unwrap();
    browser.send(own).await.is(200, "a page");
}

/// 11.
async fn an_overridden_method_has_no_say(world: World) {
    let mut browser = world.browser("alice").await;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let request = browser.request("POST", "/plain").header(name, "GET").header(header::ORIGIN, ORIGIN);
        browser.send(request.body(Body::empty()).unwrap()).await.is(403, "Forbidden");
        let request = browser.request("GET", "/plain").header(name, "POST");
        browser.send(request.body(Body::empty()).unwrap()).await.is(200, "a page");
    }
    for method in ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"] {
        let request = browser.request(method, "/plain").body(Body::empty()).unwrap();
        browser.send(request).await.is(403, "Forbidden");
    }
}

async fn a_form_is_bounded_and_reaches_the_handler_whole(world: World) {
    let mut browser = world.browser("alice").await;
    browser.post("/invoices", "name=acme-2").await.is(200, "added");
    browser.get("/invoices").await.is(200, "acme-1,acme-2");
    let large = format!("name={}", "x".repeat(64 * 1024));
    browser.post("/invoices", &large).await.is(413, "Payload Too Large");
    assert_eq!(world.count("invoices").await, 3);
}

/// 63 (3.4.5, 3.4.6, 3.4.8): no cache, no frame, no referrer; refusals too.
async fn pages_are_kept_and_framed_by_nobody(world: World) {
    let mut browser = world.browser("alice").await;
    for path in ["/invoices", "/plain", "/nowhere", "/o/bravo/invoices"] {
        let answer = browser.get(path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("vary", "cookie"),
        ] {
            assert_eq!(answer.headers[name], value, "{path} {name}");
        }
    }
}

async fn a_stranger_may_post_to_an_open_route_of_the_same_site_only(world: World) {
    let mut stranger = world.stranger();
    stranger.post_with("/hello", "").await.is(200, "hello stranger");
    let foreign = Request::builder().method("POST").uri("/hello").header(header::HOST, "billing.test");
    let foreign = foreign.header(header::ORIGIN, "https://evil.test").body(Body::empty()).unwrap();
    stranger.send(foreign).await.is(403, "Forbidden");
    // With a session an open route asks for its token like any other.
    let id = world.browser("alice").await.cookie.unwrap();
    let request = Request::builder().method("POST").uri("/hello").header(header::HOST, "billing.test");
    let request = request.header(header::COOKIE, format!("{COOKIE}={id}")).header(header::ORIGIN, ORIGIN);
    stranger.send(request.body(Body::empty()).unwrap()).await.is(403, "Forbidden");
}
