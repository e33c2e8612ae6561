//! What a service sets for a database on PostgreSQL.

use super::driver::Postgres;
use super::settings::Settings;
#[cfg(feature = "postgres-tls")]
use super::tls::tls_roots;
use crate::db::store::StorePool;
use crate::db::{DatabaseUrl, Error, TenantDb, TenantDbBuilder};
use crate::scope::Authority;

impl TenantDb<Postgres> {
    /// A database behind a `postgres://` URL that runs statements for scopes which `authority` minted.
    ///
    /// Connections are opened when they are needed. Only wall one stands until the builder raises wall two
    /// ([`sealed`](TenantDbBuilder::sealed) or [`unsealed`](TenantDbBuilder::unsealed)).
    pub fn postgres(url: impl Into<DatabaseUrl>, authority: &Authority) -> TenantDbBuilder<Postgres> {
        TenantDbBuilder::new(url.into(), authority)
    }
}

impl<W> TenantDbBuilder<Postgres, W> {
    /// Sends no statement under a name, for a pooler in transaction mode that does not keep the names of its clients
    /// apart: PgBouncer before 1.21, or without `max_prepared_statements`.
    ///
    /// The server then parses and plans each statement again. The round trips stay.
    pub fn unnamed_statements(mut self) -> Self {
        self.settings.named = false;
        self
    }

    /// Builds the pool. Does not connect.
    ///
    /// # Errors
    /// When the settings contradict each other: also when the URL demands TLS and there are no certificates, or the reverse.
    pub fn build(self) -> Result<TenantDb<Postgres>, Error> {
        self.settings.encryption.agrees_with(&self.url.newest())?;
        self.pooled(())
    }
}

/// The gateway's own tables behind a `postgres://` URL. Connections are opened when they are needed.
///
/// # Errors
/// When the URL demands TLS and there are no certificates, or the reverse.
pub fn store(url: DatabaseUrl, size: usize, settings: Settings) -> Result<StorePool<Postgres>, Error> {
    settings.encryption.agrees_with(&url.newest())?;
    let connector = crate::db::pool::Connector::plain(url, settings);
    let connections =
        crate::db::pool::connections(connector, size, crate::db::pool::PATIENCE, crate::db::pool::PATIENCE)?;
    Ok(StorePool { connections, _anchor: () })
}

#[cfg(feature = "postgres-tls")]
impl<W> TenantDbBuilder<Postgres, W> {
    /// Connects over TLS and in no other way, as `sslmode=verify-full` does: the server's certificate must be one of the
    /// configuration's roots and bear the URL's host name. Where the server's certificate allows, the password's proof is
    /// bound to it (SCRAM with channel binding).
    ///
    /// The configuration is rustls 0.23's: with a client certificate the server may ask for one.
    pub fn tls(mut self, config: rustls::ClientConfig) -> Self {
        self.settings.encryption = config.into();
        self
    }

    /// The same, trusting the certificates of this PEM text and no others.
    ///
    /// # Errors
    /// When the text holds no certificates.
    pub fn tls_with_roots(self, pem: &str) -> Result<Self, crate::db::Error> {
        Ok(self.tls(tls_roots(pem)?))
    }
}
