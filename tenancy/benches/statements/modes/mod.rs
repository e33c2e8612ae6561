//! The ways to measure a pair of statements.

mod asynchronous;
mod blocking;
mod review;
mod text;

use super::schema::ORGANIZATION;
use tenancy::{OrgId, OrgScope};
use tenancy_testkit::TestKit;

/// Receives each pair of statements as two functions that do the same work, once a call.
pub trait Bench {
    /// Measures one pair.
    fn pair(&mut self, statement: &'static str, scoped: &mut dyn FnMut(), plain: &mut dyn FnMut());
}

/// What is done with a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Build it, ask for its id and whether it may be cached, and collect its binds: all that diesel does with a
    /// statement that it has prepared before.
    Cached,
    /// The same and write its text: what diesel does the first time, and diesel-async every time.
    Rendered,
    /// [`Mode::Rendered`], for Postgres.
    RenderedPg,
    /// Build and run it on a raw diesel connection to SQLite in memory.
    Sqlite,
    /// Build and run it on an `OrgConn` to SQLite in memory; the twin on diesel-async's wrapper.
    SqliteOrgConn,
    /// Build and run it on an `OrgConn` to Postgres; the twin on `AsyncPgConnection`.
    Postgres,
    /// Plain diesel against plain diesel on two connections to Postgres: how far a ratio is from 1 by chance.
    PostgresControl,
    /// Read a text for the first time, against having the server prepare it.
    Review,
}

impl Mode {
    pub const ALL: [Mode; 8] = [
        Self::Cached,
        Self::Rendered,
        Self::RenderedPg,
        Self::Sqlite,
        Self::SqliteOrgConn,
        Self::Postgres,
        Self::PostgresControl,
        Self::Review,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Rendered => "rendered",
            Self::RenderedPg => "rendered-pg",
            Self::Sqlite => "sqlite",
            Self::SqliteOrgConn => "sqlite-orgconn",
            Self::Postgres => "postgres",
            Self::PostgresControl => "postgres-control",
            Self::Review => "review",
        }
    }

    pub fn explained(self) -> &'static str {
        match self {
            Self::Cached => "build, id, binds: what diesel does with a statement that it has prepared before",
            Self::Rendered => "build, id, binds and text, SQLite",
            Self::RenderedPg => "build, id, binds and text, Postgres",
            Self::Sqlite => "build and run on a raw diesel connection, SQLite in memory",
            Self::SqliteOrgConn => "build and run on OrgConn against SyncConnectionWrapper, SQLite in memory",
            Self::Postgres => "build and run on OrgConn against AsyncPgConnection, Postgres on loopback",
            Self::PostgresControl => "plain diesel against itself on two connections: what chance does to `postgres`",
            Self::Review => {
                "read a text for the first time, against PREPARE and DEALLOCATE of it on Postgres (time only)"
            }
        }
    }

    /// Shows `bench` every pair.
    pub fn visit(self, bench: &mut dyn Bench) {
        match self {
            Self::Cached => text::cached(bench),
            Self::Rendered => text::rendered(bench),
            Self::RenderedPg => text::rendered_pg(bench),
            Self::Sqlite => blocking::sqlite(bench),
            Self::SqliteOrgConn => asynchronous::sqlite(bench),
            Self::Postgres => asynchronous::postgres(bench),
            Self::PostgresControl => asynchronous::postgres_control(bench),
            Self::Review => review::postgres(bench),
        }
    }
}

/// A fresh scope of the organization. One lives for a minute, so each pair gets its own.
fn scope(kit: &TestKit) -> OrgScope {
    kit.scope(OrgId::new(ORGANIZATION))
}
