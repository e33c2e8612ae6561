//! Transactions and savepoints.

use super::{Driver, OrgConn};
use crate::async_callback::AsyncCallback;
use diesel::QueryResult;
use diesel::result::Error::BrokenTransactionManager;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// An open transaction, known to the connection that it is open on and to the future that will end it.
///
/// Safe code can part the two: it swaps the connection behind the `&mut` that the callback was given, or forgets the future.
/// The connection then stays in a transaction that no code will commit, and refuses everything: it runs statements only while
/// the future that will end the transaction is running the callback.
#[derive(Debug, Default)]
pub(super) struct Mark(AtomicBool);

impl Mark {
    /// Whether the callback is running now.
    pub(super) fn is_inside(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn enter(&self) -> Inside<'_> {
        self.0.store(true, Ordering::Release);
        Inside(self)
    }
}

struct Inside<'m>(&'m Mark);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}

/// What a transaction needs of its connection. [`run`] is generic over it, because the compiler cannot see that a
/// future is `Send` for every lifetime inside a concrete connection type.
pub(super) trait Begin: Send {
    /// Whether something may be sent now. `ending` is the transaction that is about to be ended: the innermost one.
    fn ready(&mut self, ending: Option<&Arc<Mark>>) -> QueryResult<()>;
    /// Whether this is the connection that the transaction is open on, and the transaction its innermost.
    fn holds(&self, mark: &Arc<Mark>) -> bool;
    fn marked(&mut self, mark: Arc<Mark>);
    /// The innermost transaction is over.
    fn unmarked(&mut self);
    fn begin(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    fn commit(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    fn rollback(&mut self) -> impl Future<Output = QueryResult<()>> + Send;
    /// Whether a `COMMIT` that failed has ended its transaction.
    const FAILED_COMMIT_ENDS: bool;
}

impl<Db: Driver, B> Begin for OrgConn<'_, Db, B> {
    const FAILED_COMMIT_ENDS: bool = Db::FAILED_COMMIT_ENDS;

    fn ready(&mut self, ending: Option<&Arc<Mark>>) -> QueryResult<()> {
        self.may_send(ending)
    }

    fn holds(&self, mark: &Arc<Mark>) -> bool {
        self.open.last().is_some_and(|innermost| Arc::ptr_eq(innermost, mark))
    }

    fn marked(&mut self, mark: Arc<Mark>) {
        self.open.push(mark);
    }

    fn unmarked(&mut self) {
        self.open.pop();
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

/// A transaction that was begun. Unless it is ended, its connection refuses everything and is closed when it is dropped.
pub(super) struct Open<'c, C: Begin> {
    conn: &'c mut C,
    mark: Arc<Mark>,
}

impl<'c, C: Begin> Open<'c, C> {
    pub(super) async fn begin(conn: &'c mut C) -> QueryResult<Self> {
        conn.ready(None)?;
        let mark = Arc::<Mark>::default();
        conn.marked(Arc::clone(&mark));
        if let Err(error) = conn.begin().await {
            // A refused BEGIN opened nothing; a lost connection is found broken by the pool.
            conn.unmarked();
            return Err(error);
        }
        Ok(Self { conn, mark })
    }

    /// Begins something inside the transaction.
    pub(super) fn inside<'s, R>(&'s mut self, begin: impl FnOnce(&'s mut C) -> R) -> R {
        let _inside = self.mark.enter();
        begin(self.conn)
    }

    pub(super) async fn commit(self) -> QueryResult<()> {
        if let Err(error) = self.conn.ready(Some(&self.mark)) {
            // A connection whose state is unknown is closed with everything that is open on it.
            return if matches!(error, BrokenTransactionManager) {
                Err(error)
            } else {
                self.rollback().await.and(Err(error))
            };
        }
        let committed = self.conn.commit().await;
        if committed.is_ok() || C::FAILED_COMMIT_ENDS {
            self.conn.unmarked();
        }
        committed
    }

    pub(super) async fn rollback(self) -> QueryResult<()> {
        if !self.conn.holds(&self.mark) {
            return Err(BrokenTransactionManager);
        }
        let rolled_back = self.conn.rollback().await;
        if rolled_back.is_ok() {
            self.conn.unmarked();
        }
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
    let mut open = Open::begin(conn).await?;
    let mark = Arc::clone(&open.mark);
    let done = {
        let mut work = pin!(open.inside(work));
        poll_fn(|cx| {
            let _inside = mark.enter();
            work.as_mut().poll(cx)
        })
        .await
    };
    match done {
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
    /// When the future is dropped, forgotten or `work` panics, the connection is closed instead of given back to the pool, and
    /// until then refuses every statement with [`BrokenTransactionManager`]. `work` returns with the connection that it was
    /// given: where another one was put in its place (`std::mem::swap`), nothing is committed, and the answer is that error.
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
