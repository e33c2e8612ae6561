//! What wall two costs: a read by primary key plain, behind the unsealed wall, and behind the sealed one.
//!
//! `cargo bench -p tenancy --features sqlite,postgres,signing --bench walls -- --help`. The numbers are in `docs/benchmarks.md`.
#![allow(unreachable_pub, missing_docs, reason = "a program: nothing of it is a library")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the other side is plain diesel, on purpose")]

use tenancy_test_support as support;

mod line;
mod measure;
mod pinned;
mod server;

use measure::{Kind, Place, Row};
use server::Servers;
use std::process::ExitCode;

const HELP: &str = "\
What wall two costs, for a read by primary key through OrgConn on a throwaway PostgreSQL.

usage: cargo bench -p tenancy --features sqlite,postgres,signing --bench walls -- [--rounds N] [--max]

  --rounds N  how many rounds of all variants, in turn (9)
  --max       fail when a ratio is above its bound: sealed 2.4 and unsealed 1.3 by pgbench,
              1.3 over a network with 0.5 ms latency, 1.1 with sync elision
  --help      this

Server time is the CPU time of the session's own process (/proc/<pid>/schedstat), so other work on the
machine does not count. Time over the network is the clock's, through a proxy that
delays, by 0.5 ms there and back and by 0.5 ms each way.
The statement by pgbench is the clock's too, with client and server on one core.
";

fn main() -> ExitCode {
    let (mut rounds, mut bound) = (9, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(rounds),
            "--max" => bound = true,
            // `cargo bench` adds it.
            "--bench" => {}
            _ => {
                print!("{HELP}");
                return if argument == "--help" { ExitCode::SUCCESS } else { ExitCode::from(2) };
            }
        }
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let rows = runtime.block_on(async {
        let servers = Servers::new().await;
        measure::all(&servers, rounds).await
    });
    print(&rows);
    let over: Vec<_> = rows.iter().filter(|row| row.ratio > row.bound).collect();
    for row in &over {
        println!("above its bound of {}: {} {}", row.bound, row.place.name(), row.kind.name());
    }
    if bound && !over.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print(rows: &[Row]) {
    println!("| | microseconds, plain | microseconds | ratio | of rounds |");
    println!("| --- | ---: | ---: | ---: | --- |");
    for Row { place, kind, plain, this, ratio, least, most, .. } in rows {
        println!(
            "| {}, {} | {plain:.1} | {this:.1} | {ratio:.2} | {least:.2} to {most:.2} |",
            Place::name(*place),
            Kind::name(*kind)
        );
    }
}
