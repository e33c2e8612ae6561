//! A: what a client says about who it is. It has no say.

use crate::gateway::world::{ACME, BRAVO, COOKIE, World};
use axum::body::Body;
use axum::http::{HeaderName, Request, header};
use tenancy_gateway::RejectionReason;

on_both!(
    identity_headers_are_removed_and_have_no_effect,
    a_gateway_header_is_refused_in_every_spelling,
    a_connection_header_cannot_have_our_headers_dropped,
    an_organization_in_query_body_cookie_or_bearer_has_no_effect,
    forwarded_headers_have_no_effect,
    aliases_of_headers_that_decide_are_removed,
    trailers_have_no_effect,
    probes_get_no_way_round,
    random_spellings_of_identity_never_reach_a_handler,
);

/// 1: `X-Org-Id` and its like.
async fn identity_headers_are_removed_and_have_no_effect(world: World) {
    let mut browser = world.browser("alice").await;
    let names = [
        "x-org-id",
        "X-Org",
        "x_org_id",
        "x.org.id",
        "X--Org--Id",
        "xorgid",
        "X-Organization",
        "X-Organization-Id",
        "X-Tenant",
        "X-Tenant-Id",
        "x_tenant",
        "Tenant-Id",
        "Org-Id",
        "Organization",
        "X-User-Id",
        "X-Auth-Request-User",
        "X-Forwarded-User",
        "X_Forwarded_Email",
        "X-Forwarded-Groups",
        "X-Forwarded-Preferred-Username",
        "Remote-User",
        "REMOTE_USER",
        "X-Remote-Group",
        "X-WebAuth-User",
        "X-Goog-Authenticated-User-Email",
        "X-Amzn-Oidc-Identity",
        "Cf-Access-Authenticated-User-Email",
        "X-Pomerium-Jwt-Assertion",
        "X-Forwarded-Client-Cert",
        "X-Role",
        "x-zitadel-orgid",
        "X-Current-Org",
        "X-Active-Organisation-Id",
        "My-Tenant",
        "X-Hasura-Org-Id",
        "X-Consumer-Username",
        "X-Access-Token",
        "X-Id-Token",
        "X-Vouch-IdP-Claims-Org",
        "OIDC_CLAIM_sub",
        "OIDC_access_token",
        "X-Endpoint-API-UserInfo",
        "X-ARR-ClientCert",
        "Client-Cert",
        "Impersonate-User",
        "X-On-Behalf-Of",
        "X-Spiffe-Id",
        "X-JWT-Payload",
        "X-Team-Id",
    ];
    for name in names {
        let request = browser.request("GET", "/invoices").header(name, BRAVO.to_string());
        browser.send(request.body(Body::empty()).unwrap()).await.is(200, "acme-1");
        let request = browser.request("GET", "/seen").header(name, "evil").header(name, "evil");
        let seen = browser.send(request.body(Body::empty()).unwrap()).await;
        assert!(seen.status == 200 && !seen.body.contains("evil"), "{name}: {}", seen.body);
    }
    let removed = format!("event=\"identity_header\"}} {}\n", 2 * names.len());
    assert!(world.gateway.metrics().contains(&removed), "{}", world.gateway.metrics());
}

/// 3 to 7: the name of a grant, and whatever a server behind us may take for it.
async fn a_gateway_header_is_refused_in_every_spelling(world: World) {
    let mut browser = world.browser("alice").await;
    let names = [
        "tenancy-grant",
        "Tenancy-Grant",
        "TENANCY_GRANT",
        "tenancy.grant",
        "tenancy--grant",
        "tenancygrant",
        "_tenancy-grant",
        "t-e-n-a-n-c-y-grant",
        "tenancy",
    ];
    for name in names {
        for path in ["/invoices", "/hello"] {
            let one = browser.request("GET", path).header(name, "v4.public.AAAA");
            browser.send(one.body(Body::empty()).unwrap()).await.is(400, "Bad Request");
        }
        let two = browser.request("GET", "/invoices").header(name, "v4.public.AAAA").header(name, "v4.public.BBBB");
        browser.send(two.body(Body::empty()).unwrap()).await.is(400, "Bad Request");
        let pair = browser.request("GET", "/invoices").header(name, "v4.public.AAAA, v4.public.BBBB");
        browser.send(pair.body(Body::empty()).unwrap()).await.is(400, "Bad Request");
    }
    assert_eq!(world.refused(RejectionReason::GatewayHeader), 4 * names.len() as u64);
    // 6: blanks before the colon are no header at all.
    for name in ["tenancy-grant ", "tenancy-grant\t", " tenancy-grant"] {
        assert!(HeaderName::from_bytes(name.as_bytes()).is_err());
    }
}

/// 8: a hop that obeys `Connection` would drop what it names.
async fn a_connection_header_cannot_have_our_headers_dropped(world: World) {
    let mut browser = world.browser("alice").await;
    for value in [
        "tenancy-grant",
        "close, Tenancy_Grant",
        "Cookie",
        "keep-alive,cookie",
        "origin",
        "Sec-Fetch-Site",
        "x-org-id",
        "host",
        "X-CSRF-Token",
        "authorization",
    ] {
        let request = browser.request("GET", "/invoices").header(header::CONNECTION, value);
        browser.send(request.body(Body::empty()).unwrap()).await.is(400, "Bad Request");
    }
    assert_eq!(world.refused(RejectionReason::Connection), 10);
    for value in ["close", "keep-alive", "Upgrade", "keep-alive, TE"] {
        let request = browser.request("GET", "/invoices").header(header::CONNECTION, value);
        browser.send(request.body(Body::empty()).unwrap()).await.is(200, "acme-1");
    }
}

/// 2: also in the spelling that the directory itself uses.
async fn an_organization_in_query_body_cookie_or_bearer_has_no_effect(world: World) {
    let mut browser = world.browser("alice").await;
    for path in [format!("/invoices?org={BRAVO}"), "/invoices?org=bravo&org_id=bravo&tenant=bravo".to_owned()] {
        browser.get(&path).await.is(200, "acme-1");
    }
    browser.post("/invoices?org=bravo", &format!("name=mine&org={BRAVO}&org_id={BRAVO}")).await.is(200, "added");
    assert_eq!(world.texts("org_id AS TEXT) AS text FROM invoices WHERE name = 'mine'").await, [ACME.to_string()]);
    let bearer = browser.request("GET", "/invoices").header(header::AUTHORIZATION, "Bearer eyJhbGciOiJub25lIn0.e30.");
    browser.send(bearer.body(Body::empty()).unwrap()).await.is(200, "acme-1,mine");
    let id = browser.cookie.clone().unwrap();
    let cookie = Request::builder().uri("/invoices").header(header::HOST, "billing.test");
    let cookie = cookie.header(header::COOKIE, format!("org={BRAVO}; active_org=bravo; {COOKIE}={id}"));
    browser.send(cookie.body(Body::empty()).unwrap()).await.is(200, "acme-1,mine");
    // None of it is a session either.
    let bearer = Request::builder().uri("/invoices").header(header::HOST, "billing.test");
    let bearer = bearer.header(header::AUTHORIZATION, format!("Bearer {id}")).body(Body::empty()).unwrap();
    world.stranger().send(bearer).await.is(401, "Unauthorized");
}

/// 10: no decision reads them, neither for whom, nor where from, nor what.
async fn forwarded_headers_have_no_effect(world: World) {
    let mut browser = world.browser("alice").await;
    for (name, value) in [
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-uri", "/hello"),
        ("x-forwarded-prefix", "/o/bravo"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1;host=evil.test;proto=http"),
        ("x-original-url", "/hello"),
        ("x-rewrite-url", "/hello"),
        ("x-original-host", "evil.test"),
    ] {
        let request = browser.request("GET", "/invoices").header(name, value).body(Body::empty()).unwrap();
        browser.send(request).await.is(200, "acme-1");
        let request = world.stranger().request("GET", "/invoices").header(name, value).body(Body::empty()).unwrap();
        world.stranger().send(request).await.is(401, "Unauthorized");
        // The configured origin is compared, not one made of these.
        let request = browser.request("POST", "/plain").header(name, value).header(header::ORIGIN, "https://evil.test");
        browser.send(request.body(Body::empty()).unwrap()).await.is(403, "Forbidden");
    }
}

/// `X_CSRF_Token` beside `X-CSRF-Token`: only the one that the gateway reads goes on.
async fn aliases_of_headers_that_decide_are_removed(world: World) {
    let mut browser = world.browser("alice").await;
    for name in ["x_csrf_token", "content_type", "author.ization", "_cookie", "host_"] {
        let request = browser.request("GET", "/seen").header(name, "evil").body(Body::empty()).unwrap();
        let seen = browser.send(request).await;
        assert!(seen.status == 200 && !seen.body.contains("evil"), "{name}: {}", seen.body);
    }
}

/// 9: what comes after the body is read by nobody here.
async fn trailers_have_no_effect(world: World) {
    struct Trailing(bool);
    impl axum::body::HttpBody for Trailing {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            let mut trailers = axum::http::HeaderMap::new();
            trailers.insert("tenancy-grant", "v4.public.AAAA".parse().unwrap());
            trailers.insert("x-org-id", BRAVO.to_string().parse().unwrap());
            let first = !std::mem::replace(&mut self.0, true);
            std::task::Poll::Ready(first.then(|| Ok(http_body::Frame::trailers(trailers))))
        }
    }
    let mut browser = world.browser("alice").await;
    let request =
        browser.request("GET", "/invoices").header("trailer", "tenancy-grant").body(Body::new(Trailing(false)));
    browser.send(request.unwrap()).await.is(200, "acme-1");
    let request = world.stranger().request("GET", "/invoices").body(Body::new(Trailing(false))).unwrap();
    world.stranger().send(request).await.is(401, "Unauthorized");
}

/// 12.
async fn probes_get_no_way_round(world: World) {
    for agent in ["kube-probe/1.30", "GoogleHC/1.0", "ELB-HealthChecker/2.0", "Prometheus/2.0"] {
        let request = world.stranger().request("GET", "/invoices").header(header::USER_AGENT, agent);
        world.stranger().send(request.body(Body::empty()).unwrap()).await.is(401, "Unauthorized");
    }
    for path in ["/healthz", "/ready", "/metrics", "/ping", "/.well-known/x", "/favicon.ico"] {
        assert_eq!(world.stranger().get(path).await.status.as_u16() / 100, 4, "{path}");
    }
}

/// 4, 5, 6: any case, any separators, anywhere between the letters.
async fn random_spellings_of_identity_never_reach_a_handler(world: World) {
    let mut browser = world.browser("alice").await;
    let mut dice = fastrand::Rng::with_seed(11);
    for _ in 0..300 {
        let ours = dice.bool();
        let letters = if ours { "tenancygrant" } else { dice.choice(["xorgid", "xtenantid", "remoteuser"]).unwrap() };
        let mut name = String::new();
        for letter in letters.chars() {
            for _ in 0..dice.usize(..3) {
                name.push(*dice.choice(&['-', '_', '.', '~', '!', '+', '^', '|']).unwrap());
            }
            name.push(if dice.bool() { letter.to_ascii_uppercase() } else { letter });
        }
        let request = browser.request("GET", "/seen").header(&name, "evil").body(Body::empty()).unwrap();
        let answer = browser.send(request).await;
        let expected = if ours { 400 } else { 200 };
        assert!(answer.status == expected && !answer.body.contains("evil"), "{name}: {answer:?}");
    }
}
