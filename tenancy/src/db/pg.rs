//! PostgreSQL through diesel-async and tokio-postgres.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use super::driver::{Driver, Link, link_methods};
use super::{TenantDb, TenantDbBuilder};
use crate::scope::Authority;
use diesel::ConnectionResult;
use diesel_async::{AsyncConnection, AsyncPgConnection};

/// PostgreSQL. Connections are not encrypted: reach the server over a socket or a private network.
#[derive(Debug, Clone, Copy)]
pub struct Postgres(());

impl Driver for Postgres {}

impl Link for Postgres {
    type Backend = diesel::pg::Pg;
    type Anchor = ();

    // The server ends a transaction whose COMMIT it refuses.
    const FAILED_COMMIT_ENDS: bool = true;

    async fn connect(url: &str) -> ConnectionResult<Self::Conn> {
        AsyncPgConnection::establish(url).await
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
