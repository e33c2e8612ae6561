//! Clients and server processes are killed (SIGKILL) at random moments, under load from 32 tasks and 50 organizations:
//! no row of another organization is ever seen, no committed row is lost, and every client works again afterwards.
//!
//! `TENANCY_KILL_SECONDS` says for how long; 20 unless set. A server process is killed only on the cluster that this test
//! started; on a borrowed one (`TENANCY_TEST_DATABASE_URL`) it is asked to end. A test process of its own, because the
//! death of one server process makes PostgreSQL drop all of them.
#![cfg(all(unix, feature = "postgres"))]
#![allow(missing_docs)]

use tenancy_test_support as support;

mod client;

use client::{ORGANIZATIONS, TASKS, schema};
use std::collections::HashSet;
use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};
use support::walled::Walled;

/// Processes that hold the tasks between them.
const CLIENTS: usize = 2;

const TABLE: &str =
    "CREATE TABLE ledger (org_id uuid NOT NULL, id uuid NOT NULL, owner text NOT NULL, turns int NOT NULL DEFAULT 0,
                     PRIMARY KEY (org_id, id))";

/// What a client says on a line of its output.
enum Said {
    /// A row whose transaction was committed.
    Committed(String),
    /// Something that must not be.
    Wrong(String),
}

fn start(wall: &Walled, said: &Sender<Said>) -> Child {
    let mut child = Command::new(env::current_exe().expect("this program"));
    child.args(["client::a_client_of_the_kill_test", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    child.env(client::URL, wall.app_url()).env(client::KEY, wall.key.expose().as_str());
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a client starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let said = said.clone();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            let heard = match line.split_once(' ') {
                Some(("committed", row)) => said.send(Said::Committed(row.to_owned())),
                Some(("wrong", what)) => said.send(Said::Wrong(what.to_owned())),
                _ => Ok(()),
            };
            if heard.is_err() {
                return;
            }
        }
    });
    child
}

fn kill_a_server_process(wall: &Walled) -> usize {
    let busy = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' \
                AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1";
    // The server may be starting again, or have no client yet.
    let Ok(found) = wall.db.try_psql(busy) else { return 0 };
    if found.is_empty() {
        return 0;
    }
    if support::pg::is_ours() {
        let killed = Command::new("kill").args(["-KILL", &found]).stderr(Stdio::null()).status().expect("`kill` runs");
        usize::from(killed.success())
    } else {
        usize::from(wall.db.try_psql(&format!("SELECT pg_terminate_backend({found})")).is_ok())
    }
}

fn hear(heard: &Receiver<Said>, committed: &mut HashSet<String>) {
    for said in heard.try_iter() {
        match said {
            Said::Committed(row) => drop(committed.insert(row)),
            Said::Wrong(what) => panic!("a client saw what it must not: {what}"),
        }
    }
}

fn wait_for(mut what: impl FnMut() -> bool, why: &str) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !what() {
        assert!(Instant::now() < deadline, "{why}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn nothing_is_seen_and_nothing_is_lost() {
    let seconds = env::var("TENANCY_KILL_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let wall = runtime.block_on(Walled::built(schema::schema_manifest(), &[TABLE]));
    // The throwaway server answers COMMIT before the log is written; here a committed row must be one.
    wall.db.psql(&format!("ALTER DATABASE {} SET synchronous_commit = on", wall.name));
    let (said, heard) = channel();
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| start(&wall, &said)).collect();
    let mut committed = HashSet::new();
    wait_for(
        || {
            hear(&heard, &mut committed);
            committed.len() > TASKS
        },
        "the clients work before anything is killed",
    );

    let mut random = fastrand::Rng::new();
    let (mut servers, mut processes) = (0, 0);
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(random.u64(100..2_000)));
        if random.bool() {
            servers += kill_a_server_process(&wall);
        } else {
            let client = &mut clients[random.usize(..CLIENTS)];
            client.kill().expect("it is ours");
            client.wait().expect("it has ended");
            *client = start(&wall, &said);
            processes += 1;
        }
        hear(&heard, &mut committed);
    }

    wait_for(|| wall.db.try_psql("SELECT 1").is_ok(), "the server is back");
    hear(&heard, &mut committed);
    let so_far = committed.len();
    wait_for(
        || {
            hear(&heard, &mut committed);
            committed.len() > so_far + TASKS
        },
        "every client works again",
    );
    for client in &mut clients {
        client.kill().expect("it is ours");
        client.wait().expect("it has ended");
    }
    thread::sleep(Duration::from_millis(200));
    hear(&heard, &mut committed);

    let there: HashSet<String> = wall.db.psql("SELECT id FROM ledger").lines().map(str::to_owned).collect();
    let lost: Vec<_> = committed.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} committed rows are lost", lost.len(), committed.len());
    let mixed = "SELECT count(*) FROM ledger WHERE owner <> org_id::text";
    assert_eq!(wall.db.psql(mixed), "0", "a row was written for another organization than its owner");
    // A pair is written in one transaction, so there is never a half.
    assert_eq!(wall.db.psql("SELECT count(*) % 2 FROM ledger"), "0", "a transaction was committed by half");
    assert!(servers > 0 && processes > 0, "nothing was killed: {servers} server processes, {processes} clients");
    let organizations = wall.db.psql("SELECT count(DISTINCT org_id) FROM ledger");
    assert_eq!(organizations, ORGANIZATIONS.to_string());
    println!("{} rows committed, {servers} server processes and {processes} clients killed", committed.len());
}
