//! PostgreSQL through tokio-postgres, one flight a statement.
//!
//! - `conn.rs` opens a connection and knows its state, `encryption.rs` says over what, `wire.rs` sends and receives;
//! - `render.rs` turns a diesel statement into what is sent;
//! - `types.rs` knows the database's types by name;
//! - `flight.rs` sends it, with whatever must go before and after, and `answer.rs` reads what comes back;
//! - `transaction.rs` begins, nests and ends transactions;
//! - `arming.rs` is wall two's side: the token that every transaction of an armed connection begins with;
//! - `awake.rs` says whether an answer is slept for;
//! - `line/` makes one request of the token and the statement behind it;
//! - `unscoped.rs` opens diesel's own connection for whoever migrates and audits.
//!
//! Why not diesel-async's own connection: `docs/decisions/0009-one-flight.md`.

mod answer;
#[cfg(feature = "rls")]
mod armed;
mod arming;
mod awake;
mod conn;
mod encryption;
mod error;
mod flight;
mod line;
mod render;
mod row;
mod transaction;
mod types;
mod unnest;
#[cfg(feature = "rls")]
mod unscoped;
mod wire;

#[cfg(feature = "rls")]
pub use armed::{BothWalls, RawSql, RunsRawSql};
#[cfg(feature = "rls")]
pub(crate) use arming::Text;
#[cfg(feature = "gateway")]
pub(crate) use awake::Awake;
#[cfg(feature = "rls")]
pub(crate) use encryption::Encryption;
#[cfg(feature = "postgres-tls")]
pub use encryption::{tls_roots, tls_roots_and_certificate};

#[cfg(any(feature = "gateway", feature = "service"))]
use super::driver::Constant;
use super::driver::{BoxFuture, Driver, Link, Ours};
use super::{DatabaseUrl, TenantDb, TenantDbBuilder};
use crate::scope::Authority;
use answer::Answer;
use arming::{Arm, Arming};
#[cfg(not(feature = "gateway"))]
use awake::Awake;
use conn::PgConn;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::{ConnectionResult, QueryResult};
#[cfg(not(feature = "rls"))]
use encryption::Encryption;
use row::PgRow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// PostgreSQL. `W` says which walls stand: [`WallOne`] alone, or `BothWalls` with row-level security.
///
/// Connections are encrypted when the builder is given certificates (`tls`, feature `postgres-tls`). Without them, reach
/// the server over a socket or a private network.
pub struct Postgres<W = WallOne>(PhantomData<fn() -> W>);

impl<W> fmt::Debug for Postgres<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres")
    }
}

/// Only the compiler and the rendered SQL keep organizations apart; the database itself would show all of them.
#[derive(Debug, Clone, Copy)]
pub enum WallOne {}

/// Which walls stand. Sealed: [`WallOne`] and `BothWalls`.
pub trait Walls: sealed::Walls {}
impl Walls for WallOne {}

mod sealed {
    pub trait Walls: Send + Sync + 'static {}
    impl Walls for super::WallOne {}
}

/// How connections are opened.
#[derive(Clone)]
pub struct Settings {
    /// `None`: nothing is armed, because only wall one stands.
    arm: Option<Arc<dyn Arm>>,
    /// Statements are prepared under names, which a pooler that shares server connections may not keep apart.
    named: bool,
    /// Each transaction begins by comparing the scope's epochs with the directory's.
    epochs: bool,
    encryption: Encryption,
    /// `None`: every answer is slept for.
    awake: Option<Arc<Awake>>,
}

#[cfg(feature = "gateway")]
impl Settings {
    /// Answers are waited for as this finds to be faster.
    pub(crate) fn awake(self, awake: &Arc<Awake>) -> Self {
        Self { awake: Some(Arc::clone(awake)), ..self }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { arm: None, named: true, epochs: false, encryption: Encryption::default(), awake: None }
    }
}

impl<W: Walls> Driver for Postgres<W> {}

impl<W: Walls> Link for Postgres<W> {
    type Backend = diesel::pg::Pg;
    type Conn = PgConn;
    type Row = PgRow;
    type Rows = Answer;
    type Anchor = ();
    type Settings = Settings;
    // PostgreSQL has the DEFAULT keyword: no statement is sent in parts.
    type Collected = Infallible;

    const BACKEND: Self::Backend = diesel::pg::Pg;

    const WRITES: &str =
        "SELECT 1 / CASE WHEN current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery() THEN 0 ELSE 1 END";

    // The server ends a transaction whose COMMIT it refuses.
    const FAILED_COMMIT_ENDS: bool = true;

    async fn connect(url: &str, settings: &Settings, _: Ours) -> ConnectionResult<PgConn> {
        PgConn::open(url, settings).await
    }

    fn is_broken(conn: &mut PgConn) -> bool {
        conn.is_broken()
    }

    fn discard(conn: PgConn) {
        conn.discard();
    }

    async fn refresh(conn: &mut PgConn) -> QueryResult<()> {
        conn.refresh().await.map_err(error::translated)
    }

    async fn batch(conn: &mut PgConn, sql: &str, _: Ours) -> QueryResult<()> {
        conn.wire.answered(conn.client.batch_execute(sql)).await.map_err(error::translated)
    }

    fn text<Q: QueryFragment<Self::Backend>>(query: &Q, _: Ours) -> QueryResult<String> {
        render::text(query)
    }

    fn arm(conn: &mut PgConn, arming: Arming) {
        conn.armed = Some(arming);
    }

    fn disarm(conn: &mut PgConn) {
        conn.armed = None;
    }

    fn load<'c, Q>(conn: &'c mut PgConn, query: Q) -> BoxFuture<'c, QueryResult<Answer>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + 'c,
    {
        let statement = render::statement(conn, &query);
        Box::pin(async move { flight::fly(conn, statement?).await })
    }

    #[cfg(any(feature = "gateway", feature = "service"))]
    fn load_constant<'c, Q>(conn: &'c mut PgConn, constant: Constant, query: Q) -> BoxFuture<'c, QueryResult<Answer>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + 'c,
    {
        let statement = render::constant(conn, constant, &query);
        Box::pin(async move { flight::fly(conn, statement?).await })
    }

    fn execute<'c, Q>(conn: &'c mut PgConn, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + 'c,
    {
        let statement = render::statement(conn, &query);
        Box::pin(async move { flight::fly(conn, statement?).await?.count().await })
    }

    fn collect<Q: QueryFragment<Self::Backend>>(_query: &Q, _: Ours) -> QueryResult<Infallible> {
        Err(diesel::result::Error::QueryBuilderError("this database takes every batch whole".into()))
    }

    fn load_all(_conn: &mut PgConn, _parts: Vec<Infallible>) -> BoxFuture<'_, QueryResult<Answer>> {
        Box::pin(async { Err(diesel::NotFound) })
    }

    fn execute_all(_conn: &mut PgConn, _parts: Vec<Infallible>) -> BoxFuture<'_, QueryResult<usize>> {
        Box::pin(async { Ok(0) })
    }

    async fn begin(conn: &mut PgConn) -> QueryResult<()> {
        conn.begin();
        Ok(())
    }

    async fn commit(conn: &mut PgConn) -> QueryResult<()> {
        conn.commit().await
    }

    async fn rollback(conn: &mut PgConn) -> QueryResult<()> {
        conn.rollback().await
    }
}

impl TenantDb<Postgres> {
    /// A database behind a `postgres://` URL that runs statements for scopes which `authority` minted.
    ///
    /// Connections are opened when they are needed. Only wall one stands until the builder is told of wall two
    /// (`sealed` or `unsealed`, feature `rls`).
    pub fn postgres(url: impl Into<DatabaseUrl>, authority: &Authority) -> TenantDbBuilder<Postgres> {
        TenantDbBuilder::new(url.into(), authority)
    }
}

impl<W: Walls> TenantDbBuilder<Postgres<W>> {
    /// Sends no statement under a name, for a pooler in transaction mode that does not keep the names of its clients
    /// apart: PgBouncer before 1.21, or without `max_prepared_statements`.
    ///
    /// The server then parses and plans each statement anew. The round trips stay.
    pub fn unnamed_statements(mut self) -> Self {
        self.settings.named = false;
        self
    }

    /// Builds the pool. Does not connect.
    ///
    /// # Errors
    /// When the settings contradict each other: also when the URL demands TLS and there are no certificates, or the reverse.
    pub fn build(self) -> Result<TenantDb<Postgres<W>>, super::Error> {
        self.settings.encryption.agrees_with(&self.url.newest())?;
        self.pooled(())
    }
}

/// The platform's tables behind a `postgres://` URL. Connections are opened when they are needed.
#[cfg(any(feature = "gateway", feature = "service"))]
pub(crate) fn platform(
    url: DatabaseUrl,
    size: usize,
    settings: Settings,
) -> Result<super::platform::Pool<Postgres>, super::Error> {
    settings.encryption.agrees_with(&url.newest())?;
    let connector = super::pool::Connector::plain(url, settings);
    let connections = super::pool::connections(connector, size, super::pool::PATIENCE, super::pool::PATIENCE)?;
    Ok(super::platform::Pool { connections, _anchor: () })
}
