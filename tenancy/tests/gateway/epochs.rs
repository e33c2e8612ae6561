//! A session that is kept, in front of a database that compares epochs: what another process changed in the directory holds at
//! the next transaction, although the session is not looked up.

use crate::gateway::held::Held;
use crate::gateway::world::{ACME, BRAVO, Browser, ORIGIN, TestClock, key, signed_in, subject};
use crate::walled::Walled;
use axum::extract::State;
use axum::routing::get;
use axum::{Router, http::StatusCode};
use std::time::Duration;
use tenancy::db::{Postgres, TenantDb};
use tenancy::prelude::*;
use tenancy::scope::{ScopeError, Tier};
use tenancy_gateway::migrations::POSTGRES;
use tenancy_gateway::{Gateway, GatewayDb, OrganizationState, Session, SessionKeys};

tenancy::schema! {
    diesel::table! { notes (org_id, id) { org_id -> Uuid, id -> Integer, } }
}

const NOTES: &str = "
    CREATE TABLE notes (org_id uuid NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
    INSERT INTO notes SELECT ('00000000-0000-0000-0000-00000000000' || org)::uuid, id
      FROM unnest(ARRAY['a', 'b']) org, generate_series(1, 3) id;
";

type Db = TenantDb<Postgres>;

async fn count(State(db): State<Db>, scope: OrgScope) -> Result<String, StatusCode> {
    let mut conn = db.scoped(&scope).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    match scope.from(notes::table).count().get_result::<i64>(&mut conn).await {
        Ok(count) => Ok(count.to_string()),
        Err(error) if ScopeError::in_error(&error) == Some(ScopeError::Outdated) => Err(StatusCode::GONE),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A handler has its scope; and it may go on.
type Gate = std::sync::Arc<(tokio::sync::Notify, tokio::sync::Notify)>;

/// Two processes over one directory; the first keeps sessions.
struct Processes {
    wall: Walled,
    clock: std::sync::Arc<TestClock>,
    elsewhere: Gateway,
    router: Router,
    /// What `/later` waits at, with its scope.
    gate: Gate,
}

async fn processes() -> Processes {
    let wall = Walled::built(schema_manifest(), &[NOTES, POSTGRES[0].sql()]).await;
    let options = wall.options.clone().directory("public");
    wall.apply(&wall.diff(&options).await).await;
    let clock = TestClock::new();
    let gateway = || {
        let tables = GatewayDb::postgres(wall.db.url()).unwrap().with_clock(clock.clone());
        Gateway::builder(tables, SessionKeys::new(key('1')), ORIGIN)
    };
    let here = gateway().cache_sessions(Duration::from_secs(10)).build().unwrap();
    let elsewhere = gateway().build().unwrap();
    let db: Db = wall.tenant_db(here.authority()).compare_epochs().build().unwrap();
    let gate = Gate::default();
    let waits = std::sync::Arc::clone(&gate);
    let later = async move |db: State<Db>, scope: OrgScope| {
        waits.0.notify_one();
        waits.1.notified().await;
        count(db, scope).await
    };
    let router = Router::new()
        .route("/later", get(later))
        .route("/notes", get(count).post(count))
        .route("/form", get(async |session: Session| session.form_token()))
        .route("/whoami", get(async |session: Session| session.subject().subject.clone()))
        .layer(here.layer())
        .with_state(db);
    let directory = elsewhere.directory("tests");
    for (org, slug, member) in [(ACME, "acme", "alice"), (BRAVO, "bravo", "bob")] {
        directory.create_organization(org, slug).await.unwrap();
        directory.add_member(&subject(member), org, Tier::Org).await.unwrap();
    }
    Processes { wall, clock, elsewhere, router, gate }
}

impl Processes {
    /// A session that is kept here.
    async fn browser(&self, name: &str) -> (Session, Browser) {
        let (session, cookie) = self.elsewhere.sessions().sign_in(&signed_in(name), None, None).await.unwrap();
        let mut browser = Browser { router: self.router.clone(), cookie: None };
        browser.take(&cookie);
        browser.get("/notes").await.is(200, "3");
        (session, browser)
    }
}

/// 89: what raises no epoch, the end of one session and a new id, holds for a form that was held back as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_held_back_form_outlives_what_raises_no_epoch() {
    let processes = processes().await;
    let sessions = processes.elsewhere.sessions();
    for renewed in [false, true] {
        let (session, mut alice) = processes.browser("alice").await;
        let (_, mut bob) = processes.browser("bob").await;
        let held = Held::form(&mut alice, "/notes", "note=1").await;
        let others = Held::form(&mut bob, "/notes", "note=1").await;
        if renewed {
            sessions.renew(&session).await.map(drop).unwrap();
        } else {
            sessions.end(&session).await.map(drop).unwrap();
        }
        // As long as sessions are kept here.
        processes.clock.advance(10);
        held.go_on().await.is(401, "Unauthorized");
        others.go_on().await.is(200, "3");
    }
}

/// 81, K09: whoever is put out elsewhere reads nothing more here, and nobody else is touched.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_out_elsewhere_runs_no_transaction_here() {
    let processes = processes().await;
    let (directory, sessions) = (processes.elsewhere.directory("tests"), processes.elsewhere.sessions());
    for way in 0..5 {
        let (_, mut bob) = processes.browser("bob").await;
        let (session, mut alice) = processes.browser("alice").await;
        match way {
            0 => directory.set_state(ACME, OrganizationState::Suspended).await.unwrap(),
            1 => directory.remove_member(&subject("alice"), ACME).await.unwrap(),
            2 => directory.set_disabled(&subject("alice"), true).await.unwrap(),
            3 => sessions.end_organization(ACME, "operator").await.unwrap(),
            _ => sessions.end_everywhere(&session).await.map(drop).unwrap(),
        }
        // Who it is, is not asked anew; what it may do, is.
        alice.get("/whoami").await.is(200, "alice");
        assert_eq!(alice.get("/notes").await.status, StatusCode::GONE, "{way}");
        bob.get("/notes").await.is(200, "3");
        match way {
            0 => directory.set_state(ACME, OrganizationState::Active).await.unwrap(),
            1 => directory.add_member(&subject("alice"), ACME, Tier::Org).await.unwrap(),
            2 => directory.set_disabled(&subject("alice"), false).await.unwrap(),
            _ => {}
        }
    }
    assert_eq!(processes.wall.db.psql("SELECT count(*) FROM notes"), "6");
}

/// 83: staff stand in the directory as members do; who left or was put out elsewhere runs no transaction with what was
/// granted before.
#[tokio::test(flavor = "multi_thread")]
async fn staff_run_no_transaction_after_their_entry() {
    let processes = processes().await;
    let (directory, sessions) = (processes.elsewhere.directory("tests"), processes.elsewhere.sessions());
    let (_, mut bob) = processes.browser("bob").await;
    let sam = subject("sam");
    directory.add_staff(&sam).await.unwrap();
    for way in 0..4 {
        let (session, _) = sessions.sign_in(&crate::gateway::staff::proved("sam"), None, None).await.unwrap();
        let (session, cookie) = sessions.enter(&session, &"acme".into(), crate::gateway::staff::look()).await.unwrap();
        let mut browser = Browser { router: processes.router.clone(), cookie: None };
        browser.take(&cookie);
        browser.get("/notes").await.is(200, "3");
        let later = tokio::spawn(async move { browser.get("/later").await });
        processes.gate.0.notified().await;
        match way {
            0 => sessions.leave(&session).await.map(drop).unwrap(),
            1 => directory.remove_staff(&sam).await.unwrap(),
            2 => directory.set_state(ACME, OrganizationState::Suspended).await.unwrap(),
            _ => sessions.end_everywhere(&session).await.map(drop).unwrap(),
        }
        processes.gate.1.notify_one();
        assert_eq!(later.await.unwrap().status, StatusCode::GONE, "{way}");
        bob.get("/notes").await.is(200, "3");
        match way {
            1 => directory.add_staff(&sam).await.unwrap(),
            2 => directory.set_state(ACME, OrganizationState::Active).await.unwrap(),
            _ => {}
        }
    }
}

/// What raises no epoch is not covered: the end of one session, elsewhere. It is over when its time in memory is.
#[tokio::test(flavor = "multi_thread")]
async fn one_session_that_ended_elsewhere_reads_until_its_time_is_over() {
    let processes = processes().await;
    let (session, mut alice) = processes.browser("alice").await;
    let _ = processes.elsewhere.sessions().end(&session).await.unwrap();
    alice.get("/notes").await.is(200, "3");
    processes.clock.advance(10);
    alice.get("/notes").await.is(401, "Unauthorized");
}
