//! One piece of work for many organizations.

use super::caught::{Caught, Panicked};
use super::{Directory, Job, JobError, Worker};
use crate::OrgId;
use crate::async_callback::AsyncCallback;
use crate::db::{Driver, OrgConn, TenantDb};
use crate::scope::{Brand, OrgScope, RequestGuard, Subject};
use std::fmt;

/// One organization's turn, or one job: its scope and a connection inside its transaction.
pub struct EachOrg<'c, 's, 'id, Db: Driver> {
    /// The scope, under a brand that no other turn has.
    pub scope: &'s OrgScope<Brand<'id>>,
    /// A connection that is armed for it, in a transaction that is committed when the work returns `Ok`.
    pub conn: &'c mut OrgConn<'s, Db, Brand<'id>>,
}

impl<Db: Driver> fmt::Debug for EachOrg<'_, '_, '_, Db> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EachOrg").finish_non_exhaustive()
    }
}

/// What came of one organization's turn.
#[derive(Debug)]
pub struct OrgResult<R, E> {
    /// The organization.
    pub org: OrgId,
    /// What its work returned, or why it did not run to its end. Nothing was committed then.
    pub result: Result<R, EachError<E>>,
}

/// Why one organization's turn, or one job, committed nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EachError<E> {
    /// The work's own error, or the database's.
    #[error("the work failed")]
    Work(#[source] E),
    /// The work panicked.
    #[error("the work panicked")]
    Panicked,
    /// No scope, or no connection, was available.
    #[error(transparent)]
    Job(#[from] JobError),
    /// No connection was available.
    #[error(transparent)]
    Db(#[from] crate::Error),
}

impl<D: Directory> Worker<D> {
    /// Runs `work` for each of `orgs`, one after the other, each in a transaction of its own.
    ///
    /// `actor` is who works, as the directory knows it: an organization where it does not stand is not entered. Each turn
    /// has a scope of its own, for at most 65 s, and its result; an error, a panic or a refusal ends only its own turn.
    /// Dropping the future rolls the current turn back and leaves the earlier ones committed.
    pub async fn for_each_org<Db, R, E, F>(
        &self,
        db: &TenantDb<Db>,
        name: &str,
        actor: &Subject,
        orgs: impl IntoIterator<Item = OrgId, IntoIter: Send> + Send,
        work: F,
    ) -> Vec<OrgResult<R, E>>
    where
        Db: Driver,
        R: Send,
        E: From<diesel::result::Error> + Send,
        F: Clone + Send,
        for<'c, 's, 'id> F: AsyncFnOnce(EachOrg<'c, 's, 'id, Db>) -> Result<R, E>
            + AsyncCallback<EachOrg<'c, 's, 'id, Db>, Result<R, E>, Fut: Send>,
    {
        let mut results = Vec::new();
        for org in orgs {
            let result = self.turn(db, name, actor, org, work.clone()).await;
            results.push(OrgResult { org, result });
        }
        results
    }

    async fn turn<Db, R, E, F>(
        &self,
        db: &TenantDb<Db>,
        name: &str,
        actor: &Subject,
        org: OrgId,
        work: F,
    ) -> Result<R, EachError<E>>
    where
        Db: Driver,
        R: Send,
        E: From<diesel::result::Error> + Send,
        F: Send,
        for<'c, 's, 'id> F: AsyncFnOnce(EachOrg<'c, 's, 'id, Db>) -> Result<R, E>
            + AsyncCallback<EachOrg<'c, 's, 'id, Db>, Result<R, E>, Fut: Send>,
    {
        let standing = self.directory.standing(org, actor).await.map_err(JobError::from)?;
        let request = RequestGuard::new();
        let job = Job { queue: name, id: "for each organization", payload: &[] };
        let scope = self.scope(org, actor.clone(), standing, &job, &request)?;
        match Caught::new(in_transaction(db, &scope, work)).await {
            Ok(done) => done,
            Err(Panicked) => Err(EachError::Panicked),
        }
    }
}

/// Runs `work` under a brand of its own, on a connection of `db` inside a transaction.
pub(super) async fn in_transaction<Db, R, E, F>(db: &TenantDb<Db>, scope: &OrgScope, work: F) -> Result<R, EachError<E>>
where
    Db: Driver,
    R: Send,
    E: From<diesel::result::Error> + Send,
    F: Send,
    for<'c, 's, 'id> F: AsyncFnOnce(EachOrg<'c, 's, 'id, Db>) -> Result<R, E>
        + AsyncCallback<EachOrg<'c, 's, 'id, Db>, Result<R, E>, Fut: Send>,
{
    let turn = scope.enter(async |scope| {
        let mut conn = db.scoped(&scope).await?;
        let scope = &scope;
        let done = conn.transaction(async |conn| work(EachOrg { scope, conn }).await).await;
        done.map_err(EachError::Work)
    });
    turn.await
}
