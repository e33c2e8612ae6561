//! The pool, and the authority that it trusts.

use super::driver::ScopeContext;
use super::lent::Lent;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use super::review::ReviewSettings;
use super::{DatabaseUrl, Driver, Error, OrgConn, PoolError};
use crate::isolation::AuthorityId;
use crate::permit::PermitAuthority;
use crate::scope::{Authority, OrgScope, ScopeError};
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// Opens connections, and keeps those that may be used again.
pub(super) struct Connector<Db: Driver> {
    url: DatabaseUrl,
    pub(super) settings: Db::Settings,
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
impl<Db: Driver> Connector<Db> {
    /// To connections that are lent to no scope.
    pub(super) fn plain(url: DatabaseUrl, settings: Db::Settings) -> Self {
        Self { url, settings }
    }
}

impl<Db: Driver> managed::Manager for Connector<Db> {
    type Type = Db::Conn;
    type Error = diesel::ConnectionError;

    async fn create(&self) -> Result<Db::Conn, diesel::ConnectionError> {
        // On the heap: the future of a handshake is large, and each caller that waits for a connection would carry it about.
        Box::pin(self.url.open::<Db>(&self.settings)).await
    }

    async fn recycle(&self, conn: &mut Db::Conn, _: &Metrics) -> RecycleResult<diesel::ConnectionError> {
        if Db::is_broken(conn) {
            return Err(RecycleError::message("broken"));
        }
        Db::refresh(conn).await.map_err(|_| RecycleError::message("the database did not answer"))
    }
}

/// A connection on loan. Dropping it gives it back.
pub(super) type Lease<Db> = managed::Object<Connector<Db>>;

/// Connections to one database.
pub(super) type Connections<Db> = managed::Pool<Connector<Db>>;

/// How long to wait for a connection, and for the server to open one, unless told otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for a free connection.
pub(super) async fn lease<Db: Driver>(pool: &Connections<Db>) -> Result<Lease<Db>, PoolError> {
    pool.get().await.map_err(failed)
}

/// The same for so long and no longer.
pub(super) async fn lease_within<Db: Driver>(pool: &Connections<Db>, wait: Duration) -> Result<Lease<Db>, PoolError> {
    let timeouts =
        managed::Timeouts { wait: Some(wait), create: pool.timeouts().create.max(Some(wait)), ..pool.timeouts() };
    pool.timeout_get(&timeouts).await.map_err(failed)
}

fn failed(error: managed::PoolError<diesel::ConnectionError>) -> PoolError {
    match error {
        managed::PoolError::Timeout(managed::TimeoutType::Wait) => PoolError::Busy,
        managed::PoolError::Timeout(_) => PoolError::Unreachable,
        managed::PoolError::Backend(error) => PoolError::Connect(error),
        _ => PoolError::Setup("the pool is closed"),
    }
}

/// Opens nothing yet. `wait` and `connect` are the longest that a caller waits for a connection and for a new one.
pub(super) fn connections<Db: Driver>(
    connector: Connector<Db>,
    size: usize,
    wait: Duration,
    connect: Duration,
) -> Result<Connections<Db>, PoolError> {
    if size == 0 {
        return Err(PoolError::Setup("it may not open any connection"));
    }
    managed::Pool::builder(connector)
        .max_size(size)
        .wait_timeout(Some(wait))
        .create_timeout(Some(connect))
        .recycle_timeout(Some(connect))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|_| PoolError::Setup("its timeouts need tokio"))
}

/// A database that runs statements for scopes, and only for those that one [`Authority`] minted.
///
/// It owns its connections and hands none out: [`scoped`](Self::scoped) gives an [`OrgConn`]. Cloning it is cheap and
/// shares the pool.
pub struct TenantDb<Db: Driver> {
    pub(super) pool: Connections<Db>,
    pub(super) authority: AuthorityId,
    pub(super) permits: Option<AuthorityId>,
    _anchor: Arc<Db::Anchor>,
}

impl<Db: Driver> TenantDb<Db> {
    /// A connection that is lent to the scope's organization: to read alone, if that is all that the scope does
    /// ([`OrgScope::is_read_only`]).
    ///
    /// Waits for a free one, 5 s unless the builder says otherwise.
    ///
    /// # Errors
    /// When another authority minted the scope, its time is over or its request ended, and when no connection is
    /// available.
    pub async fn scoped<'s, B>(&self, scope: &'s OrgScope<B>) -> Result<OrgConn<'s, Db, B>, Error> {
        self.lend(scope, !scope.is_read_only()).await
    }

    pub(super) async fn lend<'s, B>(&self, scope: &'s OrgScope<B>, write: bool) -> Result<OrgConn<'s, Db, B>, Error> {
        if scope.authority() != self.authority {
            return Err(ScopeError::OtherAuthority.into());
        }
        scope.check()?;
        let mut lease = lease(&self.pool).await?;
        Db::set_scope(&mut lease, ScopeContext { facts: Arc::clone(scope.facts()), write, life: scope.life().clone() });
        let mut conn = OrgConn::lent(lease, Lent::to(scope, self.permits));
        if !write {
            Db::read_only(conn.raw()?).await?;
        }
        Ok(conn)
    }
}

impl<Db: Driver> Clone for TenantDb<Db> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            authority: self.authority,
            permits: self.permits,
            _anchor: Arc::clone(&self._anchor),
        }
    }
}

impl<Db: Driver> fmt::Debug for TenantDb<Db> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantDb").finish_non_exhaustive()
    }
}

/// Only wall one stands: the compiler and the rendered SQL keep organizations apart, and the database itself shows all of them.
#[derive(Debug, Clone, Copy)]
pub enum WallOne {}

/// Both walls stand: whatever SQL runs, PostgreSQL itself shows one organization only.
#[cfg(feature = "postgres")]
#[derive(Debug, Clone, Copy)]
pub enum BothWalls {}

/// How a [`TenantDb`] is built. `Walls` is [`WallOne`], or `BothWalls` after wall two was raised (feature `rls`).
#[must_use]
pub struct TenantDbBuilder<Db: Driver, Walls = WallOne> {
    pub(super) url: DatabaseUrl,
    pub(super) settings: Db::Settings,
    #[cfg(feature = "sqlite")]
    pub(super) setup: Vec<String>,
    authority: AuthorityId,
    permits: Option<AuthorityId>,
    size: usize,
    wait: Duration,
    connect: Duration,
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) review: ReviewSettings,
    walls: PhantomData<fn() -> Walls>,
}

impl<Db: Driver> TenantDbBuilder<Db> {
    pub(super) fn new(url: DatabaseUrl, authority: &Authority) -> Self {
        Self::trusting(url, authority.id())
    }

    pub(super) fn trusting(url: DatabaseUrl, authority: AuthorityId) -> Self {
        Self {
            url,
            settings: Db::Settings::default(),
            #[cfg(feature = "sqlite")]
            setup: Vec::new(),
            authority,
            permits: None,
            size: 8,
            wait: PATIENCE,
            connect: PATIENCE,
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            review: ReviewSettings::default(),
            walls: PhantomData,
        }
    }
}

impl<Db: Driver, Walls> TenantDbBuilder<Db, Walls> {
    /// The most connections that are open at once; 8 unless set.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.size = connections;
        self
    }

    /// How long [`scoped`](TenantDb::scoped) waits for a free connection; 5 s unless set.
    pub fn wait_timeout(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// How long opening a connection may take; 5 s unless set.
    pub fn connect_timeout(mut self, connect: Duration) -> Self {
        self.connect = connect;
        self
    }

    /// Takes the permits of this authority, and of no other. Without it every statement with a permit is refused.
    pub fn permits(mut self, authority: &PermitAuthority) -> Self {
        self.permits = Some(authority.id());
        self
    }

    /// The same builder after a wall was raised.
    #[cfg(feature = "postgres")]
    pub(super) fn with_walls<Other>(self) -> TenantDbBuilder<Db, Other> {
        TenantDbBuilder {
            url: self.url,
            settings: self.settings,
            #[cfg(feature = "sqlite")]
            setup: self.setup,
            authority: self.authority,
            permits: self.permits,
            size: self.size,
            wait: self.wait,
            connect: self.connect,
            review: self.review,
            walls: PhantomData,
        }
    }

    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(unused_mut, reason = "without a driver there is nothing to review")
    )]
    pub(super) fn pooled(mut self, anchor: Db::Anchor) -> Result<TenantDb<Db>, Error> {
        #[cfg(any(feature = "postgres", feature = "sqlite"))]
        Db::reviewing(&mut self.settings, self.review.build(Db::DIALECT)?);
        let connector = Connector { url: self.url, settings: self.settings };
        let pool = connections(connector, self.size, self.wait, self.connect)?;
        Ok(TenantDb { pool, authority: self.authority, permits: self.permits, _anchor: Arc::new(anchor) })
    }
}

impl<Db: Driver, Walls> fmt::Debug for TenantDbBuilder<Db, Walls> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantDbBuilder").finish_non_exhaustive()
    }
}
