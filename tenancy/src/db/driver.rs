//! What differs between databases. Sealed: a driver that this crate does not know could hand out its connection.

use diesel::ConnectionResult;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::row::Row;
use futures_core::Stream;
use std::pin::Pin;

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
pub(super) type RowStream<R> = Pin<Box<dyn Stream<Item = QueryResult<R>> + Send>>;

/// A database that a [`TenantDb`](super::TenantDb) speaks to: [`Sqlite`](super::Sqlite) or
/// [`Postgres`](super::Postgres).
pub trait Driver: Link {}

/// The work of a driver. Its name is not public, so it is neither implemented nor called outside this crate.
pub trait Link: Sized + Send + Sync + 'static {
    /// Diesel's backend.
    type Backend: Backend;
    /// The connection, which never leaves this crate.
    type Conn: Send + 'static;
    /// A row that was received.
    type Row: for<'a> Row<'a, Self::Backend> + Send + 'static;
    /// What must stay alive for as long as the database is used.
    type Anchor: Send + Sync + 'static;

    /// A rendered statement with its values, for a statement that is sent in parts.
    type Collected: Send + 'static;

    /// The backend, to render with.
    const BACKEND: Self::Backend;

    /// Whether a `COMMIT` that failed has ended its transaction.
    const FAILED_COMMIT_ENDS: bool;

    fn connect(url: &str) -> impl Future<Output = ConnectionResult<Self::Conn>> + Send;

    fn is_broken(conn: &mut Self::Conn) -> bool;

    fn batch(conn: &mut Self::Conn, sql: &str) -> impl Future<Output = QueryResult<()>> + Send;

    fn load<'c, Q>(conn: &'c mut Self::Conn, query: Q) -> BoxFuture<'c, QueryResult<RowStream<Self::Row>>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + 'c;

    fn execute<'c, Q>(conn: &'c mut Self::Conn, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + 'c;

    fn collect<Q: QueryFragment<Self::Backend>>(query: &Q) -> QueryResult<Self::Collected>;

    /// Runs all of the parts or none, in order, even when the future is dropped half-way.
    fn load_all(conn: &mut Self::Conn, parts: Vec<Self::Collected>)
    -> BoxFuture<'_, QueryResult<RowStream<Self::Row>>>;

    /// As `load_all`; counts the rows of all parts.
    fn execute_all(conn: &mut Self::Conn, parts: Vec<Self::Collected>) -> BoxFuture<'_, QueryResult<usize>>;

    fn begin(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;

    fn commit(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;

    fn rollback(conn: &mut Self::Conn) -> impl Future<Output = QueryResult<()>> + Send;
}

/// The driver of a diesel-async connection type. Both drivers render, bind and start a statement alike.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! link_methods {
    ($conn:ty) => {
        type Conn = $conn;
        type Row = <$conn as diesel_async::AsyncConnectionCore>::Row<'static, 'static>;

        fn is_broken(conn: &mut Self::Conn) -> bool {
            diesel_async::pooled_connection::PoolableConnection::is_broken(conn)
        }

        async fn batch(conn: &mut Self::Conn, sql: &str) -> diesel::QueryResult<()> {
            diesel_async::SimpleAsyncConnection::batch_execute(conn, sql).await
        }

        fn load<'c, Q>(
            conn: &'c mut Self::Conn,
            query: Q,
        ) -> $crate::db::driver::BoxFuture<'c, diesel::QueryResult<$crate::db::driver::RowStream<Self::Row>>>
        where
            Q: diesel::query_builder::Query
                + diesel::query_builder::QueryFragment<Self::Backend>
                + diesel::query_builder::QueryId
                + 'c,
        {
            diesel_async::AsyncConnectionCore::load(conn, query)
        }

        fn execute<'c, Q>(
            conn: &'c mut Self::Conn,
            query: Q,
        ) -> $crate::db::driver::BoxFuture<'c, diesel::QueryResult<usize>>
        where
            Q: diesel::query_builder::QueryFragment<Self::Backend> + diesel::query_builder::QueryId + 'c,
        {
            diesel_async::AsyncConnectionCore::execute_returning_count(conn, query)
        }

        async fn begin(conn: &mut Self::Conn) -> diesel::QueryResult<()> {
            type Manager = <$conn as diesel_async::AsyncConnection>::TransactionManager;
            <Manager as diesel_async::TransactionManager<$conn>>::begin_transaction(conn).await
        }

        async fn commit(conn: &mut Self::Conn) -> diesel::QueryResult<()> {
            type Manager = <$conn as diesel_async::AsyncConnection>::TransactionManager;
            <Manager as diesel_async::TransactionManager<$conn>>::commit_transaction(conn).await
        }

        async fn rollback(conn: &mut Self::Conn) -> diesel::QueryResult<()> {
            type Manager = <$conn as diesel_async::AsyncConnection>::TransactionManager;
            <Manager as diesel_async::TransactionManager<$conn>>::rollback_transaction(conn).await
        }
    };
}
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) use link_methods;
