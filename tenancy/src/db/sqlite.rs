//! SQLite, bundled, through diesel-async's synchronous wrapper.
//!
//! It needs tokio's multi-threaded runtime wherever a future may be dropped: the wrapper waits for the statement that
//! is still running, which tokio forbids in its current-thread runtime.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use super::bulk::SentChunk;
use super::driver::{Answered, BoxFuture, Driver, Link, OURS, Ours};
use super::statement::Armed;
use super::{Error, PoolError, TenantDb, TenantDbBuilder};
use crate::query::{Chunk, column_names};
use crate::schema::TenantTable;
use crate::scope::{Authority, ScopeKey};
use crate::sql_types::Stored;
use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, LoadConnection, TransactionManager as _};
use diesel::dsl::sql;
use diesel::insertable::InsertValues;
use diesel::query_builder::{
    CollectedQuery, MoveableBindCollector, Query, QueryBuilder, QueryFragment, QueryId, ValuesClause,
};
use diesel::row::IntoOwnedRow;
use diesel::sql_types::{HasSqlType, Integer};
use diesel::sqlite::query_builder::SqliteQueryBuilder;
use diesel::{Connection, ConnectionResult, QueryResult, RunQueryDsl as _, SqliteConnection};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncConnectionCore, SimpleAsyncConnection, TransactionManager};
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
type Wrapper = SyncConnectionWrapper<SqliteConnection>;
type Manager = <Wrapper as AsyncConnection>::TransactionManager;
type OwnedRow = <Wrapper as AsyncConnectionCore>::Row<'static, 'static>;

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

/// Rows that are here already, or that the wrapper hands over one by one.
pub enum Rows {
    /// Of a statement in parts.
    Here(std::vec::IntoIter<OwnedRow>),
    /// Of a whole statement; it is over before the first of them.
    Handed(<Wrapper as AsyncConnectionCore>::Stream<'static, 'static>),
}

impl futures_core::Stream for Rows {
    type Item = QueryResult<OwnedRow>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self {
            Self::Here(rows) => Poll::Ready(rows.next().map(Ok)),
            Self::Handed(rows) => Pin::new(rows).poll_next(cx),
        }
    }
}

impl Answered for Rows {
    fn is_settled(&self) -> bool {
        true
    }
}

impl Driver for Sqlite {}

impl Link for Sqlite {
    type Backend = diesel::sqlite::Sqlite;
    // A database in memory lives for as long as one connection to it does.
    type Anchor = Option<Mutex<Wrapper>>;
    type Conn = Wrapper;
    type Row = OwnedRow;
    type Rows = Rows;
    type Settings = ();

    type Collected = Statement;

    const BACKEND: Self::Backend = diesel::sqlite::Sqlite;

    const WRITES: &str = "BEGIN IMMEDIATE; ROLLBACK";

    // A COMMIT that finds the database busy leaves the transaction open.
    const FAILED_COMMIT_ENDS: bool = false;

    const READ_ONLY_STAYS: bool = true;

    async fn connect(url: &str, (): &(), _: Ours) -> ConnectionResult<Wrapper> {
        let mut conn = SyncConnectionWrapper::establish(url).await?;
        conn.batch_execute(PRAGMAS).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    fn collect<Q: QueryFragment<Self::Backend>>(query: &Q, ours: Ours) -> QueryResult<Statement> {
        let mut binds = <Binds<'_> as Default>::default();
        query.collect_binds(&mut binds, &mut (), &Self::BACKEND)?;
        let sql = Self::text(query, ours)?;
        let cached = query.is_safe_to_cache_prepared(&Self::BACKEND)?;
        Ok(CollectedQuery::new(sql, cached, binds.moveable()))
    }

    fn load_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<Rows>> {
        Box::pin(async move {
            let rows = conn.spawn_blocking(move |conn| conn.transaction(|conn| load_each(conn, parts))).await?;
            Ok(Rows::Here(rows.into_iter()))
        })
    }

    fn execute_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<usize>> {
        conn.spawn_blocking(move |conn| {
            // On the database's own thread, so that a dropped future leaves no transaction open.
            conn.transaction(|conn| parts.iter().map(|part| conn.execute_returning_count(part)).sum())
        })
    }

    async fn read_only(conn: &mut Wrapper) -> QueryResult<()> {
        conn.batch_execute("PRAGMA query_only = ON").await
    }

    fn text<Q: QueryFragment<Self::Backend>>(query: &Q, _: Ours) -> QueryResult<String> {
        let mut sql = SqliteQueryBuilder::default();
        query.to_sql(&mut sql, &Self::BACKEND)?;
        Ok(sql.finish())
    }

    fn is_broken(conn: &mut Wrapper) -> bool {
        PoolableConnection::is_broken(conn)
    }

    async fn batch(conn: &mut Wrapper, sql: &str, _: Ours) -> QueryResult<()> {
        conn.batch_execute(sql).await
    }

    fn load<'c, Q>(conn: &'c mut Wrapper, query: Q) -> BoxFuture<'c, QueryResult<Rows>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + 'c,
    {
        let answer = AsyncConnectionCore::load(conn, query);
        Box::pin(async move { answer.await.map(Rows::Handed) })
    }

    fn execute<'c, Q>(conn: &'c mut Wrapper, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + 'c,
    {
        AsyncConnectionCore::execute_returning_count(conn, query)
    }

    async fn begin(conn: &mut Wrapper) -> QueryResult<()> {
        conn.spawn_blocking(begin).await
    }

    async fn commit(conn: &mut Wrapper) -> QueryResult<()> {
        Manager::commit_transaction(conn).await
    }

    async fn rollback(conn: &mut Wrapper) -> QueryResult<()> {
        Manager::rollback_transaction(conn).await
    }
}

/// Begins a transaction that may write by taking the writers' lock, for which it waits. One that begins by reading and writes
/// later is refused at once when another one wrote meanwhile: what it has read is old.
fn begin(conn: &mut SqliteConnection) -> QueryResult<()> {
    let open = AnsiTransactionManager::transaction_manager_status_mut(conn).transaction_depth()?;
    if open.is_some() || sql::<Integer>("PRAGMA query_only").get_result::<i32>(conn)? != 0 {
        return AnsiTransactionManager::begin_transaction(conn);
    }
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
}

/// SQLite takes at most 32,766 values a statement (<https://sqlite.org/limits.html>).
const MOST_VALUES: usize = 32_766;

/// How many values a row may have: the organization and the columns that its SQL lists.
fn width<T: TenantTable, V: InsertValues<diesel::sqlite::Sqlite, T>>(row: &ValuesClause<V, T>) -> QueryResult<usize> {
    let names = column_names::<T, V, diesel::sqlite::Sqlite>(&row.values, &Sqlite::BACKEND)?;
    Ok(names.matches(", ").count() + 2)
}

/// The statements of a chunk.
fn statements<T, V>(chunk: Chunk<V, T>, scope: ScopeKey) -> QueryResult<Vec<Statement>>
where
    T: TenantTable,
    V: InsertValues<diesel::sqlite::Sqlite, T> + QueryId,
    diesel::sqlite::Sqlite: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, diesel::sqlite::Sqlite>,
{
    let Chunk { key, mut rows } = chunk;
    let widths = rows.iter().map(width).collect::<QueryResult<Vec<_>>>()?;
    let most = MOST_VALUES / widths.into_iter().max().unwrap_or(1);
    let mut parts = Vec::new();
    while !rows.is_empty() {
        let rest = rows.split_off(most.clamp(1, rows.len()));
        let (mut insert, others) = Chunk { key, rows }.insert().parts(&Sqlite::BACKEND)?;
        parts.push(Sqlite::collect(&Armed::new(&insert, scope), OURS)?);
        for rows in others {
            insert.replace_rows(rows);
            parts.push(Sqlite::collect(&Armed::new(&insert, scope), OURS)?);
        }
        rows = rest;
    }
    Ok(parts)
}

impl<T, V> SentChunk<Sqlite> for Chunk<V, T>
where
    T: TenantTable,
    V: InsertValues<diesel::sqlite::Sqlite, T> + QueryId + Send,
    diesel::sqlite::Sqlite: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, diesel::sqlite::Sqlite>,
{
    fn send(self, conn: &mut Wrapper, scope: ScopeKey) -> BoxFuture<'_, QueryResult<usize>> {
        match statements(self, scope) {
            Ok(parts) => Sqlite::execute_all(conn, parts),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }
}

/// A database in memory that several connections see, under a name that nobody else has.
fn shared(url: String) -> String {
    if url == ":memory:" { format!("file:/tenancy-{}?vfs=memdb", Uuid::new_v4()) } else { url }
}

/// Keeps a database in memory alive.
fn anchor(url: &str, conn: Wrapper) -> <Sqlite as Link>::Anchor {
    url.ends_with("?vfs=memdb").then(|| Mutex::new(conn))
}

/// The platform's tables of a database in a file, or in memory for `:memory:`.
#[cfg(any(feature = "gateway", feature = "service"))]
pub(crate) async fn platform(url: String, size: usize) -> Result<super::platform::Pool<Sqlite>, Error> {
    let url = shared(url);
    let conn = Sqlite::connect(&url, &(), OURS).await.map_err(PoolError::Connect)?;
    let anchor = anchor(&url, conn);
    let connector = super::pool::Connector::plain(url.into(), ());
    let connections = super::pool::connections(connector, size, super::pool::PATIENCE, super::pool::PATIENCE)?;
    Ok(super::platform::Pool { connections, _anchor: anchor })
}

impl TenantDb<Sqlite> {
    /// A database in a file, or in memory for `:memory:`, that runs statements for scopes which `authority` minted.
    ///
    /// Connections enforce foreign keys, write ahead (files) and wait 5 s for a lock. A database in memory belongs to
    /// this `TenantDb` and ends with its last clone; all of its connections see the same data.
    pub fn sqlite(url: impl Into<String>, authority: &Authority) -> TenantDbBuilder<Sqlite> {
        TenantDbBuilder::new(shared(url.into()).into(), authority)
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
        let mut conn = Sqlite::connect(&self.url.newest(), &(), OURS).await.map_err(PoolError::Connect)?;
        for batch in &self.setup {
            Sqlite::batch(&mut conn, batch, OURS).await?;
        }
        let anchor = anchor(&self.url.newest(), conn);
        self.pooled(anchor)
    }
}
