//! What relationships in PostgreSQL cost, next to plain statements of the same run: a check, a write, a page of a list.
//!
//! `cargo bench -p tenancy-permits --features postgres --bench permits -- --help`. The numbers are in `docs/benchmarks.md`.
#![allow(unreachable_pub, missing_docs, reason = "a program: nothing of it is a library")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the other side is plain SQL, on purpose")]

mod checks;
mod clock;
mod data;
mod pages;
mod writes;

use clock::Row;
use std::process::ExitCode;

const HELP: &str = "\
What relationships in PostgreSQL cost, as ratios to plain statements that are measured in turn with them.

usage: cargo bench -p tenancy-permits --features postgres --bench permits -- [--rounds N] [--small] [--max] [PART ..]

  PART        checks, writes or pages; all of them unless named
  --rounds N  how many rounds of both sides, in turn (15)
  --small     a tenth of the rows, to try the program
  --max       fail when a ratio is above its bound
  --help      this

  checks  a check over three relationships, among 100,000 and 1,000,000, and a read by primary key of as many rows.
          Bound: 5 times the read.
  writes  a relationship that is written, and an INSERT into a plain table with the same columns and indexes.
          Bound: 2 times the INSERT.
  pages   pages of 20, ordered by two columns, of 1,000,000 invoices of which 10,000 are permitted, and the same page
          without the permission. Bound: 3 times that. The program reads all pages and fails unless each permitted
          invoice is on one of them, once.

The server is a throwaway one on loopback with fsync=off. Times are those of the client's clock. The ratio of the
server is that of the processor time of the sessions' processes (/proc/<pid>/schedstat), for which other work on the
machine does not count. Bounds are for the clock.
";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut rounds, mut bound, mut scale, mut parts) = (15, false, 1, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(rounds),
            "--max" => bound = true,
            "--small" => scale = 10,
            // `cargo bench` adds it.
            "--bench" => {}
            "checks" | "writes" | "pages" => parts.push(argument),
            _ => {
                print!("{HELP}");
                return if argument == "--help" { ExitCode::SUCCESS } else { ExitCode::from(2) };
            }
        }
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    let mut rows = Vec::new();
    println!("| | plain, microseconds | microseconds | ratio | of rounds | ratio, server | plain against itself |");
    println!("| --- | ---: | ---: | ---: | --- | ---: | ---: |");
    if wanted("checks") {
        rows.extend(print(checks::all(rounds, scale).await));
    }
    if wanted("writes") {
        rows.extend(print(writes::all(rounds, scale).await));
    }
    if wanted("pages") {
        rows.extend(print(pages::all(rounds, scale).await));
    }
    let over: Vec<&Row> = rows.iter().filter(|row| row.bound.is_some_and(|bound| row.ratio > bound)).collect();
    for row in &over {
        println!("above its bound of {}: {}", row.bound.unwrap_or_default(), row.name);
    }
    if bound && !over.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print(rows: Vec<Row>) -> Vec<Row> {
    for Row { name, plain, this, ratio, least, most, server, control, .. } in &rows {
        println!(
            "| {name} | {plain:.0} | {this:.0} | {ratio:.2} | {least:.2} to {most:.2} | {server:.2} | {control:.2} |"
        );
    }
    rows
}
