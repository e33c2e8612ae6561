//! The statement by pgbench, client and server on one core: nobody sleeps between two statements, so no core has to be woken and
//! no cache goes cold. It is the steadiest of the three ways, and the one by which the bounds of server time were set.

use crate::server::{ORG, Servers};
use crate::support::walled::Walled;
use std::process::Command;
use std::time::Duration;
use tenancy::db::seal::Access;

/// Statements in a transaction: enough that BEGIN, the setting and COMMIT do not count.
const STATEMENTS: u32 = 100;
const TRANSACTIONS: &str = "100";

/// Microseconds a statement: plain, plain again, unsealed, sealed.
pub fn rounds(servers: &Servers, rounds: usize) -> Vec<[f64; 4]> {
    let script = std::env::temp_dir().join(format!("tenancy-walls-{}.sql", std::process::id()));
    // What `measure.rs` sends.
    let read = "\\set id random(1, 600)\n\
                SELECT \"invoices\".\"cents\" FROM (SELECT * FROM \"invoices\" WHERE \"invoices\".\"org_id\" = :org) \
                AS \"invoices\" WHERE \"invoices\".\"id\" = :id LIMIT 1;\n";
    let reads = read.repeat(STATEMENTS as usize);
    let text = format!("BEGIN;\nSELECT set_config('tenancy.scope', :scope, true);\n{reads}COMMIT;\n");
    std::fs::write(&script, text).expect("a file");
    pin(servers);
    let run = |wall: &Walled, url: &str, scope: &str| -> f64 {
        // One session each: the server's processes inherit the core.
        let mut bench = Command::new("taskset");
        bench.args(["-c", "0", "pgbench", "-n", "-M", "prepared", "-t", TRANSACTIONS, "-f"]).arg(&script);
        bench.args(["-D", &format!("org={}", ORG.as_uuid()), "-D", &format!("scope={scope}"), url]);
        let output = bench.output().expect("taskset and pgbench are installed");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let latency = said.lines().find_map(|line| line.strip_prefix("latency average = ")?.strip_suffix(" ms"));
        let latency: f64 = latency.and_then(|text| text.parse().ok()).unwrap_or_else(|| {
            panic!("{}: {said}{}", wall.name, String::from_utf8_lossy(&output.stderr));
        });
        latency * 1e3 / f64::from(STATEMENTS)
    };
    let sealed = || {
        let sealer = servers.sealed.sealer();
        let token = sealer.seal(ORG, Access::ReadWrite, &servers.sealed.name, Duration::from_secs(600));
        token.expect("it is sealed").expose().to_owned()
    };
    let unsealed = format!("{ORG}|rw");
    let (unsealed_url, sealed_url) = (servers.unsealed.app_url(), servers.sealed.app_url());
    let round = |_| {
        let plain = || run(&servers.bare, servers.plain_url(), "none");
        [
            plain(),
            plain(),
            run(&servers.unsealed, &unsealed_url, &unsealed),
            run(&servers.sealed, &sealed_url, &sealed()),
        ]
    };
    let rounds = (0..rounds).map(round).collect();
    std::fs::remove_file(&script).expect("it was there");
    rounds
}

/// The server's next sessions run on the first core. Where it is not ours to say, they run anywhere.
fn pin(servers: &Servers) {
    let server = servers.bare.db.psql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
    let pinned = Command::new("taskset").args(["-p", "-c", "0", server.trim()]).output();
    if !pinned.is_ok_and(|pinned| pinned.status.success()) {
        eprintln!("the server was not pinned to a core: the rows by pgbench are less steady");
    }
}
