//! PostgreSQL through diesel-async and tokio-postgres.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use super::driver::{BoxFuture, Driver, Link, RowStream, link_methods};
use super::{TenantDb, TenantDbBuilder};
use crate::scope::Authority;
use diesel::query_builder::QueryFragment;
use diesel::{ConnectionResult, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use std::convert::Infallible;

/// PostgreSQL. Connections are not encrypted: reach the server over a socket or a private network.
#[derive(Debug, Clone, Copy)]
pub struct Postgres(());

impl Driver for Postgres {}

impl Link for Postgres {
    type Backend = diesel::pg::Pg;
    type Anchor = ();
    // PostgreSQL has the DEFAULT keyword: no statement is sent in parts.
    type Collected = Infallible;

    const BACKEND: Self::Backend = diesel::pg::Pg;

    // The server ends a transaction whose COMMIT it refuses.
    const FAILED_COMMIT_ENDS: bool = true;

    async fn connect(url: &str) -> ConnectionResult<Self::Conn> {
        AsyncPgConnection::establish(url).await
    }

    fn collect<Q: QueryFragment<Self::Backend>>(_query: &Q) -> QueryResult<Infallible> {
        Err(diesel::result::Error::QueryBuilderError("this database takes every batch whole".into()))
    }

    fn load_all(_conn: &mut Self::Conn, _parts: Vec<Infallible>) -> BoxFuture<'_, QueryResult<RowStream<Self::Row>>> {
        Box::pin(async { Err(diesel::NotFound) })
    }

    fn execute_all(_conn: &mut Self::Conn, _parts: Vec<Infallible>) -> BoxFuture<'_, QueryResult<usize>> {
        Box::pin(async { Ok(0) })
    }

    link_methods!(AsyncPgConnection);
}

impl TenantDb<Postgres> {
    /// A database behind a `postgres://` URL that runs statements for scopes which `authority` minted.
    ///
    /// Connections are opened when they are needed.
    pub fn postgres(url: impl Into<String>, authority: &Authority) -> TenantDbBuilder<Postgres> {
        TenantDbBuilder::new(url.into(), authority)
    }
}

impl TenantDbBuilder<Postgres> {
    /// Builds the pool. Does not connect.
    ///
    /// # Errors
    /// When the settings contradict each other.
    pub fn build(self) -> Result<TenantDb<Postgres>, super::Error> {
        self.pooled(())
    }
}

/// The platform's tables behind a `postgres://` URL. Connections are opened when they are needed.
#[cfg(feature = "gateway")]
pub(crate) fn platform(url: String, size: usize) -> Result<super::platform::Pool<Postgres>, super::Error> {
    let connections = super::pool::connections(url, size, super::pool::PATIENCE, super::pool::PATIENCE)?;
    Ok(super::platform::Pool { connections, _anchor: () })
}
