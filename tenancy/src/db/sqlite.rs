//! SQLite, bundled, through diesel-async's synchronous wrapper.
//!
//! It needs tokio's multi-threaded runtime wherever a future may be dropped: the wrapper waits for the statement that
//! is still running, which tokio forbids in its current-thread runtime.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a driver is where the raw connection ends: what the list sends services to is made of it"
)]

use super::driver::{Driver, Link, link_methods};
use super::{Error, PoolError, TenantDb, TenantDbBuilder};
use crate::scope::Authority;
use diesel::{ConnectionResult, SqliteConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use std::sync::Mutex;
use uuid::Uuid;

/// SQLite. Only wall one stands here: the database itself knows no row-level security.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite(());

/// Waiting comes first, because changing the journal mode takes a lock.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;";

impl Driver for Sqlite {}

impl Link for Sqlite {
    type Backend = diesel::sqlite::Sqlite;
    // A database in memory lives for as long as one connection to it does.
    type Anchor = Option<Mutex<SyncConnectionWrapper<SqliteConnection>>>;

    // A COMMIT that finds the database busy leaves the transaction open.
    const FAILED_COMMIT_ENDS: bool = false;

    async fn connect(url: &str) -> ConnectionResult<Self::Conn> {
        let mut conn = SyncConnectionWrapper::establish(url).await?;
        conn.batch_execute(PRAGMAS).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    link_methods!(SyncConnectionWrapper<SqliteConnection>);
}

impl TenantDb<Sqlite> {
    /// A database in a file, or in memory for `:memory:`, that runs statements for scopes which `authority` minted.
    ///
    /// Connections enforce foreign keys, write ahead (files) and wait 5 s for a lock. A database in memory belongs to
    /// this `TenantDb` and ends with its last clone; all of its connections see the same data.
    pub fn sqlite(url: impl Into<String>, authority: &Authority) -> TenantDbBuilder<Sqlite> {
        let url = url.into();
        let url = if url == ":memory:" { format!("file:/tenancy-{}?vfs=memdb", Uuid::new_v4()) } else { url };
        TenantDbBuilder::new(url, authority)
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
        let anchor = self.url.ends_with("?vfs=memdb").then(|| Mutex::new(conn));
        self.pooled(anchor)
    }
}
