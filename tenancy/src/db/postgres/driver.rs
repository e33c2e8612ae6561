//! The driver of PostgreSQL.

use super::conn::PgConn;
use super::row::PgRow;
use super::row_security::ScopeContext;
use super::row_stream::PgRowStream;
use super::settings::Settings;
use super::{error, pipeline, render};
use crate::db::driver::Constant;
use crate::db::driver::{BoxFuture, Driver, Link, Ours};
use crate::db::review::{Dialect, Review};
use crate::db::reviewed::Reviewed;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::{ConnectionResult, QueryResult};
use std::convert::Infallible;
use std::sync::Arc;

/// PostgreSQL.
///
/// Wall one always stands. Wall two stands where the builder raised it
/// ([`sealed`](crate::db::TenantDbBuilder::sealed) or [`unsealed`](crate::db::TenantDbBuilder::unsealed)).
///
/// Connections are encrypted when the builder is given certificates (`tls`, feature `postgres-tls`). Without them, reach
/// the server over a socket or a private network.
#[derive(Debug, Clone, Copy)]
pub struct Postgres(());

impl Driver for Postgres {}

impl Link for Postgres {
    type Backend = diesel::pg::Pg;
    type Conn = PgConn;
    type Row = PgRow;
    type Rows = PgRowStream;
    type Anchor = ();
    type Settings = Settings;
    // PostgreSQL has the DEFAULT keyword: no statement is sent in parts.
    type Collected = Infallible;

    const BACKEND: Self::Backend = diesel::pg::Pg;

    const WRITES: &str = "SELECT 1 OPERATOR(pg_catalog./) CASE WHEN pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'on' \
         OR pg_catalog.pg_is_in_recovery() THEN 0 ELSE 1 END";
    const DIALECT: Dialect = Dialect::Postgres;

    fn reviewing(settings: &mut Settings, review: Option<Arc<Review>>) {
        settings.review = review;
    }

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
        conn.driver.response(conn.client.batch_execute(sql)).await.map_err(error::translated)
    }

    fn text<Q: QueryFragment<Self::Backend>>(query: &Q, _: Ours) -> QueryResult<String> {
        render::text(query)
    }

    fn set_scope(conn: &mut PgConn, scope: ScopeContext) {
        conn.scope = Some(scope);
    }

    fn clear_scope(conn: &mut PgConn) {
        conn.scope = None;
    }

    fn load<'c, Q>(conn: &'c mut PgConn, query: Q) -> BoxFuture<'c, QueryResult<PgRowStream>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        let statement = render::statement(conn, &query);
        Box::pin(async move { pipeline::execute(conn, statement?).await })
    }

    fn load_constant<'c, Q>(
        conn: &'c mut PgConn,
        constant: Constant,
        query: Q,
    ) -> BoxFuture<'c, QueryResult<PgRowStream>>
    where
        Q: Query + QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        let statement = render::constant(conn, constant, &query);
        Box::pin(async move { pipeline::execute(conn, statement?).await })
    }

    fn execute<'c, Q>(conn: &'c mut PgConn, query: Q) -> BoxFuture<'c, QueryResult<usize>>
    where
        Q: QueryFragment<Self::Backend> + QueryId + Reviewed + 'c,
    {
        let statement = render::statement(conn, &query);
        Box::pin(async move { pipeline::execute(conn, statement?).await?.count().await })
    }

    fn collect<Q: QueryFragment<Self::Backend> + Reviewed>(
        _conn: &PgConn,
        _query: &Q,
        _: Ours,
    ) -> QueryResult<Infallible> {
        Err(diesel::result::Error::QueryBuilderError("this database takes every batch whole".into()))
    }

    fn load_all(_conn: &mut PgConn, _parts: Vec<Infallible>) -> BoxFuture<'_, QueryResult<PgRowStream>> {
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
