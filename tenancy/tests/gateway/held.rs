//! A form whose last bytes are held back: whoever sends them is who the session says then, and not who it said when the form began.

use crate::gateway::staff::{proved, sam, signed};
use crate::gateway::world::{ACME, Answer, BRAVO, Browser, IDLE, ORIGIN, World, signed_in, subject, time};
use crate::pieces::Pieces;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tenancy::OrgScope;
use tenancy::scope::Tier;
use tenancy_gateway::{AccessRequest, FORM_HEADER, OrganizationState, RejectionReason, Session, VerifiedIdentity};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

on_both!(
    a_form_that_was_held_back_outlives_nothing,
    a_body_behind_a_token_in_a_header_outlives_nothing,
    what_was_held_back_is_as_old_as_it_is,
    staff_who_held_a_form_back_enter_nothing,
    a_body_has_to_come_in_time_and_in_bounds,
    a_stranger_makes_nobody_read_a_body,
    what_asks_late_is_told_what_holds_then,
);

/// A request that waits for the rest of its body.
pub(crate) struct Held {
    rest: mpsc::Sender<Bytes>,
    left: String,
    answer: JoinHandle<Answer>,
}

impl Held {
    /// Begins a form, and holds its last 20 bytes back. It returns when the gateway waits for them.
    pub(crate) async fn form(browser: &mut Browser, path: &str, form: &str) -> Self {
        let token = browser.token().await;
        let kind = "application/x-www-form-urlencoded";
        Self::begin(browser, path, &format!("form_token={token}&{form}&{}", "x".repeat(40)), |request| {
            request.header(header::CONTENT_TYPE, kind)
        })
        .await
    }

    async fn begin(
        browser: &mut Browser,
        path: &str,
        body: &str,
        with: impl FnOnce(axum::http::request::Builder) -> axum::http::request::Builder,
    ) -> Self {
        let (first, left) = body.split_at(body.len() - 20);
        let (rest, pieces) = mpsc::channel(1);
        let request = browser.request("POST", path).header(header::ORIGIN, ORIGIN);
        let request = with(request.header("sec-fetch-site", "same-origin")).body(Body::new(Pieces(pieces))).unwrap();
        rest.send(Bytes::from(first.to_owned())).await.unwrap();
        let mut browser = browser.copy();
        let answer = tokio::spawn(async move { browser.send(request).await });
        // There is room again as soon as the first piece was taken: from then on the rest is waited for.
        drop(rest.reserve().await.unwrap());
        Self { rest, left: left.to_owned(), answer }
    }

    /// Sends the rest.
    pub(crate) async fn go_on(self) -> Answer {
        self.rest.send(Bytes::from(self.left)).await.unwrap();
        drop(self.rest);
        self.answer.await.unwrap()
    }
}

type Happens = (&'static str, u16);

/// What ends somebody's session, or their membership, while a form is held back; and what the form is answered then.
const HAPPENINGS: [Happens; 8] = [
    ("signed out", 401),
    ("signed out everywhere", 401),
    ("idle", 401),
    ("over", 401),
    ("removed", 401),
    ("disabled", 401),
    ("suspended", 404),
    ("a new id", 401),
];

async fn happens(world: &World, what: &str, browser: &Browser) {
    let (alice, directory) = (subject("alice"), world.gateway.directory("tests"));
    let mut tab = browser.copy();
    match what {
        "signed out" => tab.post("/sign-out", "").await.is(200, "signed out"),
        "signed out everywhere" => tab.post("/sign-out-everywhere", "").await.is(200, "signed out"),
        "idle" => world.clock.advance(IDLE),
        "over" => {
            for _ in 0..25 {
                world.clock.advance(IDLE - 60);
                tab.get("/whoami").await;
            }
        }
        "removed" => directory.remove_member(&alice, ACME).await.unwrap(),
        "disabled" => directory.set_disabled(&alice, true).await.unwrap(),
        "suspended" => directory.set_state(ACME, OrganizationState::Suspended).await.unwrap(),
        "a new id" => {
            tab.post("/renew", "").await.is(200, "renewed");
            world.clock.advance(60);
        }
        other => unreachable!("{other}"),
    }
}

async fn undone(world: &World, what: &str) {
    let (alice, directory) = (subject("alice"), world.gateway.directory("tests"));
    match what {
        "removed" => directory.add_member(&alice, ACME, Tier::Org).await.unwrap(),
        "disabled" => directory.set_disabled(&alice, false).await.unwrap(),
        "suspended" => directory.set_state(ACME, OrganizationState::Active).await.unwrap(),
        _ => {}
    }
}

/// Somebody who signed in just now, by the clock of the world.
async fn fresh(world: &World, name: &str) -> Browser {
    let now = world.clock.now();
    signed(world, &VerifiedIdentity { authenticated_at: Some(time(now)), ..signed_in(name) }).await.1
}

async fn a_form_that_was_held_back_outlives_nothing(world: World) {
    for (what, status) in HAPPENINGS {
        let mut alice = fresh(&world, "alice").await;
        let held = Held::form(&mut alice, "/invoices", "name=late").await;
        let mut bob = fresh(&world, "bob").await;
        let others = Held::form(&mut bob, "/invoices", "name=in-time").await;
        happens(&world, what, &alice).await;
        let answer = held.go_on().await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_eq!(world.count("invoices WHERE name = 'late'").await, 0, "{what}");
        // Bob's session ends with the time alone.
        let bobs = if matches!(what, "idle" | "over") { 401 } else { 200 };
        assert_eq!(others.go_on().await.status, bobs, "{what}");
        undone(&world, what).await;
    }
    // Nothing happens: it is done.
    let mut alice = fresh(&world, "alice").await;
    Held::form(&mut alice, "/invoices", "name=slow").await.go_on().await.is(200, "added");
    let owners = world.texts("org_id AS TEXT) AS text FROM invoices WHERE name = 'slow'").await;
    assert_eq!(owners, [ACME.to_string()]);
}

/// The same where a page's script sends the token in a header, and the handler reads the body.
async fn a_body_behind_a_token_in_a_header_outlives_nothing(world: World) {
    for (what, status) in HAPPENINGS {
        let mut alice = fresh(&world, "alice").await;
        let token = alice.token().await;
        let body = format!("name=late&{}", "x".repeat(40));
        let held = Held::begin(&mut alice, "/invoices", &body, |request| {
            request.header(FORM_HEADER, token).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        })
        .await;
        happens(&world, what, &alice).await;
        assert_eq!(held.go_on().await.status, status, "{what}");
        assert_eq!(world.count("invoices WHERE name = 'late'").await, 0, "{what}");
        undone(&world, what).await;
    }
}

/// The age of a proof is counted from when the request is whole.
async fn what_was_held_back_is_as_old_as_it_is(_: World) {
    let world =
        World::sqlite().await.like(|gateway| gateway.fresh_proof_to_end_sessions(Duration::from_secs(300))).await;
    let other = world.sign_in("alice").await.0.handle();
    let mut alice = fresh(&world, "alice").await;
    let one = Held::form(&mut alice, "/sessions", &format!("handle={other}")).await;
    let all = Held::form(&mut alice, "/sign-out-everywhere", "all=1").await;
    let proof = Held::form(&mut alice, "/proof", "all=1").await;
    world.clock.advance(301);
    for held in [one, all, proof] {
        assert_eq!(held.go_on().await.status, 403);
    }
    assert_eq!(world.count("gateway_sessions WHERE ended_at IS NOT NULL").await, 0);
    let in_time = Held::form(&mut fresh(&world, "alice").await, "/sessions", &format!("handle={other}")).await;
    world.clock.advance(299);
    in_time.go_on().await.is(200, "ended");
}

async fn staff_who_held_a_form_back_enter_nothing(world: World) {
    // The proof with which they enter grows old meanwhile.
    let (_, mut browser) = sam(&world).await;
    let held = Held::form(&mut browser, "/enter", "org=acme&name=a+reason").await;
    world.clock.advance(599);
    browser.get("/whoami").await;
    world.clock.advance(2);
    assert_eq!(held.go_on().await.status, 404);
    assert_eq!(world.refused(RejectionReason::EntryAge), 1);

    // An entry that ends meanwhile: by itself, by leaving, by signing out.
    for (what, status) in [("its time", 404), ("left", 401), ("signed out", 401), ("removed", 401)] {
        world.gateway.directory("tests").add_staff(&subject("sam")).await.ok();
        let now = world.clock.now();
        let (session, mut browser) =
            signed(&world, &VerifiedIdentity { authenticated_at: Some(time(now)), ..proved("sam") }).await;
        let entry = AccessRequest::read_write("to mend").duration(Duration::from_secs(300));
        let (session, cookie) = world.gateway.sessions().enter(&session, &"bravo".into(), entry).await.unwrap();
        browser.take(&cookie);
        assert_eq!(session.organization(), Some(BRAVO));
        let held = Held::form(&mut browser, "/invoices", "name=late").await;
        match what {
            "its time" => world.clock.advance(300),
            "left" => drop(world.gateway.sessions().leave(&session).await.unwrap()),
            "signed out" => drop(world.gateway.sessions().end(&session).await.unwrap()),
            _ => world.gateway.directory("tests").remove_staff(&subject("sam")).await.unwrap(),
        }
        assert_eq!(held.go_on().await.status, status, "{what}");
        assert_eq!(world.count("invoices WHERE name = 'late'").await, 0, "{what}");
    }
}

/// A deadline for the whole of it: a byte now and then does not help.
async fn a_body_has_to_come_in_time_and_in_bounds(world: World) {
    let world = world.like(|gateway| gateway.body_timeout(Duration::from_millis(300)).longest_body(100_000)).await;
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    let held = Held::form(&mut alice, "/invoices", "name=late").await;
    let dripping = Held::form(&mut bob, "/invoices", "name=late").await;
    let drip = async {
        while dripping.rest.send(Bytes::from_static(b"x")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    drip.await;
    dripping.answer.await.unwrap().is(408, "Request Timeout");
    held.answer.await.unwrap().is(408, "Request Timeout");
    assert_eq!(world.refused(RejectionReason::BodyRead), 2);
    let token = alice.token().await;
    for (length, status) in [(100_000, 200), (100_001, 413)] {
        let request = alice.request("POST", "/plain").header(header::ORIGIN, ORIGIN).header(FORM_HEADER, &token);
        let answer = alice.send(request.body(Body::from("x".repeat(length))).unwrap()).await;
        assert_eq!(answer.status, status, "{length}");
    }
    assert_eq!(world.count("invoices WHERE name = 'late'").await, 0);
}

/// Without the session's token nothing of a body is read: a made-up cookie costs no memory and no wait.
async fn a_stranger_makes_nobody_read_a_body(world: World) {
    let mut alice = world.browser("alice").await;
    let bobs = world.browser("bob").await.token().await;
    alice.cookie = Some("A".repeat(43));
    let (_rest, pieces) = mpsc::channel(1);
    let request = alice.request("POST", "/plain").header(header::ORIGIN, ORIGIN).header(FORM_HEADER, bobs);
    let answer = alice.send(request.body(Body::new(Pieces(pieces))).unwrap());
    tokio::time::timeout(Duration::from_secs(60), answer).await.expect("it waits for nothing").is(401, "Unauthorized");
}

/// A middleware of the service's own, or a handler's other argument, may wait too: the session is looked up once more.
async fn what_asks_late_is_told_what_holds_then(world: World) {
    let gate = Arc::new((Notify::new(), Notify::new()));
    let at = Arc::clone(&gate);
    let late = from_fn(move |request: Request, next: Next| {
        let at = Arc::clone(&at);
        async move {
            at.0.notify_one();
            at.1.notified().await;
            next.run(request).await
        }
    });
    let router = axum::Router::new()
        .route("/org", get(async |scope: OrgScope| scope.org_id().to_string()))
        .route("/who", get(async |session: Session| session.subject().subject.clone()))
        .layer(late)
        .layer(world.gateway.layer());
    for (path, ends) in [("/org", false), ("/who", false), ("/org", true), ("/who", true)] {
        let (session, cookie) = world.sign_in("alice").await;
        let mut alice = world.stranger();
        alice.take(&cookie);
        let request = alice.request("GET", path).body(Body::empty()).unwrap();
        let answer = tokio::spawn(router.clone().oneshot(request));
        gate.0.notified().await;
        if ends {
            world.gateway.sessions().end_everywhere(&session).await.map(drop).unwrap();
        }
        world.clock.advance(1);
        gate.1.notify_one();
        let answer = answer.await.unwrap().unwrap().status();
        assert_eq!(answer, if ends { 401 } else { 200 }, "{path} {ends}");
    }
}
