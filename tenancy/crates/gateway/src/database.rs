//! The database of the gateway's own tables.

use crate::clock::Time;
use crate::migrations::{self, Dialect, Migration, MigrationError, MigrationStatus, Purpose};
use crate::session::invalidation::{Changed, Invalidation};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tenancy::__private::unix_seconds;
#[cfg(feature = "postgres")]
use tenancy::__private::{PostgresSettings, postgres_store};
#[cfg(feature = "postgres")]
use tenancy::db::DatabaseUrl;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use tenancy::db::Error;
use tenancy::db::PoolStatus;
use tenancy_service::__private::clock::Clock;
use tenancy_service::__private::sql::{Answer, Platform, Statement, StoreError, Value};

/// How many connections the gateway opens at most, unless told otherwise.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const CONNECTIONS: usize = 8;

/// How long a request waits for one of them, unless told otherwise.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const PATIENCE: Duration = Duration::from_secs(5);

/// The gateway's connections to its own tables: users, organizations, memberships, sessions, the audit log.
///
/// They may lie in the service's database or in one of their own. On PostgreSQL give the gateway a role of its own
/// ([`postgres_grants`](crate::migrations::postgres_grants)), which reads no organization table, while the service's role reads none of these
/// (`tenancy/tests/gateway/roles.rs`). Nothing outside this crate runs a statement here.
#[derive(Clone)]
pub struct GatewayDb {
    pub(crate) platform: Arc<dyn Platform>,
    dialect: Dialect,
    /// Whether the migrations were found complete once.
    migrated: Arc<AtomicBool>,
    time: Time,
    wait: Duration,
    /// Shared by all gateways of this process that work on a clone of this.
    changes: Invalidation,
}

impl GatewayDb {
    /// The tables behind a `postgres://` URL, over at most 8 connections, which are opened when they are needed.
    ///
    /// They are not encrypted: use a socket or a private network, or `postgres_over_tls`.
    ///
    /// # Errors
    /// When the URL demands TLS.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: impl Into<DatabaseUrl>) -> Result<Self, Error> {
        Self::on_postgres(url.into(), PostgresSettings::default())
    }

    /// The same over TLS and in no other way; see [`TenantDbBuilder::tls`](tenancy::db::TenantDbBuilder::tls).
    ///
    /// # Errors
    /// When the URL forbids TLS.
    #[cfg(feature = "postgres-tls")]
    pub fn postgres_over_tls(url: impl Into<DatabaseUrl>, config: rustls::ClientConfig) -> Result<Self, Error> {
        Self::on_postgres(url.into(), PostgresSettings::over_tls(config))
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(url: DatabaseUrl, settings: PostgresSettings) -> Result<Self, Error> {
        Ok(Self::on(postgres_store(url, CONNECTIONS, settings)?, Dialect::Postgres))
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn on(pool: impl Platform, dialect: Dialect) -> Self {
        Self {
            platform: Arc::new(pool),
            dialect,
            migrated: Arc::default(),
            time: Time::default(),
            wait: PATIENCE,
            changes: Invalidation::none(),
        }
    }

    /// The tables in a file, or in memory for `:memory:`, over at most 8 connections.
    ///
    /// # Errors
    /// When the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(url: impl Into<String>) -> Result<Self, Error> {
        let pool = tenancy::__private::sqlite_store(url.into(), CONNECTIONS).await?;
        Ok(Self::on(pool, Dialect::Sqlite))
    }

    /// How long a request waits for a free connection, and no less for a new one; 5 s unless set. Then it is `503`.
    #[must_use]
    pub fn wait_timeout(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Asks this clock instead of the database's: for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.time = Time(Some(clock));
        self
    }

    /// Applies the [migrations](crate::migrations) that the database lacks, and returns them. It may run at every start, and in several
    /// processes at once. On PostgreSQL it needs the role that owns the tables; the gateway's own role calls
    /// [`check_migrations`](Self::check_migrations).
    ///
    /// Where another run is at work it waits for its turn, six times as long as [`wait_timeout`](Self::wait_timeout).
    ///
    /// # Errors
    /// [`MigrationError`]: each names what to do. A migration that fails leaves nothing behind; those before it stay applied.
    pub async fn migrate(&self) -> Result<Vec<Migration>, MigrationError> {
        self.migrate_with(self.dialect.migrations()).await
    }

    /// Applies other migrations than this program's: for tests of the runner.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    #[doc(hidden)]
    pub async fn migrate_with(&self, migrations: &[Migration]) -> Result<Vec<Migration>, MigrationError> {
        migrations::apply(&*self.platform, self.dialect, migrations, self.wait, || self.now()).await
    }

    /// Returns which migrations the database has and which it lacks. It changes nothing. As [`migrate`](Self::migrate), it is for the
    /// role that owns the tables.
    ///
    /// # Errors
    /// [`MigrationError::Newer`], [`MigrationError::Changed`], [`MigrationError::Gap`], [`MigrationError::Repeated`], [`MigrationError::Different`] and
    /// [`MigrationError::Relation`] for tables that this program cannot use or migrate; [`MigrationError::Unreadable`];
    /// [`MigrationError::Database`].
    pub async fn migration_status(&self) -> Result<MigrationStatus, MigrationError> {
        self.look(Purpose::Migrate).await
    }

    /// Succeeds when the tables are as this program needs them. Call it at start: a gateway's role needs no right but to read
    /// `gateway_migrations`. It does not ask which role owns the tables, only that it is one role: [`migrate`](Self::migrate) asks.
    ///
    /// # Errors
    /// [`MigrationError`]: each names what to do.
    pub async fn check_migrations(&self) -> Result<(), MigrationError> {
        self.look(Purpose::Use).await?.check()?;
        self.migrated.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn look(&self, purpose: Purpose) -> Result<MigrationStatus, MigrationError> {
        migrations::status(&*self.platform, self.dialect, self.dialect.migrations(), self.wait, purpose).await
    }

    /// As [`check_migrations`](Self::check_migrations), until it succeeded once. A running gateway goes on when a newer program adds a
    /// migration.
    pub(crate) async fn was_migrated(&self) -> Result<(), MigrationError> {
        if self.migrated.load(Ordering::Relaxed) { Ok(()) } else { self.check_migrations().await }
    }

    /// The time, for a statement.
    pub(crate) fn now(&self) -> Value {
        self.time.now()
    }

    /// The time of a test's clock, if there is one.
    pub(crate) fn clock(&self) -> Option<u64> {
        self.time.0.as_ref().map(|clock| unix_seconds(clock.now()))
    }

    pub(crate) fn pool_status(&self) -> PoolStatus {
        self.platform.status()
    }

    /// What was changed from here.
    pub(crate) fn changes(&self) -> &Invalidation {
        &self.changes
    }

    /// Runs one statement that only reads.
    pub(crate) async fn read(&self, statement: Statement) -> Result<Answer, StoreError> {
        Ok(self.platform.run(vec![statement], self.wait).await?.pop().unwrap_or_default())
    }

    /// Runs statements that write: all or none. Sessions of `changed` that were read before are used no more. A new
    /// session, a mark that one was seen and a line of the audit log are no such change.
    pub(crate) async fn write(
        &self,
        statements: Vec<Statement>,
        changed: &[Changed<'_>],
    ) -> Result<Vec<Answer>, StoreError> {
        let _changing = self.changes.begin(changed);
        self.platform.run(statements, self.wait).await
    }
}

impl fmt::Debug for GatewayDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayDb").finish_non_exhaustive()
    }
}
