//! Transactions and savepoints.

use super::{Driver, OrgConn};
use crate::callback::AsyncCallback;
use diesel::QueryResult;
use diesel::result::Error::BrokenTransactionManager;

/// What a transaction needs of its connection. [`run`] is generic over it, because the compiler cannot see that a
/// future is `Send` for every lifetime inside a concrete connection type.
pub(super) trait Begin: Send {
    fn ready(&mut self) -> QueryResult<()>;
    fn abandon(&mut self);
    fn begin(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    fn commit(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    fn rollback(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    /// Whether a `COMMIT` that failed has ended its transaction.
    const FAILED_COMMIT_ENDS: bool;
}

impl<Db: Driver, B> Begin for OrgConn<'_, Db, B> {
    const FAILED_COMMIT_ENDS: bool = Db::FAILED_COMMIT_ENDS;

    fn ready(&mut self) -> QueryResult<()> {
        OrgConn::ready(self)
    }

    fn abandon(&mut self) {
        OrgConn::abandon(self);
    }

    async fn begin(&mut self) -> QueryResult<()> {
        Db::begin(self.raw()?).await
    }

    async fn commit(&mut self) -> QueryResult<()> {
        Db::commit(self.raw()?).await
    }

    async fn rollback(&mut self) -> QueryResult<()> {
        Db::rollback(self.raw()?).await
    }
}

/// A transaction that was begun. Unless it is ended, dropping it abandons the connection.
pub(super) struct Open<'c, C: Begin> {
    pub(super) conn: &'c mut C,
    ended: bool,
}

impl<C: Begin> Drop for Open<'_, C> {
    fn drop(&mut self) {
        if !self.ended {
            self.conn.abandon();
        }
    }
}

impl<'c, C: Begin> Open<'c, C> {
    pub(super) async fn begin(conn: &'c mut C) -> QueryResult<Self> {
        conn.ready()?;
        let mut open = Self { conn, ended: false };
        let begun = open.conn.begin().await;
        // A refused BEGIN opened nothing; a lost connection is found broken by the pool.
        open.ended = begun.is_err();
        begun.map(|()| open)
    }

    pub(super) async fn commit(mut self) -> QueryResult<()> {
        if let Err(error) = self.conn.ready() {
            // An abandoned connection is closed with everything that is open on it.
            return if matches!(error, BrokenTransactionManager) {
                Err(error)
            } else {
                self.rollback().await.and(Err(error))
            };
        }
        let committed = self.conn.commit().await;
        self.ended = committed.is_ok() || C::FAILED_COMMIT_ENDS;
        committed
    }

    pub(super) async fn rollback(mut self) -> QueryResult<()> {
        let rolled_back = self.conn.rollback().await;
        self.ended = rolled_back.is_ok();
        rolled_back
    }
}

async fn run<C, R, E, F>(conn: &mut C, work: F) -> Result<R, E>
where
    C: Begin,
    for<'t> F: AsyncFnOnce(&'t mut C) -> Result<R, E> + AsyncCallback<&'t mut C, Result<R, E>, Fut: Send> + Send,
    R: Send,
    E: From<diesel::result::Error> + Send,
{
    let open = Open::begin(conn).await?;
    match work(&mut *open.conn).await {
        Ok(value) => open.commit().await.map(|()| value).map_err(E::from),
        Err(error) => match open.rollback().await {
            // The work's own error is the one that explains why there is nothing to roll back.
            Ok(()) | Err(BrokenTransactionManager) => Err(error),
            Err(failed) => Err(failed.into()),
        },
    }
}

impl<'s, Db: Driver, B> OrgConn<'s, Db, B> {
    /// Runs `work` in a transaction: commits when it returns `Ok`, rolls back when it returns `Err`.
    ///
    /// Inside another transaction it is a savepoint. `work` receives the scoped connection again, never a raw one
    /// (`ui-tests/tests/fail/f_connection/`). A scope that ends meanwhile rolls back.
    ///
    /// When the future is dropped or `work` panics, the connection is closed instead of given back to the pool, and
    /// until then refuses every statement with [`BrokenTransactionManager`].
    ///
    /// # Errors
    /// What `work` returns; the database's, and refusals.
    pub fn transaction<R, E, F>(&mut self, work: F) -> impl Future<Output = Result<R, E>> + Send
    where
        for<'t> F:
            AsyncFnOnce(&'t mut Self) -> Result<R, E> + AsyncCallback<&'t mut Self, Result<R, E>, Fut: Send> + Send,
        R: Send,
        E: From<diesel::result::Error> + Send,
    {
        run(self, work)
    }
}
