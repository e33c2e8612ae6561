//! Several tabs and several requests of one browser: what is lost and what is not when its session changes, and what goes on
//! when it ends.

use crate::gateway::staff::{look, sam};
use crate::gateway::world::{ACME, COOKIE, ORIGIN, World, key, signed_in};
use crate::pieces::Pieces;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tenancy_gateway::{Gateway, RejectionReason, Session, SessionKeys, Typed};
use tokio::sync::mpsc;
use tower::ServiceExt as _;

on_both!(
    a_form_of_another_tab_says_what_was_typed,
    the_previous_id_reads_for_a_moment,
    the_previous_id_of_staff_reads_nothing,
    a_stream_ends_with_its_session,
    an_id_is_of_its_origin,
    another_sites_preflight_is_answered_and_allowed_nothing,
    a_panic_is_answered,
);

/// A switch in one tab makes the forms of the others out of date: nobody knows for which organization they were meant. What was
/// typed is there to be shown again; of a token of somebody else nothing is.
async fn a_form_of_another_tab_says_what_was_typed(world: World) {
    let mut carol = world.browser("carol").await;
    carol.post("/switch", "org=acme").await.is(200, "switched");
    let old = carol.token().await;
    let bobs = world.browser("bob").await.token().await;
    for (path, form, answer) in [("/switch", "org=bravo", "switched"), ("/renew", "", "renewed")] {
        carol.post(path, form).await.is(200, answer);
        for (token, status) in [(&old, 409), (&bobs, 403), (&"AAAA".to_owned(), 403)] {
            let request = carol.request("POST", "/invoices").header(header::ORIGIN, ORIGIN);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let form = format!("name=a%3Cb&password=canary&form_token={token}&note=x");
            let answer = world.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
            assert_eq!(answer.status(), status, "{path} {token}");
            let typed = answer.extensions().get::<Typed>().map(|typed| typed.fields().collect::<Vec<_>>());
            assert_eq!(typed, (status == 409).then(|| vec![("name", "a<b"), ("note", "x")]));
            assert!(!format!("{:?}", answer.extensions().get::<Typed>()).contains("a<b"));
        }
    }
    assert_eq!((world.refused(RejectionReason::OldForm), world.refused(RejectionReason::FormToken)), (2, 4));
    assert!(world.audited().await.contains(&"refusal:old_form".to_owned()));
    assert_eq!(world.count("invoices").await, 2);
}

/// Requests that were on their way while another tab switched read; they change nothing, and prove nothing.
async fn the_previous_id_reads_for_a_moment(world: World) {
    let world = world.like(|gateway| gateway.previous_id_reads(Duration::from_secs(10))).await;
    let mut carol = world.browser("carol").await;
    carol.post("/switch", "org=acme").await.is(200, "switched");
    world.clock.advance(10);
    let (mut before, mut much_before) = (carol.copy(), carol.copy());
    let token = before.token().await;
    before.get("/invoices").await.is(200, "acme-1");
    before.get("/proof").await.is(200, "aal1 1800000000");
    carol.post("/switch", "org=bravo").await.is(200, "switched");
    // It acts for what the session acts for, and for nothing else.
    before.get("/invoices").await.is(200, "bravo-1");
    before.get("/proof").await.is(403, "aal1 0");
    before.post_with("/invoices", &format!("name=late&form_token={token}")).await.is(401, "Unauthorized");
    carol.post("/renew", "").await.is(200, "renewed");
    much_before.get("/whoami").await.is(200, "carol");
    world.clock.advance(9);
    before.get("/whoami").await.is(200, "carol");
    world.clock.advance(1);
    before.get("/whoami").await.is(401, "Unauthorized");
    // A session that ended has no previous id, and neither has one at a process that did not change it.
    let mut before = carol.copy();
    carol.post("/renew", "").await.is(200, "renewed");
    let (_, elsewhere) = world.second_with(SessionKeys::new(key('1')), |gateway| gateway).await;
    let mut there = before.copy();
    there.router = elsewhere;
    there.get("/whoami").await.is(401, "Unauthorized");
    before.get("/whoami").await.is(200, "carol");
    carol.post("/sign-out", "").await.is(200, "signed out");
    before.get("/whoami").await.is(401, "Unauthorized");
    assert_eq!(world.count("invoices").await, 2);
}

async fn the_previous_id_of_staff_reads_nothing(world: World) {
    let world = world.like(|gateway| gateway.previous_id_reads(Duration::from_secs(10))).await;
    let (session, mut before) = sam(&world).await;
    let (session, cookie) = world.gateway.sessions().enter(&session, &"acme".into(), look()).await.unwrap();
    let mut inside = world.stranger();
    inside.take(&cookie);
    inside.get("/invoices").await.is(200, "acme-1");
    before.get("/whoami").await.is(401, "Unauthorized");
    let (_, cookie) = world.gateway.sessions().renew(&session).await.unwrap();
    inside.get("/invoices").await.is(401, "Unauthorized");
    inside.take(&cookie);
    inside.get("/invoices").await.is(200, "acme-1");
}

/// A stream of events takes a `Session` and asks the database nothing: signing out reaches it all the same.
async fn a_stream_ends_with_its_session(world: World) {
    let world = world.like(|gateway| gateway.scope_lifetime(Duration::from_secs(1))).await;
    let events = async |_: Session| {
        let (sender, pieces) = mpsc::channel(1);
        tokio::spawn(async move {
            while sender.send(Bytes::from_static(b"event\n")).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Body::new(Pieces(pieces)).into_response()
    };
    let router = axum::Router::new().route("/events", get(events)).layer(world.gateway.layer());
    let begin = async |name: &str| {
        let (session, cookie) = world.sign_in(name).await;
        let mut browser = world.stranger();
        browser.take(&cookie);
        let request = browser.request("GET", "/events").body(Body::empty()).unwrap();
        (session, router.clone().oneshot(request).await.unwrap().into_body())
    };
    let (alice, mut hers) = begin("alice").await;
    let (_, mut bobs) = begin("bob").await;
    let next = async |body: &mut Body| poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await;
    // Longer than a session is believed without being looked up.
    let goes_on = tokio::time::Instant::now() + Duration::from_millis(1500);
    while tokio::time::Instant::now() < goes_on {
        assert!(matches!(next(&mut hers).await, Some(Ok(_))));
        assert!(matches!(next(&mut bobs).await, Some(Ok(_))));
    }
    // A new id is no end.
    let (alice, _) = world.gateway.sessions().renew(&alice).await.unwrap();
    let goes_on = tokio::time::Instant::now() + Duration::from_millis(1500);
    while tokio::time::Instant::now() < goes_on {
        assert!(matches!(next(&mut hers).await, Some(Ok(_))));
    }
    world.gateway.sessions().end(&alice).await.map(drop).unwrap();
    let ended = async { while let Some(Ok(_)) = next(&mut hers).await {} };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("it ends");
    assert!(matches!(next(&mut bobs).await, Some(Ok(_))));
}

/// Two services of one deployment share tables and keys: what is a session of one is none of the other.
async fn an_id_is_of_its_origin(world: World) {
    let tables = world.place.tables().await.with_clock(world.clock.clone());
    let other = Gateway::builder(tables, SessionKeys::new(key('1')), "https://other.test").build().unwrap();
    let who = async |session: Session| session.subject().subject.clone();
    let router = axum::Router::new().route("/whoami", get(who).post(who)).layer(other.layer());
    let asks = async |cookie: &str, token: &str| {
        let request = axum::http::Request::post("/whoami").header(header::HOST, "other.test");
        let request = request.header(header::COOKIE, format!("{COOKIE}={cookie}")).header("x-csrf-token", token);
        router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    };
    let mut here = world.browser("alice").await;
    let token = here.token().await;
    let id = here.cookie.clone().unwrap();
    assert_eq!(asks(&id, &token).await, 401);
    let (session, cookie) = other.sessions().sign_in(&signed_in("alice"), None, None).await.unwrap();
    let there = cookie.header_value().to_str().unwrap().split([';', '=']).nth(1).unwrap().to_owned();
    assert_eq!(asks(&there, &session.form_token().unwrap()).await, 200);
    here.cookie = Some(there);
    here.get("/whoami").await.is(401, "Unauthorized");
    // The user is one: signing out everywhere ends both.
    here.cookie = Some(id);
    here.post("/sign-out-everywhere", "").await.is(200, "signed out");
    let there = cookie.header_value().to_str().unwrap().split([';', '=']).nth(1).unwrap().to_owned();
    assert_eq!(asks(&there, &session.form_token().unwrap()).await, 401);
}

async fn another_sites_preflight_is_answered_and_allowed_nothing(world: World) {
    let (mut alice, mut stranger) = (world.browser("alice").await, world.stranger());
    for browser in [&mut alice, &mut stranger] {
        for path in ["/invoices", "/whoami", "/hello", "/nowhere"] {
            let request = browser
                .request("OPTIONS", path)
                .header(header::ORIGIN, "https://evil.test")
                .header("access-control-request-method", "PUT")
                .header("access-control-request-headers", "x-csrf-token");
            let answer = browser.send(request.body(Body::empty()).unwrap()).await;
            answer.is(204, "");
            let allowed = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(allowed, None, "{path}");
        }
    }
    // Without the question it is a request like any other.
    let request = stranger.request("OPTIONS", "/invoices").body(Body::empty()).unwrap();
    stranger.send(request).await.is(401, "Unauthorized");
}

/// The client hears of it, other requests of the connection go on, and nothing of the scope stays alive.
async fn a_panic_is_answered(world: World) {
    let at_once = async |_: Session| -> &'static str { panic!("a canary of {ACME}") };
    let later = async |_: tenancy::OrgScope| -> &'static str {
        tokio::task::yield_now().await;
        panic!("a canary of {ACME}")
    };
    let router = axum::Router::new()
        .route("/at-once", get(at_once).post(at_once))
        .route("/later", get(later))
        .route("/whoami", get(async |session: Session| session.subject().subject.clone()))
        .layer(world.gateway.layer());
    let mut alice = world.browser("alice").await;
    alice.router = router;
    for path in ["/at-once", "/later"] {
        let answer = alice.get(path).await;
        answer.is(500, "Internal Server Error");
        assert_eq!(answer.headers["cache-control"], "no-store");
        alice.get("/whoami").await.is(200, "alice");
    }
    assert_eq!(world.refused(RejectionReason::Panicked), 2);
}
