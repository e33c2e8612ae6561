//! The database is down, or something in it fails: a refusal, never a pass.

use crate::gateway::outside::Open;
use crate::gateway::world::{Browser, World, signed_in, subject};
use axum::body::Body;
use axum::http::{Request, header};
use std::time::Duration;
use tenancy::OrgId;
use tenancy_gateway::{Gateway, GatewayDb, RejectionReason, SessionKey, SessionKeys};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use uuid::Uuid;

on_both!(
    a_database_that_fails_is_503_and_never_a_pass,
    nothing_happens_that_is_not_written_down,
    the_audit_log_takes_no_change,
    refusals_name_no_organization_and_no_reason,
    metrics_say_how_the_pool_stands,
    a_request_that_is_dropped_half_way_leaves_nothing_open,
    migrations_may_run_again,
);

async fn a_database_that_fails_is_503_and_never_a_pass(world: World) {
    let mut browser = world.browser("alice").await;
    let token = browser.token().await;
    let tables = ["gateway_memberships", "gateway_organizations", "gateway_sessions", "gateway_users"];
    for table in tables {
        world.execute(&format!("ALTER TABLE {table} RENAME TO gone")).await;
        for path in ["/invoices", "/o/acme/invoices", "/whoami", "/hello", "/plain", "/open-invoices"] {
            let answer = browser.get(path).await;
            assert!(!answer.headers.contains_key(header::RETRY_AFTER), "nobody knows what was done");
            answer.is(503, "Service Unavailable");
        }
        browser.post_with("/sign-out", &format!("form_token={token}")).await.is(503, "Service Unavailable");
        // Without a cookie nobody is asked, and nobody is let in.
        world.stranger().get("/invoices").await.is(401, "Unauthorized");
        world.execute(&format!("ALTER TABLE gone RENAME TO {table}")).await;
        browser.get("/invoices").await.is(200, "acme-1");
    }
    assert_eq!(world.refused(RejectionReason::Unavailable), 7 * tables.len() as u64);
}

/// 84: without its line in the audit log, nothing is signed in, switched, ended or changed.
async fn nothing_happens_that_is_not_written_down(world: World) {
    let mut carol = world.browser("carol").await;
    let (sessions, directory) = (world.gateway.sessions(), world.gateway.directory("admin"));
    let (session, _) = world.sign_in("carol").await;
    let counted = world.count("gateway_sessions WHERE ended_at IS NULL").await;
    world.execute("ALTER TABLE gateway_audit RENAME TO gone").await;
    assert_eq!(
        sessions.sign_in(&signed_in("bob"), None, None).await.unwrap_err().reason(),
        RejectionReason::Unavailable
    );
    assert_eq!(sessions.switch(&session, &"acme".into()).await.unwrap_err().reason(), RejectionReason::Unavailable);
    assert_eq!(sessions.renew(&session).await.unwrap_err().reason(), RejectionReason::Unavailable);
    assert!(directory.remove_member(&subject("alice"), crate::gateway::world::ACME).await.is_err());
    assert_eq!(world.count("gateway_sessions WHERE ended_at IS NULL").await, counted);
    assert_eq!(world.count("gateway_memberships").await, 4);
    // A refusal stands all the same.
    carol.get("/o/never-heard-of/invoices").await.is(404, "Not Found");
    world.execute("ALTER TABLE gone RENAME TO gateway_audit").await;
    // Nothing of it was half done.
    assert!(sessions.switch(&session, &"acme".into()).await.is_ok());
    carol.get("/whoami").await.is(200, "carol");
}

async fn the_audit_log_takes_no_change(world: World) {
    let lines = world.audited().await;
    for sql in ["UPDATE gateway_audit SET reason = 'nothing'", "DELETE FROM gateway_audit"] {
        assert!(world.try_execute(sql).await.is_err(), "{sql}");
    }
    if world.on_server() {
        assert!(world.try_execute("TRUNCATE gateway_audit").await.is_err());
    }
    assert_eq!(world.audited().await, lines);
}

/// What a client reads says a status and nothing else.
async fn refusals_name_no_organization_and_no_reason(world: World) {
    let mut alice = world.browser("alice").await;
    let mut answers = vec![alice.get("/o/bravo/invoices").await, alice.get("/twice").await, alice.get("/bare").await];
    answers.push(alice.post_with("/plain", "").await);
    answers.push(world.stranger().get("/invoices").await);
    for answer in answers {
        let said = format!("{:?} {}", answer.headers, answer.body).to_lowercase();
        for word in ["acme", "bravo", "member", "token", "layer", "taken", "session", "0000000", "select"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
    }
    // Metrics name reasons, and neither organizations nor users.
    let metrics = world.gateway.metrics();
    assert!(metrics.contains("tenancy_gateway_refusals_total{reason=\"not_a_member\"} 1\n"), "{metrics}");
    assert!(!metrics.contains("acme") && !metrics.contains("alice") && !metrics.contains("0000000"));
    let printed = format!("{:?} {:?}", world.gateway, world.gateway.directory("x"));
    assert!(!printed.contains("1111"), "{printed}");
}

async fn metrics_say_how_the_pool_stands(world: World) {
    let mut alice = world.browser("alice").await;
    alice.get("/invoices").await.is(200, "acme-1");
    let status = world.gateway.pool_status();
    assert_eq!((status.most, status.waiting, status.open - status.idle), (8, 0, 0));
    assert!(status.open > 0);
    let metrics = world.gateway.metrics();
    let open = format!("tenancy_gateway_pool_connections{{state=\"open\"}} {}\n", status.open);
    assert!(metrics.contains(&open) && metrics.contains("tenancy_gateway_pool_waiting 0\n"), "{metrics}");
    // Each name is declared once, or Prometheus takes none of it.
    let mut declared: Vec<_> = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let lines = declared.len();
    declared.sort_unstable();
    declared.dedup();
    assert_eq!(declared.len(), lines);
}

/// F24: a client goes away at any point; the connection that it used is not given to the next with something open on it.
async fn a_request_that_is_dropped_half_way_leaves_nothing_open(world: World) {
    let browser = world.browser("carol").await;
    let token = browser.copy().token().await;
    for wait in 0..40 {
        let browser: Browser = browser.copy();
        let request = browser.request("POST", "/switch").header("x-csrf-token", &token);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = browser.router.clone().oneshot(request.body(Body::from("org=never-heard-of")).unwrap());
        let limit = Duration::from_micros(50 * wait);
        let _ = tokio::time::timeout(limit, answer).await;
    }
    let mut carol = browser.copy();
    carol.get("/whoami").await.is(200, "carol");
    carol.post("/switch", "org=acme").await.is(200, "switched");
    carol.get("/invoices").await.is(200, "acme-1");
}

/// F24: all connections wait for a lock that others hold, for requests that have gone. PostgreSQL: whoever comes next does not
/// wait behind them.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_any_more_holds_no_connection() {
    let world = World::postgres().await;
    let browser = world.browser("alice").await;
    let lock = "LOCK TABLE gateway_sessions IN ACCESS EXCLUSIVE MODE";
    let locked = Open::after(&world.place, lock).await.expect("PostgreSQL");
    // More than there are connections.
    let mut gone = JoinSet::new();
    for _ in 0..10 {
        let mut asking = browser.copy();
        gone.spawn(
            async move { tokio::time::timeout(Duration::from_millis(500), asking.get("/whoami")).await.is_err() },
        );
    }
    assert!(gone.join_all().await.into_iter().all(|gone| gone), "they wait for the lock");
    // It reads and writes other tables, so nothing but a connection could keep it waiting.
    let directory = world.gateway.directory("tests");
    let created = directory.create_organization(OrgId::new(Uuid::from_u128(0x77)), "another");
    tokio::time::timeout(Duration::from_secs(4), created).await.expect("a connection").expect("created");
    locked.commit().await;
    browser.copy().get("/invoices").await.is(200, "acme-1");
}

async fn migrations_may_run_again(world: World) {
    let mut browser = world.browser("alice").await;
    world.place.tables().await.migrate().await.unwrap();
    browser.get("/invoices").await.is(200, "acme-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_503() {
    let db = GatewayDb::postgres("postgres://nobody:canary@127.0.0.1:1/none").unwrap();
    let keys = SessionKeys::new(SessionKey::generate().unwrap());
    let gateway = Gateway::builder(db, keys, "https://billing.test").build().unwrap();
    let router: axum::Router =
        axum::Router::new().route("/", axum::routing::get(async || "never")).layer(gateway.layer());
    let request = Request::builder().uri("/").header(header::HOST, "billing.test");
    let request = request.header(header::COOKIE, format!("__Host-tenancy={}", "A".repeat(43)));
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()[header::RETRY_AFTER]), (503, &"1".parse().unwrap()));
    assert_eq!(gateway.refused(RejectionReason::NoConnection), 1);
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body, "Service Unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_memory_is_one_for_all_connections() {
    let db = GatewayDb::sqlite(":memory:").await.unwrap();
    db.migrate().await.unwrap();
    let keys = SessionKeys::new(SessionKey::generate().unwrap());
    let gateway = Gateway::builder(db, keys, "http://localhost:3000").build().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let sessions = gateway.sessions();
        tasks.spawn(async move {
            let (session, _) = sessions.sign_in(&signed_in("alice"), None, None).await.unwrap();
            (number, session.handle())
        });
    }
    assert_eq!(tasks.join_all().await.len(), 8);
    let (session, _) = gateway.sessions().sign_in(&signed_in("alice"), None, None).await.unwrap();
    assert_eq!(gateway.sessions().list(&session).await.unwrap().len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_work_are_refused() {
    let make = async || {
        let keys = SessionKeys::new(SessionKey::generate().unwrap());
        Gateway::builder(GatewayDb::sqlite(":memory:").await.unwrap(), keys, "https://billing.test")
    };
    assert!(make().await.build().is_ok());
    assert!(make().await.idle_timeout(Duration::ZERO).build().is_err());
    assert!(
        make().await.idle_timeout(Duration::from_secs(61)).absolute_timeout(Duration::from_secs(60)).build().is_err()
    );
    for lifetime in [0, 61] {
        assert!(make().await.scope_lifetime(Duration::from_secs(lifetime)).build().is_err());
    }
    let keys = SessionKeys::new(SessionKey::generate().unwrap());
    let db = GatewayDb::sqlite(":memory:").await.unwrap();
    assert!(Gateway::builder(db, keys, "http://billing.test").build().is_err());
}
