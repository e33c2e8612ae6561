//! What the gateway adds to a request, over a real database: from the cookie to the session, and on to the scope.
//!
//!     cargo bench -p tenancy --features postgres,sqlite --bench gateway
#![allow(missing_docs, reason = "a program")]

use tenancy_test_support::pg;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::routing::get;
use std::time::{Duration, Instant};
use tenancy::OrgScope;
use tenancy::scope::{Subject, Tier};
use tenancy_gateway::{Gateway, GatewayDb, Session, SessionKey, SessionKeys, VerifiedIdentity};
use tower::ServiceExt as _;
use uuid::Uuid;

const REQUESTS: usize = 5_000;
const SESSIONS: usize = 1_000;

#[tokio::main]
async fn main() {
    // As a server answers: in a task, not on the thread that waits for the runtime.
    tokio::spawn(both()).await.expect("it is measured");
}

async fn both() {
    let database = pg::Database::create();
    let before = one_round_trip(database.url()).await;
    let db = GatewayDb::postgres(database.url()).expect("a pool");
    // What the server does by itself within a minute. Until then it goes by plans that were made for empty tables.
    let scope = measure("PostgreSQL", db, || drop(database.psql("ANALYZE"))).await;
    // Before and behind, because a machine that wakes its cores slowly does not do so at all times.
    let after = one_round_trip(database.url()).await;
    println!("session to scope on PostgreSQL: {:.2} x SELECT 1 in this run", scope / ((before + after) / 2.0));
    measure("SQLite in memory", GatewayDb::sqlite(":memory:").await.expect("a database"), || {}).await;
}

/// The median time of `SELECT 1` in microseconds: the way to the server and back, and a server that has next to nothing to do.
async fn one_round_trip(url: &str) -> f64 {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("the server answers");
    tokio::spawn(connection);
    let one = client.prepare("SELECT 1").await.expect("it is prepared");
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let start = Instant::now();
        client.query_one(&one, &[]).await.expect("a row");
        times.push(start.elapsed());
    }
    times.sort();
    println!("SELECT 1 over tokio-postgres: p50 {:.1} us", median(&times));
    median(&times)
}

/// Prints what a request takes; returns the median time from a session to a scope, without the router's, in microseconds.
async fn measure(name: &str, db: GatewayDb, populated: impl Fn()) -> f64 {
    db.migrate().await.expect("tables");
    let keys = SessionKeys::new(SessionKey::generate().expect("randomness"));
    let builder = || Gateway::builder(db.clone(), keys.clone(), "https://bench.test");
    let (asks, caches) = (builder().build(), builder().cache_sessions(Duration::from_secs(10)).build());
    let (asks, caches) = (asks.expect("a gateway"), caches.expect("a gateway"));
    let requests = Requests { cookies: populate(&asks).await };
    populated();
    println!("{name}, {SESSIONS} sessions, requests one after the other");
    let bare = requests.run(&Router::new().route("/", get(async || "")), REQUESTS).await;
    print("a router alone", &bare, 0.0);
    let base = median(&bare.sorted);

    let (session, scope) = (session(&asks), scope(&asks));
    requests.run(&session, 200).await;
    print("session", &requests.run(&session, REQUESTS).await, base);
    // Each session once: no grant was kept yet.
    print("scope, signed for", &requests.run(&scope, SESSIONS).await, base);
    let times = requests.run(&scope, REQUESTS).await;
    print("scope", &times, base);
    let to_scope = median(&times.sorted) - base;
    let scope = self::scope(&caches);
    requests.run(&scope, SESSIONS).await;
    print("scope, cached", &requests.run(&scope, REQUESTS).await, base);
    let hits = format!("event=\"session_cache_hit\"}} {REQUESTS}\n");
    assert!(caches.metrics().contains(&hits), "too slow a machine: sessions were read again");
    to_scope
}

fn session(gateway: &Gateway) -> Router {
    Router::new().route("/", get(async |_: Session| "")).layer(gateway.layer())
}

fn scope(gateway: &Gateway) -> Router {
    Router::new().route("/", get(async |_: OrgScope| "")).layer(gateway.layer())
}

/// How long requests took.
struct Times {
    sorted: Vec<Duration>,
    /// Of this process, for each; where the kernel counts it.
    processor: Duration,
}

struct Requests {
    cookies: Vec<String>,
}

impl Requests {
    /// So many requests, of one session after the other.
    async fn run(&self, router: &Router, count: usize) -> Times {
        let (mut times, before) = (Vec::with_capacity(count), processor());
        for number in 0..count {
            let request = Request::builder().uri("/").header(header::HOST, "bench.test");
            let request = request.header(header::COOKIE, &self.cookies[number * 7 % SESSIONS]).body(Body::empty());
            let (request, router) = (request.expect("a request"), router.clone());
            let start = Instant::now();
            let response = router.oneshot(request).await.expect("an answer");
            times.push(start.elapsed());
            assert_eq!(response.status(), 200);
        }
        let processor = processor().saturating_sub(before).checked_div(count as u32).unwrap_or_default();
        times.sort();
        Times { sorted: times, processor }
    }
}

/// The processor time of this process's threads so far, of those that still run.
fn processor() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    Duration::from_nanos(threads.filter_map(of).sum())
}

fn median(times: &[Duration]) -> f64 {
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn print(what: &str, times: &Times, base: f64) {
    let sorted = &times.sorted;
    let (p50, p99) = (median(sorted), sorted[sorted.len() * 99 / 100].as_secs_f64() * 1e6);
    let (bare, processor) = (p50 - base, times.processor.as_secs_f64() * 1e6);
    println!(
        "  {what:<18} p50 {p50:>7.1} us   p99 {p99:>7.1} us   p50 without the router {bare:>7.1} us   \
         processor {processor:>7.1} us"
    );
}

/// Sessions of 50 organizations; returns their cookies.
async fn populate(gateway: &Gateway) -> Vec<String> {
    let directory = gateway.directory("bench");
    let mut cookies = Vec::with_capacity(SESSIONS);
    for number in 0..SESSIONS {
        let org = Uuid::from_u128(1 + (number % 50) as u128).into();
        let subject = Subject { issuer: "https://id.test".to_owned(), subject: format!("user {number}") };
        if number < 50 {
            directory.create_organization(org, &format!("org-{number}")).await.expect("an organization");
        }
        directory.add_member(&subject, org, Tier::Org).await.expect("a member");
        let signed_in = VerifiedIdentity {
            issuer: subject.issuer,
            subject: subject.subject,
            authenticated_at: None,
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
