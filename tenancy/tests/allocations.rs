//! A statement through `tenancy` allocates no more than its twin with plain diesel and a filter by hand.
//!
//! The statements are those of `benches/statements`. Allocations are counted in the thread that asks, where building,
//! binding and writing a statement happens; SQLite's own are C's and the same for both.
#![allow(unreachable_pub, missing_docs, dead_code, reason = "shares the bench's modules")]
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the other side of each comparison is plain diesel, on purpose"
)]
#![allow(unused_parens, reason = "the list of statements writes the row `(i64)` as it writes `(i32, i32)`")]

#[path = "../benches/statements/list.rs"]
mod list;
#[path = "../benches/statements/modes/mod.rs"]
mod modes;
use tenancy_test_support::pg;
#[path = "../benches/statements/schema.rs"]
mod schema;

use modes::{Bench, Mode};

/// Diesel prepares these anew for every run, so running them measures the driver; their text and binds are counted alone.
/// (Ten rows for SQLite are one statement here and ten of plain diesel's.)
const NEVER_CACHED: [&str; 3] = ["update", "upsert", "insert ten"];

/// On PostgreSQL a prepared statement is found again by its text, which is then a key of its own.
const FOUND_BY_TEXT: u64 = 1;

/// The rows of each mode that cost more than their twin's.
struct Counter {
    mode: Mode,
    dearer: Vec<String>,
}

impl Bench for Counter {
    fn pair(&mut self, statement: &'static str, scoped: &mut dyn FnMut(), plain: &mut dyn FnMut()) {
        let (scoped, plain) = (allocations(scoped), allocations(plain));
        println!("| {} | {statement} | {scoped} | {plain} |", self.mode.name());
        let runs = matches!(self.mode, Mode::Sqlite | Mode::SqliteOrgConn | Mode::Postgres);
        let found = if matches!(self.mode, Mode::Postgres) { FOUND_BY_TEXT } else { 0 };
        if scoped > plain + found && !(runs && NEVER_CACHED.contains(&statement)) {
            self.dearer.push(format!("{}, {statement}: {scoped} allocations, plain diesel {plain}", self.mode.name()));
        }
    }
}

/// The fewest of some runs: a buffer that happens to grow is not the statement's.
fn allocations(work: &mut dyn FnMut()) -> u64 {
    // The first runs prepare the statement.
    (0..4).for_each(|_| work());
    (0..8).map(|_| allocation_counter::measure(&mut *work).count_total).min().unwrap_or_default()
}

fn assert_no_more_than_plain_diesel(mode: Mode) {
    let mut counter = Counter { mode, dearer: Vec::new() };
    mode.visit(&mut counter);
    assert!(counter.dearer.is_empty(), "{:#?}", counter.dearer);
}

#[test]
fn a_statement_that_was_prepared_before_allocates_no_more() {
    assert_no_more_than_plain_diesel(Mode::Cached);
}

#[test]
fn writing_the_text_allocates_no_more() {
    assert_no_more_than_plain_diesel(Mode::Rendered);
    assert_no_more_than_plain_diesel(Mode::RenderedPg);
}

#[test]
fn running_on_sqlite_allocates_no_more() {
    assert_no_more_than_plain_diesel(Mode::Sqlite);
    assert_no_more_than_plain_diesel(Mode::SqliteOrgConn);
}

#[test]
fn running_on_postgres_allocates_no_more() {
    assert_no_more_than_plain_diesel(Mode::Postgres);
}
