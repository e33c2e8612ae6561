//! Several who write at once, and one who is refused again and again.

use crate::gateway::world::{ACME, BRAVO, ORIGIN, World, key, subject};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::time::Duration;
use tenancy::TenantDb;
use tenancy::db::Sqlite;
use tenancy::prelude::*;
use tenancy_gateway::{DirectoryError, Gateway, OrganizationState, RejectionReason, Session, SessionKeys};
use tokio::task::JoinSet;

use crate::gateway::app::invoices;

on_both!(
    the_last_member_stays,
    of_two_last_members_who_leave_at_once_one_stays,
    refusals_do_not_fill_the_log,
    a_database_that_takes_no_write_is_not_ready,
);

/// How many write at once, and how often each.
const WRITERS: usize = 8;
const TIMES: usize = 15;

/// Counts, and writes by what it counted, in one transaction: as handlers do.
async fn add(State(db): State<TenantDb<Sqlite>>, scope: OrgScope) -> Result<(), (StatusCode, String)> {
    let failed = |error: &dyn std::error::Error| {
        let why = error.source().map(ToString::to_string).unwrap_or_default();
        (StatusCode::SERVICE_UNAVAILABLE, format!("{error}: {why}"))
    };
    let mut conn = db.scoped(&scope).await.map_err(|error| failed(&error))?;
    let work = async |conn: &mut tenancy::OrgConn<'_, Sqlite>| {
        let count: i64 = scope.from(invoices::table).count().get_result(&mut *conn).await?;
        tokio::task::yield_now().await;
        let name = format!("number-{count}");
        scope.insert_into(invoices::table).values(invoices::name.eq(name)).execute(conn).await
    };
    conn.transaction::<_, diesel::result::Error, _>(work).await.map(drop).map_err(|error| failed(&error))
}

/// SQLite has one writer at a time. The others wait; none is refused, and none writes by what another one has changed.
#[tokio::test(flavor = "multi_thread")]
async fn writers_at_once_wait_for_each_other() {
    let world = World::sqlite().await;
    let crate::gateway::world::Place::File(file) = &world.place else { unreachable!("it is SQLite") };
    let db = TenantDb::sqlite(file.to_str().unwrap(), world.gateway.authority());
    // As long as a machine that has other work needs.
    let db = db.schema(crate::gateway::app::schema_manifest()).pool_size(WRITERS).wait_timeout(Duration::from_secs(60));
    let db = db.build().await.unwrap();
    let router = axum::Router::new().route("/add", post(add)).layer(world.gateway.layer()).with_state(db);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let mut browser = world.browser(["alice", "bob"][writer % 2]).await;
        let token = browser.token().await;
        browser.router = router.clone();
        writers.spawn(async move {
            for _ in 0..TIMES {
                let answer = browser.post_with("/add", &format!("form_token={token}")).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
            }
        });
    }
    writers.join_all().await;
    // Each counted what was there: no number twice in an organization.
    for org in [ACME, BRAVO] {
        let of = format!("invoices WHERE org_id = '{org}' AND name LIKE 'number-%'");
        assert_eq!(world.count(&of).await, (WRITERS / 2 * TIMES) as u64);
        let distinct = world.texts(&format!("count(DISTINCT name) AS TEXT) AS text FROM {of}")).await;
        assert_eq!(distinct, [(WRITERS / 2 * TIMES).to_string()]);
    }
    assert_eq!(world.refused(RejectionReason::Unavailable), 0);
}

/// An organization without members is one that only an operator can give back.
async fn the_last_member_stays(world: World) {
    let directory = world.gateway.directory("a page of its members");
    let (alice, bob, carol) = (subject("alice"), subject("bob"), subject("carol"));
    directory.remove_member_of_several(&alice, ACME).await.unwrap();
    let refused = directory.remove_member_of_several(&carol, ACME).await.unwrap_err();
    assert!(matches!(refused, DirectoryError::LastMember), "{refused}");
    // Who is disabled cannot give it back either.
    directory.set_disabled(&carol, true).await.unwrap();
    let refused = directory.remove_member_of_several(&bob, BRAVO).await.unwrap_err();
    assert!(matches!(refused, DirectoryError::LastMember), "{refused}");
    let nobody = directory.remove_member_of_several(&subject("nobody"), BRAVO).await.unwrap_err();
    assert!(matches!(nobody, DirectoryError::NothingToChange), "{nobody}");
    assert_eq!(world.count("gateway_memberships").await, 3);
    // Of an organization that is suspended anybody goes, and an operator takes whom they want.
    directory.set_state(BRAVO, OrganizationState::Suspended).await.unwrap();
    directory.remove_member_of_several(&bob, BRAVO).await.unwrap();
    directory.remove_member(&carol, ACME).await.unwrap();
    assert_eq!(world.count("gateway_memberships").await, 1);
}

async fn of_two_last_members_who_leave_at_once_one_stays(world: World) {
    for _ in 0..10 {
        let leaves = |name: &str| {
            let (directory, who) = (world.gateway.directory("a page of its members"), subject(name));
            async move { directory.remove_member_of_several(&who, ACME).await.is_ok() }
        };
        let (alice, carol) = tokio::join!(leaves("alice"), leaves("carol"));
        assert!(alice != carol, "{alice} {carol}");
        let gone = subject(if alice { "alice" } else { "carol" });
        world.gateway.directory("tests").add_member(&gone, ACME, tenancy::scope::Tier::Org).await.unwrap();
    }
}

/// The log takes no removal: whoever repeats what is refused has so many lines a minute, and then a number.
async fn refusals_do_not_fill_the_log(world: World) {
    let (mut alice, mut bob) = (world.browser("alice").await, world.browser("bob").await);
    for _ in 0..60 {
        alice.post_with("/plain", "form_token=AAAA").await.is(403, "Forbidden");
        alice.get("/o/bravo/invoices").await.is(404, "Not Found");
    }
    bob.post_with("/plain", "form_token=AAAA").await.is(403, "Forbidden");
    let lines = async |world: &World| {
        let all = world.audited().await;
        all.into_iter().filter(|line| line.starts_with("refusal")).collect::<Vec<_>>()
    };
    assert_eq!(lines(&world).await.len(), 21);
    assert_eq!((world.refused(RejectionReason::FormToken), world.refused(RejectionReason::NotAMember)), (61, 60));
    world.clock.advance(60);
    alice.post_with("/plain", "form_token=AAAA").await.is(403, "Forbidden");
    assert_eq!(lines(&world).await[21..], ["refusal:and 100 more", "refusal:form_token"]);
    // Who went quiet is written down by the sweep.
    for _ in 0..30 {
        alice.post_with("/plain", "form_token=AAAA").await.is(403, "Forbidden");
    }
    assert_eq!(lines(&world).await.len(), 42);
    world.clock.advance(60);
    world.gateway.sessions().delete_expired(1).await.unwrap();
    assert_eq!(lines(&world).await[42..], ["refusal:and 11 more"]);
    let whose = "COUNT(DISTINCT session) AS TEXT) AS text FROM gateway_audit WHERE event = 'refusal'";
    assert_eq!(world.texts(whose).await, ["2"]);
}

/// Reading still works: who asks whether the process may have requests is told that nobody could sign in.
async fn a_database_that_takes_no_write_is_not_ready(world: World) {
    assert!(world.gateway.is_ready().await);
    let mut alice = world.browser("alice").await;
    if world.on_server() {
        let name = world.texts("current_database() AS TEXT) AS text").await.remove(0);
        let sql = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on");
        world.try_execute(&sql).await.unwrap();
    } else {
        let stop =
            "CREATE TRIGGER stop BEFORE INSERT ON gateway_provider_sessions BEGIN SELECT RAISE(FAIL, 'full'); END";
        world.try_execute(stop).await.unwrap();
    }
    // Connections that are open keep what they began with.
    let tables = world.place.tables().await.with_clock(world.clock.clone());
    let gateway = Gateway::builder(tables, SessionKeys::new(key('1')), ORIGIN).build().unwrap();
    assert!(!gateway.is_ready().await);
    let who = get(async |session: Session| session.subject().subject.clone());
    alice.router = axum::Router::new().route("/whoami", who).layer(gateway.layer());
    alice.get("/whoami").await.is(200, "alice");
}
