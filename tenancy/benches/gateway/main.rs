//! What the gateway adds to a request, over a real database: from the cookie to the session, and on to the scope.
//!
//!     cargo bench -p tenancy --features gateway,postgres,sqlite --bench gateway
#![allow(missing_docs, reason = "a program")]

#[path = "../../tests/support/pg.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with the tests")]
mod pg;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::routing::get;
use std::time::{Duration, Instant};
use tenancy::OrgScope;
use tenancy::gateway::{Gateway, GatewayDb, Session, SessionKey, SessionKeys, SignedIn};
use tenancy::scope::{Subject, Tier};
use tower::ServiceExt as _;
use uuid::Uuid;

const REQUESTS: usize = 5_000;
const SESSIONS: usize = 1_000;

#[tokio::main]
async fn main() {
    let database = pg::Database::create();
    measure("PostgreSQL", GatewayDb::postgres(database.url()).expect("a pool")).await;
    measure("SQLite in memory", GatewayDb::sqlite(":memory:").await.expect("a database")).await;
}

async fn measure(name: &str, db: GatewayDb) {
    db.migrate().await.expect("tables");
    let keys = SessionKeys::new(SessionKey::generate().expect("randomness"));
    let gateway = Gateway::builder(db, keys, "https://bench.test").build().expect("a gateway");
    let cookies = populate(&gateway).await;
    let router: Router = Router::new()
        .route("/session", get(async |_: Session| "").layer(gateway.layer()))
        .route("/scope", get(async |_: OrgScope| "").layer(gateway.layer()))
        .route("/bare", get(async || ""));
    println!("{name}, {SESSIONS} sessions, {REQUESTS} requests one after the other");
    for path in ["/bare", "/session", "/scope"] {
        let mut times = Vec::with_capacity(REQUESTS);
        for number in 0..REQUESTS + 200 {
            let request = Request::builder().uri(path).header(header::HOST, "bench.test");
            let request = request.header(header::COOKIE, &cookies[number * 7 % SESSIONS]).body(Body::empty());
            let start = Instant::now();
            let response = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
            let time = start.elapsed();
            assert_eq!(response.status(), 200);
            // The first ones open connections and prepare statements.
            if number >= 200 {
                times.push(time);
            }
        }
        times.sort();
        let at = |share: usize| micros(times[REQUESTS * share / 100]);
        println!("  {path:<9} p50 {:>7.1} us   p99 {:>7.1} us", at(50), at(99));
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Sessions of 50 organizations; returns their cookies.
async fn populate(gateway: &Gateway) -> Vec<String> {
    let directory = gateway.directory("bench");
    let mut cookies = Vec::with_capacity(SESSIONS);
    for number in 0..SESSIONS {
        let org = Uuid::from_u128(1 + (number % 50) as u128).into();
        let subject = Subject { op: "https://id.test".to_owned(), id: format!("user {number}") };
        if number < 50 {
            directory.create_organization(org, &format!("org-{number}")).await.expect("an organization");
        }
        directory.add_member(&subject, org, Tier::Org).await.expect("a member");
        let signed_in = SignedIn {
            issuer: subject.op,
            subject: subject.id,
            authenticated_at: 0,
            methods: Vec::new(),
            assurance: None,
            provider_session: None,
            id_token: None,
            refresh_token: None,
        };
        let (_, cookie) = gateway.sessions().sign_in(&signed_in, None, None).await.expect("a session");
        let cookie = cookie.header_value().to_str().expect("text").to_owned();
        cookies.push(cookie.split(';').next().expect("a pair").to_owned());
    }
    cookies
}
