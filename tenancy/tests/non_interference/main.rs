//! Non-interference: what an organization reads and does through `tenancy`, in a database that holds many organizations,
//! is what it would read and do in a database of its own.
//!
//! Each step draws a shape and its parameters and runs it twice: through `tenancy`, under A's scope, on a database of four
//! organizations whose rows share ids, names and amounts; and through plain diesel, with tables that know no organization,
//! on a database that holds A's rows only. Both must answer alike, failures included. After a write both must hold the
//! same rows of A, and the rows of all others must be what they were, byte for byte. Every statement of `tenancy`'s is
//! read by the checker of `test-support/src/sql.rs`, and by that of `test-support/src/router`: one node of a distributed database could answer
//! it. The statements of plain diesel are shown to the second one too, which has to refuse each.
//!
//! The shapes are written once and compiled for each side and database. That the test can fail is shown too: plain diesel
//! on the database of four is the mutant whose every shape must be found out.
//!
//! `TENANCY_PROPERTY_QUERIES` (2,000 unless set; `./check` says 20,000) and `TENANCY_PROPERTY_SEED` set the run.
#![cfg(all(unix, feature = "sqlite", feature = "postgres"))]
#![allow(clippy::duplicate_mod, reason = "the shapes are written once and compiled for each side and database")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the reference is plain diesel, on purpose")]
#![allow(clippy::disallowed_macros, reason = "the reference is plain diesel, on purpose")]

use tenancy_test_support as support;
use tenancy_test_support::router;

mod dice;
mod on_postgres;
mod on_sqlite;
mod plain_postgres;
mod plain_sqlite;
mod run;
mod schema;
mod scoped_postgres;
mod scoped_sqlite;
mod side;
mod world;

use run::Settings;

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_among_many_is_as_if_alone_on_sqlite() {
    let settings = Settings::from_environment();
    println!("non-interference on SQLite: {settings}");
    let tally =
        run::run(settings, on_sqlite::Pair::open().await).await.unwrap_or_else(|difference| panic!("{difference}"));
    println!("{tally}");
    tally.assert_every_shape_ran();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_among_many_is_as_if_alone_on_postgres() {
    let settings = Settings::from_environment().fewer();
    println!("non-interference on PostgreSQL: {settings}");
    let tally =
        run::run(settings, on_postgres::Pair::open().await).await.unwrap_or_else(|difference| panic!("{difference}"));
    println!("{tally}");
    tally.assert_every_shape_ran();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_that_names_no_organization_is_found_out_in_every_shape() {
    let missed = run::not_found_out(Settings::from_environment(), on_sqlite::Mutant::open().await).await;
    assert!(missed.is_empty(), "a lost predicate would not be seen in {missed:?}");
}
