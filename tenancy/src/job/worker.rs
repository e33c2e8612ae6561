//! Issues tokens, and runs what was claimed.

use super::each::in_transaction;
use super::{Claimed, Directory, EachError, EachOrg, Job, JobError, JobToken, Standing, token};
use crate::async_callback::AsyncCallback;
use crate::db::{Driver, TenantDb};
use crate::scope::{Authority, Brand, Grant, GrantSigner, RequestBody, RequestContext, RequestGuard, Subject};
use crate::{OrgId, OrgScope};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// As long as a grant may live; the scope ends with the job at the latest.
const GRANT: Duration = Duration::from_secs(60);

/// Turns claimed rows into scopes. It holds a signing key: a process that runs jobs is part of the gateway.
pub struct Worker<D> {
    signer: Arc<GrantSigner>,
    authority: Arc<Authority>,
    pub(super) directory: D,
}

impl<D: Directory> Worker<D> {
    /// A worker whose scopes `authority` mints; a [`TenantDb`](crate::TenantDb) that it uses is built for that one.
    ///
    /// The authority must trust the signer's key, and the keys of every token that is still queued.
    pub fn new(signer: Arc<GrantSigner>, authority: Arc<Authority>, directory: D) -> Self {
        Self { signer, authority, directory }
    }

    /// A token for a job that the scope's member queues for the scope's organization: 1 s to 7 days.
    ///
    /// The organization and the member come from the scope; there is no other way to name them
    /// (`tenancy/tests/wall_two/jobs.rs`).
    ///
    /// # Errors
    /// When the lifetime is none of those, the scope is of the platform's staff ([`JobError::Staff`]), or signing fails.
    pub fn issue<B>(&self, scope: &OrgScope<B>, job: &Job<'_>, lifetime: Duration) -> Result<JobToken, JobError> {
        token::issue(&self.signer, self.authority.audience(), scope, job, lifetime)
    }

    /// Runs `work` for the row's organization in one transaction, with a scope and a connection under a brand of its own. It
    /// commits when `work` returns `Ok`.
    ///
    /// The scope lives for at most 65 s, and its transaction as long as `work`: what waits for another service is done before, or
    /// in [`enter`](Self::enter).
    ///
    /// # Errors
    /// [`EachError::Job`] when the token is not for this row and this organization, its time is over, or the member or the
    /// organization no longer stands; then `work` was not called. What `work` returns, and the database's.
    pub async fn run<Db, R, E, F>(&self, db: &TenantDb<Db>, claimed: &Claimed<'_>, work: F) -> Result<R, EachError<E>>
    where
        Db: Driver,
        R: Send,
        E: From<diesel::result::Error> + Send,
        F: Send,
        for<'c, 's, 'id> F: AsyncFnOnce(EachOrg<'c, 's, 'id, Db>) -> Result<R, E>
            + AsyncCallback<EachOrg<'c, 's, 'id, Db>, Result<R, E>, Fut: Send>,
    {
        let request = RequestGuard::new();
        let scope = self.claim(claimed, &request).await?;
        in_transaction(db, &scope, work).await
    }

    /// Runs `work` for the row's organization with the scope alone, under a brand of its own: for a job that takes several
    /// connections one after the other, or none.
    ///
    /// # Errors
    /// When the token is not for this row and this organization, its time is over, or the member or the organization no
    /// longer stands. Then `work` was not called.
    pub async fn enter<R, F>(&self, claimed: &Claimed<'_>, work: F) -> Result<R, JobError>
    where
        for<'id> F: AsyncFnOnce(OrgScope<Brand<'id>>) -> R + AsyncCallback<OrgScope<Brand<'id>>, R, Fut: Send> + Send,
    {
        let request = RequestGuard::new();
        let scope = self.claim(claimed, &request).await?;
        Ok(scope.enter(work).await)
    }

    /// The scope of a claimed row, until `request` ends.
    async fn claim(&self, claimed: &Claimed<'_>, request: &RequestGuard) -> Result<OrgScope, JobError> {
        let said = token::verify(&self.authority, claimed.token, &claimed.job).map_err(JobError::Token)?;
        if said.org != claimed.org {
            return Err(JobError::OtherOrganization);
        }
        let standing = self.directory.standing(claimed.org, &said.sub).await?;
        self.scope(claimed.org, said.sub, standing, &claimed.job, request)
    }

    /// Through the door that every scope comes through.
    pub(super) fn scope(
        &self,
        org: OrgId,
        subject: Subject,
        standing: Standing,
        job: &Job<'_>,
        request: &RequestGuard,
    ) -> Result<OrgScope, JobError> {
        let context = RequestContext {
            method: "JOB",
            authority: job.queue,
            path_and_query: job.id,
            body: RequestBody::Bytes(job.payload),
            certificate: None,
        };
        let grant = Grant {
            audience: self.authority.audience().to_owned(),
            org,
            subject,
            session: format!("job {}", job.queue),
            epochs: standing.epochs,
            tier: standing.tier,
            assurance: "job".to_owned(),
            // No user proves anything when a job runs, so no proof is fresh there.
            authenticated_at: None,
            actor: None,
            lifetime: GRANT,
        };
        let token = self.signer.sign(&grant, &context).map_err(|error| JobError::Scope(error.into()))?;
        self.authority.admit(&token, &context, request).map_err(|error| JobError::Scope(error.into()))
    }
}

impl<D> fmt::Debug for Worker<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}
