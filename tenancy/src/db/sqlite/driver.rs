//! SQLite, bundled, through diesel-async's synchronous wrapper.
//!
//! It needs tokio's multi-threaded runtime wherever a future may be dropped: the wrapper waits for the statement that
//! is still running, which tokio forbids in its current-thread runtime.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use crate::db::bulk::SentChunk;
use crate::db::driver::{BoxFuture, Driver, Link, OURS, Ours, ResponseProgress};
use crate::db::review::{Dialect, Review, bound};
use crate::db::reviewed::Reviewed;
use crate::db::statement::{ReviewedStatement, columns_read};
use crate::db::store::StorePool;
use crate::db::{Error, PoolError, TenantDb, TenantDbBuilder};
use crate::query::{Chunk, Privileges, column_names};
use crate::schema::TenantTable;
use crate::scope::{Authority, Finding, ScopeError, ScopeKey};
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
use std::sync::{Arc, Mutex};
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
        rows.extend(load_one(conn, part)?);
    }
    Ok(rows)
}

/// The rows of one.
fn load_one(conn: &mut SqliteConnection, statement: Statement) -> QueryResult<Vec<OwnedRow>> {
    let mut names = Default::default();
    let cursor = conn.load(statement)?;
    let mut rows = Vec::with_capacity(cursor.size_hint().0);
    for row in cursor {
        rows.push(IntoOwnedRow::into_owned(row?, &mut names));
    }
    Ok(rows)
}

/// A connection, and the review of its statements.
pub struct SqliteConn {
    wrapper: Wrapper,
    /// `None`: no text is reviewed.
    review: Option<Arc<Review>>,
}

/// How connections are opened.
#[derive(Debug, Default, Clone)]
pub struct Settings {
    review: Option<Arc<Review>>,
}

/// Renders a statement and collects its values, which must be the organization wherever the text has it.
fn collected<Q: QueryFragment<diesel::sqlite::Sqlite> + Reviewed>(
    review: Option<&Arc<Review>>,
    query: &Q,
    ours: Ours,
) -> QueryResult<Statement> {
    let mut binds = <Binds<'_> as Default>::default();
    query.collect_binds(&mut binds, &mut (), &Sqlite::BACKEND)?;
    let sql = Sqlite::text(query, ours)?;
    if !review.is_some_and(|review| review.knows(&sql)) {
        columns_read(query, &Sqlite::BACKEND)?;
    }
    if let Some(review) = review
        && let Some((verdict, organization)) = review.judge(&sql, query.stands(), None)?
        && !bound::carries(&binds, &organization, &verdict.places)
    {
        return Err(ScopeError::Text(Finding::OtherOrganization).into());
    }
    let cached = query.is_safe_to_cache_prepared(&Sqlite::BACKEND)?;
    Ok(CollectedQuery::new(sql, cached, binds.moveable()))
}

/// The rows of a statement. It is over before the first of them.
pub struct Rows(std::vec::IntoIter<OwnedRow>);

impl futures_core::Stream for Rows {
    type Item = QueryResult<OwnedRow>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

impl ResponseProgress for Rows {
    fn is_complete(&self) -> bool {
        true
    }
}

impl Driver for Sqlite {}

impl Link for Sqlite {
    type Backend = diesel::sqlite::Sqlite;
    // A database in memory lives for as long as one connection to it does.
    type Anchor = Option<Mutex<SqliteConn>>;
    type Conn = SqliteConn;
    type Row = OwnedRow;
    type Rows = Rows;
    type Settings = Settings;

    type Collected = Statement;

    const BACKEND: Self::Backend = diesel::sqlite::Sqlite;

    const WRITES: &str = "BEGIN IMMEDIATE; ROLLBACK";
    const DIALECT: Dialect = Dialect::Sqlite;

    fn reviewing(settings: &mut Settings, review: Option<Arc<Review>>) {
        settings.review = review;
    }

    // A COMMIT that finds the database busy leaves the transaction open.
    const FAILED_COMMIT_ENDS: bool = false;

    const READ_ONLY_STAYS: bool = true;

    async fn connect(url: &str, settings: &Settings, _: Ours) -> ConnectionResult<SqliteConn> {
        let mut wrapper: Wrapper = SyncConnectionWrapper::establish(url).await?;
        wrapper.batch_execute(PRAGMAS).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(SqliteConn { wrapper, review: settings.review.clone() })
    }

    fn collect<Q: QueryFragment<Self::Backend> + Reviewed>(
        conn: &SqliteConn,
        query: &Q,
        ours: Ours,
    ) -> QueryResult<Statement> {
        collected(conn.review.as_ref(), query, ours)
    }

    fn load_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<Rows>> {
        Box::pin(async move {
            let transaction = move |conn: &mut SqliteConnection| conn.transaction(|conn| load_each(conn, parts));
            Ok(Rows(conn.wrapper.spawn_blocking(transaction).await?.into_iter()))
        })
    }

    fn execute_all(conn: &mut Self::Conn, parts: Vec<Statement>) -> BoxFuture<'_, QueryResult<usize>> {
        conn.wrapper.spawn_blocking(move |conn| {
            // On the database's own thread, so that a dropped future leaves no transaction open.
            conn.transaction(|conn| parts.iter().map(|part| conn.execute_returning_count(part)).sum())
        })
    }

    async fn read_only(conn: &mut SqliteConn) -> QueryResult<()> {
        conn.wrapper.batch_execute("PRAGMA query_only = ON").await
    }

    fn text<Q: QueryFragment<Self::Backend>>(query: &Q, _: Ours) -> QueryResult<String> {
        let mut sql = SqliteQueryBuilder::default();
        query.to_sql(&mut sql, &Self::BACKEND)?;
        Ok(sql.finish())
    }

    fn is_broken(conn: &mut SqliteConn) -> bool {
        PoolableConnection::is_broken(&mut conn.wrapper)
    }

    async fn batch(conn: &mut SqliteConn, sql: &str, _: Ours) -> QueryResult<()> {
        conn.wrapper.batch_execute(sql).await
    }

    fn load<'c, Q>(conn: &'c mut SqliteConn, query: Q) -> BoxFuture<'c, QueryResult<Rows>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        match Self::collect(conn, &query, OURS) {
            Ok(statement) => {
                let answer = conn.wrapper.spawn_blocking(move |conn| load_one(conn, statement));
                Box::pin(async move { answer.await.map(|rows| Rows(rows.into_iter())) })
            }
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn execute<'c, Q>(conn: &'c mut SqliteConn, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        match Self::collect(conn, &query, OURS) {
            Ok(statement) => conn.wrapper.spawn_blocking(move |conn| conn.execute_returning_count(&statement)),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    async fn begin(conn: &mut SqliteConn) -> QueryResult<()> {
        conn.wrapper.spawn_blocking(begin).await
    }

    async fn commit(conn: &mut SqliteConn) -> QueryResult<()> {
        Manager::commit_transaction(&mut conn.wrapper).await
    }

    async fn rollback(conn: &mut SqliteConn) -> QueryResult<()> {
        Manager::rollback_transaction(&mut conn.wrapper).await
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
fn statements<T, V>(conn: &SqliteConn, chunk: Chunk<V, T>, scope: ScopeKey) -> QueryResult<Vec<Statement>>
where
    T: TenantTable + Privileges,
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
        parts.push(Sqlite::collect(conn, &ReviewedStatement::new(&insert, scope), OURS)?);
        for rows in others {
            insert.replace_rows(rows);
            parts.push(Sqlite::collect(conn, &ReviewedStatement::new(&insert, scope), OURS)?);
        }
        rows = rest;
    }
    Ok(parts)
}

impl<T, V> SentChunk<Sqlite> for Chunk<V, T>
where
    T: TenantTable + Privileges,
    V: InsertValues<diesel::sqlite::Sqlite, T> + QueryId + Send,
    diesel::sqlite::Sqlite: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, diesel::sqlite::Sqlite>,
{
    fn send(self, conn: &mut SqliteConn, scope: ScopeKey) -> BoxFuture<'_, QueryResult<usize>> {
        match statements(conn, self, scope) {
            Ok(parts) => Sqlite::execute_all(conn, parts),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }
}

/// A database in memory that several connections see, under a name of its own.
pub(in crate::db) fn shared(url: String) -> String {
    if url == ":memory:" { format!("file:/tenancy-{}?vfs=memdb", Uuid::new_v4()) } else { url }
}

/// Keeps a database in memory alive.
fn anchor(url: &str, conn: SqliteConn) -> <Sqlite as Link>::Anchor {
    url.ends_with("?vfs=memdb").then(|| Mutex::new(conn))
}

/// The gateway's own tables in a file, or in memory for `:memory:`, over at most `size` connections.
///
/// # Errors
/// When the database cannot be opened.
pub async fn store(url: String, size: usize) -> Result<StorePool<Sqlite>, Error> {
    let url = shared(url);
    let conn = Sqlite::connect(&url, &Settings::default(), OURS).await.map_err(PoolError::Connect)?;
    let anchor = anchor(&url, conn);
    let connector = crate::db::pool::Connector::plain(url.into(), Settings::default());
    let connections =
        crate::db::pool::connections(connector, size, crate::db::pool::PATIENCE, crate::db::pool::PATIENCE)?;
    Ok(StorePool { connections, _anchor: anchor })
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
    /// Never from user input. For PostgreSQL see [`unscoped_sql`](crate::db::unscoped_sql).
    pub fn migrations(mut self, batches: &[&str]) -> Self {
        self.setup.extend(batches.iter().map(|batch| (*batch).to_owned()));
        self
    }

    /// Opens the database and runs the migrations.
    ///
    /// # Errors
    /// When the database cannot be opened, a migration fails, or the settings contradict each other.
    pub async fn build(self) -> Result<TenantDb<Sqlite>, Error> {
        let mut conn =
            Sqlite::connect(&self.url.newest(), &Settings::default(), OURS).await.map_err(PoolError::Connect)?;
        for batch in &self.setup {
            Sqlite::batch(&mut conn, batch, OURS).await?;
        }
        let anchor = anchor(&self.url.newest(), conn);
        self.pooled(anchor)
    }
}
