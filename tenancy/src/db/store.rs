//! Connections that are lent to no scope, for what must be known before there is one: a gateway's own tables, a service's
//! look at them.
//!
//! They are opened from a URL of their own, never from a [`TenantDb`](super::TenantDb), and lead to none. So they can do what
//! the role of that URL may do and nothing else, as any connection of diesel's could.

use super::driver::{Constant, Driver, OURS};
use super::pool::{Connections, Lease, lease_within};
use super::reviewed::{Reviewed, Stands};
use super::{PoolError, PoolStatus};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use futures_core::Stream as _;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// A statement whose text is a constant of the crate that runs it.
pub trait ConstantText {
    /// Where the text lies, and its length: constants of the same place are the same text.
    fn place(&self) -> (usize, usize);

    /// One bit for each value, from the first on, that is rendered into the text instead of bound.
    fn rendered(&self) -> u64;
}

/// Connections to a database, and what keeps it alive.
pub struct StorePool<Db: Driver> {
    pub(super) connections: Connections<Db>,
    pub(super) _anchor: Db::Anchor,
}

impl<Db: Driver> StorePool<Db> {
    /// A connection, waited for so long.
    ///
    /// # Errors
    /// When none is free in time, or none can be opened.
    pub async fn lend(&self, wait: Duration) -> Result<StoreConn<Db>, PoolError> {
        Ok(StoreConn { lease: Some(lease_within(&self.connections, wait).await?), clean: false })
    }

    /// How the pool stands.
    pub fn status(&self) -> PoolStatus {
        PoolStatus::of(&self.connections)
    }
}

/// A connection on loan. It is closed unless it was said to be [clean](Self::is_clean).
pub struct StoreConn<Db: Driver> {
    lease: Option<Lease<Db>>,
    clean: bool,
}

impl<Db: Driver> StoreConn<Db> {
    fn conn(&mut self) -> QueryResult<&mut Db::Conn> {
        self.lease.as_deref_mut().ok_or(DieselError::BrokenTransactionManager)
    }

    /// Whether it is lent for the first time, so that the session has no settings of an earlier loan.
    pub fn is_new(&self) -> bool {
        self.lease.as_ref().is_some_and(|lease| Lease::<Db>::metrics(lease).recycle_count == 0)
    }

    /// Says whether nothing is open on it, so that it may be lent again.
    pub fn is_clean(&mut self, clean: bool) {
        self.clean = clean;
    }

    /// Runs a statement; how many rows it changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute<Q>(&mut self, query: Q) -> QueryResult<usize>
    where
        Q: QueryFragment<Db::Backend> + QueryId + Send,
    {
        Db::execute(self.conn()?, Own(query)).await
    }

    /// Runs a statement; its rows, each as `read` reads it.
    ///
    /// # Errors
    /// The database's, and `read`'s.
    pub async fn load<Q, T>(
        &mut self,
        query: Q,
        mut read: impl FnMut(&Db::Row) -> QueryResult<T>,
    ) -> QueryResult<Vec<T>>
    where
        Q: Query + QueryFragment<Db::Backend> + QueryId + ConstantText + Send,
    {
        let constant = Constant { text: query.place(), clocks: query.rendered() };
        let mut stream = Db::load_constant(self.conn()?, constant, Own(query)).await?;
        let mut rows = Vec::new();
        while let Some(row) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
            rows.push(read(&row?)?);
        }
        Ok(rows)
    }

    /// Runs SQL as it is.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch(&mut self, sql: &'static str) -> QueryResult<()> {
        Db::batch(self.conn()?, sql, OURS).await
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&mut self) -> QueryResult<()> {
        Db::begin(self.conn()?).await
    }

    /// Commits it.
    ///
    /// # Errors
    /// The database's.
    pub async fn commit(&mut self) -> QueryResult<()> {
        Db::commit(self.conn()?).await
    }

    /// Undoes it.
    ///
    /// # Errors
    /// The database's.
    pub async fn rollback(&mut self) -> QueryResult<()> {
        Db::rollback(self.conn()?).await
    }
}

impl<Db: Driver> Drop for StoreConn<Db> {
    fn drop(&mut self) {
        if !self.clean
            && let Some(lease) = self.lease.take()
        {
            Db::discard(Lease::<Db>::take(lease));
        }
    }
}

/// A statement that meets no organization's rows, so that nothing reviews its text.
struct Own<Q>(Q);

impl<Q> Reviewed for Own<Q> {
    fn stands(&self) -> Stands {
        Stands::Own
    }
}

impl<Q: Query> Query for Own<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryId> QueryId for Own<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Own<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}
