//! A thousand signed-in sessions of fifty organizations ask without a pause, while everything that can be rotated is: no request
//! fails, and nobody is shown a row of another organization.
//!
//! `TENANCY_LOAD_SECONDS` says for how long; 10 unless set, and at least until each rotation has taken place. What stands for a
//! gateway process is a gateway with its own keys behind a balancer, in the process of this test. A test process of its
//! own: it takes all that the machine has.
#![cfg(unix)]
#![allow(missing_docs)]

use tenancy_test_support::{self as support, authority};

mod client;
mod process;
mod rotations;
mod service;
#[path = "../tls/site.rs"]
#[allow(dead_code, reason = "shared with the tests of TLS")]
mod site;
mod world;

use client::{Browser, Way};
use process::PROCESSES;
use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinSet;
use world::{Load, ORGANIZATIONS, SEEDS, SESSIONS, World};

pub(crate) mod schema {
    tenancy::schema! {
        diesel::table! { ledger (org_id, id) { org_id -> Uuid, id -> Uuid, owner -> Text, } }
    }
}

/// Connections have two ends here.
fn enough_files() {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    let enough = limit.and_then(|limit| limit.parse().ok()).is_none_or(|limit: usize| limit >= 4 * SESSIONS);
    assert!(enough, "too few open files are allowed: `ulimit -n {}`", 4 * SESSIONS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_everything_rotates() {
    enough_files();
    let seconds = env::var("TENANCY_LOAD_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let world = World::new().await;
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(world.load.log.clone()).finish();
    tracing::subscriber::set_global_default(log).expect("the only one");
    let site = world.site().await;
    let way = Way::new(site.address, site.client());
    let browsers = world.sign_in_all(&way).await;
    assert_eq!(browsers.len(), SESSIONS);
    let mut sessions = JoinSet::new();
    for browser in browsers {
        sessions.spawn(browser.live(Arc::clone(&world.load)));
    }
    world.load.met().await;

    let (certificates, seals, files, session_keys) = tokio::join!(
        rotations::certificates(&world, &site, &way),
        rotations::sealing_keys(&world),
        rotations::files(&world),
        rotations::session_keys(&world, &way, seconds),
    );
    let unproved = world.sign_in("unproved".to_owned(), &way).await;
    writes_need_a_proof(unproved, &world.load).await;
    world.load.met().await;
    world.load.over.store(true, Ordering::SeqCst);
    for session in sessions.join_all().await {
        session.expect("no request failed");
    }

    // Whoever was left behind with an old key was refused once each, and the write without a proof; but for those who were told to
    // come again.
    let (mut refused, busy) = (world.balancer.refused(), world.load.busy.load(Ordering::SeqCst));
    refused.remove("no_connection");
    assert_eq!(refused, BTreeMap::from([("dead_session", session_keys), ("form_token", 1)]));
    for reason in tenancy_service::RejectionReason::ALL {
        assert_eq!(world.door.refused(*reason), 0, "{}", reason.name());
    }
    let written = world.load.written.load(Ordering::SeqCst);
    rows_are_where_they_belong(&world, written);
    let (signers, started) = (world.signers.seen().len(), world.balancer.started());
    println!(
        "{} requests, {written} of them writes, {busy} told to come again, by {SESSIONS} sessions of {ORGANIZATIONS} organizations; rotations: \
         {} signing keys (of {started} gateway processes, {PROCESSES} at a time), {session_keys} session keys, \
         {seals} sealing keys, {certificates} certificates, {files} secrets in files ({} swaps of the volume)",
        world.load.served(),
        signers - PROCESSES,
        world.mounted.swaps(),
    );
}

/// The writes of the load are let in for their proof, not for want of a check.
async fn writes_need_a_proof(mut browser: Browser, load: &Load) {
    let own = browser.org.to_string();
    browser.form_token.clear();
    assert_eq!(browser.answered(load, "POST", "/ledger", &own).await.expect("an answer").status, 403);
}

fn rows_are_where_they_belong(world: &World, written: u64) {
    let sql = "SELECT count(*), count(DISTINCT org_id), count(*) FILTER (WHERE owner <> org_id::text) FROM ledger";
    let all = SEEDS * ORGANIZATIONS + usize::try_from(written).expect("few enough");
    assert_eq!(world.wall.db.psql(sql), format!("{all}|{ORGANIZATIONS}|0"));
}
