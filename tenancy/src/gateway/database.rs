//! The database of the gateway's own tables.

use super::changes::{Changed, Changes};
use super::clock::Time;
#[cfg(feature = "postgres")]
use crate::db::DatabaseUrl;
#[cfg(feature = "postgres")]
use crate::db::pg::Awake;
use crate::db::platform::{Answer, Failure, Platform, Statement, Value};
use crate::db::{Error, PoolStatus};
use crate::edge::clock::Clock;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many connections the gateway opens at most, unless told otherwise.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const CONNECTIONS: usize = 8;

/// How long a request waits for one of them, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

/// The gateway's own tables for PostgreSQL, as [`GatewayDb::migrate`] makes them; for a migration tool of one's own.
pub const POSTGRES_TABLES: &str = include_str!("sql/postgres.sql");
/// The grants for a role of the gateway's own on PostgreSQL. The role is called `gateway` in them.
pub const POSTGRES_GRANTS: &str = include_str!("sql/postgres_role.sql");
/// The gateway's own tables for SQLite, as [`GatewayDb::migrate`] makes them.
pub const SQLITE_TABLES: &str = include_str!("sql/sqlite.sql");

/// The gateway's connections to its own tables: users, organizations, memberships, sessions, the audit log.
///
/// They may lie in the service's database or in one of their own. On PostgreSQL give the gateway a role of its own
/// ([`POSTGRES_GRANTS`]), which reads no tenant table, while the service's role reads none of these
/// (`tenancy/tests/gateway/roles.rs`). Nothing outside this crate runs a statement here.
#[derive(Clone)]
pub struct GatewayDb {
    platform: Arc<dyn Platform>,
    tables: &'static str,
    time: Time,
    wait: Duration,
    /// Shared by all gateways of this process that work on a clone of this.
    changes: Changes,
    #[cfg(feature = "postgres")]
    awake: Option<Arc<Awake>>,
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
        Self::on_postgres(url.into(), crate::db::pg::Settings::default())
    }

    /// The same over TLS and in no other way; see [`TenantDbBuilder::tls`](crate::db::TenantDbBuilder::tls).
    ///
    /// # Errors
    /// When the URL forbids TLS.
    #[cfg(feature = "postgres-tls")]
    pub fn postgres_over_tls(url: impl Into<DatabaseUrl>, config: rustls::ClientConfig) -> Result<Self, Error> {
        Self::on_postgres(url.into(), crate::db::pg::Settings::over_tls(config))
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(url: DatabaseUrl, settings: crate::db::pg::Settings) -> Result<Self, Error> {
        let awake = Arc::new(Awake::new());
        let pool = crate::db::pg::platform(url, CONNECTIONS, settings.awake(&awake))?;
        Ok(Self { awake: Some(awake), ..Self::on(pool, POSTGRES_TABLES) })
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn on(pool: impl Platform, tables: &'static str) -> Self {
        Self {
            platform: Arc::new(pool),
            tables,
            time: Time::default(),
            wait: PATIENCE,
            changes: Changes::none(),
            #[cfg(feature = "postgres")]
            awake: None,
        }
    }

    /// Sleeps for every answer of PostgreSQL, for the sake of processor time.
    ///
    /// Unless this is said, whoever waits for an answer may stay awake for up to 100 µs while the runtime runs all that is ready.
    /// It does so only with more than one core and while answers are found to come faster that way: from a server on the same
    /// machine, when the machine has little to do. `docs/benchmarks.md` has the times.
    #[cfg(feature = "postgres")]
    #[must_use]
    pub fn without_busy_wait(self) -> Self {
        self.awake.iter().for_each(|awake| awake.forbid());
        self
    }

    /// The tables in a file, or in memory for `:memory:`, over at most 8 connections.
    ///
    /// # Errors
    /// When the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(url: impl Into<String>) -> Result<Self, Error> {
        let pool = crate::db::sqlite::platform(url.into(), CONNECTIONS).await?;
        Ok(Self::on(pool, SQLITE_TABLES))
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

    /// Makes the tables that are not there yet. It may be run at every start; on PostgreSQL it needs the role that owns
    /// the tables.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        match self.platform.script(self.tables).await {
            Err(Failure::Database(error)) => Err(error),
            Err(Failure::Nothing | Failure::Taken) | Ok(()) => Ok(()),
        }
    }

    /// The time, for a statement.
    pub(super) fn now(&self) -> Value {
        self.time.now()
    }

    /// The time of a test's clock, if there is one.
    pub(super) fn clock(&self) -> Option<u64> {
        self.time.0.as_ref().map(|clock| clock.now())
    }

    pub(super) fn pool_status(&self) -> PoolStatus {
        self.platform.status()
    }

    /// What was changed from here.
    pub(super) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Runs one statement that only reads.
    pub(super) async fn read(&self, statement: Statement) -> Result<Answer, Failure> {
        Ok(self.platform.run(vec![statement], self.wait).await?.pop().unwrap_or_default())
    }

    /// Runs statements that write: all or none. Sessions of `changed` that were read before are used no more; nobody's change
    /// with a new session, a mark that one was seen, a line of the audit log.
    pub(super) async fn write(
        &self,
        statements: Vec<Statement>,
        changed: &[Changed<'_>],
    ) -> Result<Vec<Answer>, Failure> {
        let _changing = self.changes.begin(changed);
        self.platform.run(statements, self.wait).await
    }
}

impl fmt::Debug for GatewayDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayDb").finish_non_exhaustive()
    }
}
