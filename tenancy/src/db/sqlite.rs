//! SQLite, bundled, through diesel-async's synchronous wrapper.
//!
//! It needs tokio's multi-threaded runtime wherever a future may be dropped: the wrapper waits for the statement that
//! is still running, which tokio forbids in its current-thread runtime.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use super::driver::{BoxFuture, Driver, Link, RowStream, link_methods};
use super::{Error, PoolError, TenantDb, TenantDbBuilder};
use crate::scope::Authority;
use diesel::backend::Backend;
use diesel::connection::LoadConnection;
use diesel::query_builder::{CollectedQuery, MoveableBindCollector, QueryBuilder, QueryFragment};
use diesel::row::IntoOwnedRow;
use diesel::sqlite::query_builder::SqliteQueryBuilder;
use diesel::{Connection, ConnectionResult, QueryResult, SqliteConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use uuid::Uuid;

/// SQLite. Only wall one stands here: the database itself knows no row-level security.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite(());

/// Waiting comes first, because changing the journal mode takes a lock.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;";

type Binds<'a> = <diesel::sqlite::Sqlite as Backend>::BindCollector<'a>;
type Statement = CollectedQuery<<Binds<'static> as MoveableBindCollector<diesel::sqlite::Sqlite>>::BindData>;
type OwnedRow = <Sqlite as Link>::Row;

/// The rows of every part, in order.
fn load_each(conn: &mut SqliteConnection, parts: Vec<Statement>) -> QueryResult<Vec<OwnedRow>> {
    let mut rows = Vec::new();
    for part in parts {
        let mut names = Default::default();
        for row in conn.load(part)? {
            rows.push(IntoOwnedRow::into_owned(row?, &mut names));
        }
    }
    Ok(rows)
}

/// Rows that are here already.
struct AllRows<I>(I);

impl<I: Iterator<Item = OwnedRow> + Unpin> futures_core::Stream for AllRows<I> {
    type Item = QueryResult<OwnedRow>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

impl Driver for Sqlite {}

impl Link for Sqlite {
    type Backend = diesel::sqlite::Sqlite;
    // A database in memory lives for as long as one connection to it does.
    type Anchor = Option<Mutex<SyncConnectionWrapper<SqliteConnection>>>;

    type Collected = Statement;

    const BACKEND: Self::Backend = diesel::sqlite::Sqlite;

    // A COMMIT that finds the database busy leaves the transaction open.
    const FAILED_COMMIT_ENDS: bool = false;

    async fn connect(url: &str) -> ConnectionResult<Self::Conn> {
        let mut conn = SyncConnectionWrapper::establish(url).await?;
        conn.batch_execute(PRAGMAS).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    fn collect<Q: QueryFragment<Self::Backend>>(query: &Q) -> QueryResult<Statement> {
        let mut binds = <Binds<'_> as Default>::default();
        query.collect_binds(&mut binds, &mut (), &Self::BACKEND)?;
        let mut sql = SqliteQueryBuilder::default();
        query.to_sql(&mut sql, &Self::BACKEND)?;
        let cached = query.is_safe_to_cache_prepared(&Self::BACKEND)?;
        Ok(CollectedQuery::new(sql.finish(), cached, binds.moveable()))
    }

    fn load_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<RowStream<Self::Row>>> {
        Box::pin(async move {
            let rows = conn.spawn_blocking(move |conn| conn.transaction(|conn| load_each(conn, parts))).await?;
            Ok(Box::pin(AllRows(rows.into_iter())) as RowStream<Self::Row>)
        })
    }

    fn execute_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<usize>> {
        conn.spawn_blocking(move |conn| {
            // On the database's own thread, so that a dropped future leaves no transaction open.
            conn.transaction(|conn| parts.iter().map(|part| conn.execute_returning_count(part)).sum())
        })
    }

    link_methods!(SyncConnectionWrapper<SqliteConnection>);
}

/// A database in memory that several connections see, under a name that nobody else has.
fn shared(url: String) -> String {
    if url == ":memory:" { format!("file:/tenancy-{}?vfs=memdb", Uuid::new_v4()) } else { url }
}

/// Keeps a database in memory alive.
fn anchor(url: &str, conn: SyncConnectionWrapper<SqliteConnection>) -> <Sqlite as Link>::Anchor {
    url.ends_with("?vfs=memdb").then(|| Mutex::new(conn))
}

/// The platform's tables of a database in a file, or in memory for `:memory:`.
#[cfg(feature = "gateway")]
pub(crate) async fn platform(url: String, size: usize) -> Result<super::platform::Pool<Sqlite>, Error> {
    let url = shared(url);
    let conn = Sqlite::connect(&url).await.map_err(PoolError::Connect)?;
    let anchor = anchor(&url, conn);
    let connections = super::pool::connections(url, size, super::pool::PATIENCE, super::pool::PATIENCE)?;
    Ok(super::platform::Pool { connections, _anchor: anchor })
}

impl TenantDb<Sqlite> {
    /// A database in a file, or in memory for `:memory:`, that runs statements for scopes which `authority` minted.
    ///
    /// Connections enforce foreign keys, write ahead (files) and wait 5 s for a lock. A database in memory belongs to
    /// this `TenantDb` and ends with its last clone; all of its connections see the same data.
    pub fn sqlite(url: impl Into<String>, authority: &Authority) -> TenantDbBuilder<Sqlite> {
        TenantDbBuilder::new(shared(url.into()), authority)
    }
}

impl TenantDbBuilder<Sqlite> {
    /// SQL that is run once, in order, before a scope can reach the database: its schema and first rows.
    ///
    /// Never from user input. For PostgreSQL see [`setup`](super::setup).
    pub fn migrations(mut self, batches: &[&str]) -> Self {
        self.setup.extend(batches.iter().map(|batch| (*batch).to_owned()));
        self
    }

    /// Opens the database and runs the migrations.
    ///
    /// # Errors
    /// When the database cannot be opened, a migration fails, or the settings contradict each other.
    pub async fn build(self) -> Result<TenantDb<Sqlite>, Error> {
        let mut conn = Sqlite::connect(&self.url).await.map_err(PoolError::Connect)?;
        for batch in &self.setup {
            Sqlite::batch(&mut conn, batch).await?;
        }
        let anchor = anchor(&self.url, conn);
        self.pooled(anchor)
    }
}
