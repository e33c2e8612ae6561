//! What differs between databases. Sealed: a driver that this crate does not know could hand out its connection.

use super::reviewed::Reviewed;
use crate::isolation::{Facts, Life};
use diesel::ConnectionResult;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::row::Row;
use futures_core::Stream;
pub(super) use futures_core::future::BoxFuture;
use std::sync::Arc;

/// The scope that a connection is lent to.
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only wall two tells the database"))]
pub struct ScopeContext {
    pub(super) facts: Arc<Facts>,
    pub(super) write: bool,
    pub(super) life: Life,
}

/// Which of this crate's own texts a statement is, and which of its values are the database's clock, hence no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Constant {
    /// Where the text lies, and its length: constants of the same place are the same text.
    pub(super) text: (usize, usize),
    pub(super) clocks: u64,
}

/// How far the response to a statement has been read.
pub trait ResponseProgress {
    /// Whether the response has been read to its end.
    fn is_complete(&self) -> bool;
}

/// A database that a [`TenantDb`](super::TenantDb) speaks to: [`Sqlite`](super::Sqlite) or
/// [`Postgres`](super::Postgres).
pub trait Driver: Link {}

/// Says that this crate calls. No other can make one.
#[derive(Debug, Clone, Copy)]
pub struct Ours(());

/// The one [`Ours`].
pub(super) const OURS: Ours = Ours(());

/// The work of a driver. Its name is not public, so it is not implemented outside this crate. Code that is generic over a
/// [`Driver`] can name its functions all the same, so each of them asks for a value that only this crate has: a connection,
/// what one collected, or [`Ours`] (`ui-tests/tests/fail/hostile/a_connection_of_a_drivers_own.rs`).
pub trait Link: Sized + Send + Sync + 'static {
    /// Diesel's backend.
    type Backend: Backend;
    /// The connection, which never leaves this crate.
    type Conn: Send + 'static;
    /// A row that was received.
    type Row: for<'a> Row<'a, Self::Backend> + Send + 'static;
    /// Its rows.
    type Rows: Stream<Item = QueryResult<Self::Row>> + ResponseProgress + Send + Unpin + 'static;
    /// How connections are opened.
    type Settings: Default + Send + Sync + 'static;
    /// What must stay alive for as long as the database is used.
    type Anchor: Send + Sync + 'static;

    /// A rendered statement with its values, for a statement that is sent in parts.
    type Collected: Send + 'static;

    /// Whose SQL the texts are, for their review.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    const DIALECT: super::review::Dialect;

    /// Has connections that are opened from now on review their statements.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn reviewing(settings: &mut Self::Settings, review: Option<Arc<super::review::Review>>);

    /// The backend, to render with.
    const BACKEND: Self::Backend;

    /// What fails where nothing can be written: on a replica, on a read-only database, while another writer does not end.
    const WRITES: &str;

    /// Whether a `COMMIT` that failed has ended its transaction.
    const FAILED_COMMIT_ENDS: bool;

    /// Whether a connection that was made read-only stays so, and is not used again.
    const READ_ONLY_STAYS: bool = false;

    fn connect(
        url: &str,
        settings: &Self::Settings,
        _: Ours,
    ) -> impl Future<Output = ConnectionResult<Self::Conn>> + Send;

    fn is_broken(conn: &mut Self::Conn) -> bool;

    /// Closes a connection whose statement or transaction was cancelled.
    fn discard(conn: Self::Conn) {
        drop(conn);
    }

    /// Brings what the connection knows of the database up to date, before it is lent again.
    fn refresh(_conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Lends the connection to a scope. Under wall two a connection without a scope sends no statement.
    fn set_scope(_conn: &mut Self::Conn, _scope: ScopeContext) {}

    /// Ends the loan.
    fn clear_scope(_conn: &mut Self::Conn) {}

    /// Makes the database itself refuse writes on a connection whose scope only reads, where the scope alone does not.
    fn read_only(_conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// A statement's text.
    fn text<Q: QueryFragment<Self::Backend>>(query: &Q, _: Ours) -> QueryResult<String>;

    fn batch(conn: &mut Self::Conn, sql: &str, _: Ours) -> impl Future<Output = QueryResult<()>> + Send;

    fn load<'c, Q>(conn: &'c mut Self::Conn, query: Q) -> BoxFuture<'c, QueryResult<Self::Rows>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + Reviewed + 'c;

    /// The same for a text of this crate's own, which its constant tells apart without rendering it.
    fn load_constant<'c, Q>(conn: &'c mut Self::Conn, _: Constant, query: Q) -> BoxFuture<'c, QueryResult<Self::Rows>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        Self::load(conn, query)
    }

    fn execute<'c, Q>(conn: &'c mut Self::Conn, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + Reviewed + 'c;

    /// A statement that is sent in parts.
    fn collect<Q: QueryFragment<Self::Backend> + Reviewed>(
        conn: &Self::Conn,
        query: &Q,
        _: Ours,
    ) -> QueryResult<Self::Collected>;

    /// Runs all of the parts or none, in order, even when the future is dropped half-way.
    fn load_all(conn: &mut Self::Conn, parts: Vec<Self::Collected>) -> BoxFuture<'_, QueryResult<Self::Rows>>;

    /// As `load_all`; counts the rows of all parts.
    fn execute_all(conn: &mut Self::Conn, parts: Vec<Self::Collected>) -> BoxFuture<'_, QueryResult<usize>>;

    fn begin(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;

    fn commit(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;

    fn rollback(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;
}
