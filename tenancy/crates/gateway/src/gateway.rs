//! The gateway of a process.

use crate::directory::Directory;
use crate::rejection::{Rejection, RejectionReason};
use crate::request::layer::GatewayLayer;
use crate::sessions::Sessions;
use crate::state::Inner;
use crate::statements::{self, text};
use crate::support_access::{self, AccessRecord};
use std::fmt;
use std::sync::Arc;
use tenancy::db::PoolStatus;
use tenancy::scope::{Authority, OrgScope};

/// The gateway of a process. It alone says whose request this is.
///
/// Cloning it is cheap. It owns the keys with which it grants, so the [`Authority`] that a
/// [`TenantDb`](tenancy::TenantDb) trusts comes from it: [`authority`](Self::authority).
#[derive(Clone)]
pub struct Gateway {
    pub(crate) inner: Arc<Inner>,
}

impl Gateway {
    /// The authority that admits this gateway's grants: what a [`TenantDb`](tenancy::TenantDb) is built for.
    pub fn authority(&self) -> &Authority {
        self.inner.own.authority()
    }

    /// The layer for routes that only signed-in users reach. Without a live session the handler never runs: `401`.
    ///
    /// The body of a request that changes something is read whole before the session is looked up, so that no client sends
    /// the last of it after the session has ended: `413` beyond [`longest_body`](crate::GatewayBuilder::longest_body), `408` after
    /// [`body_timeout`](crate::GatewayBuilder::body_timeout).
    pub fn layer(&self) -> GatewayLayer {
        GatewayLayer::new(Arc::clone(&self.inner), true)
    }

    /// The layer for routes that any client reaches: the page to sign in, the provider's callback. Everything else is
    /// checked as under [`layer`](Self::layer), and a handler's `Session` or `OrgScope` argument is still refused without a
    /// session.
    pub fn open_layer(&self) -> GatewayLayer {
        GatewayLayer::new(Arc::clone(&self.inner), false)
    }

    /// As [`layer`](Self::layer) for routes that read a body while it arrives, uploads for instance. The form token has to be in
    /// the header [`FORM_HEADER`](crate::FORM_HEADER).
    ///
    /// The session is looked up before the body is there, and again when a handler's `Session` or `OrgScope` argument is asked
    /// for a second later or more. What was handed out by then ends with the scope's lifetime, not with the session: take a
    /// scope after the body is read, or not at all.
    pub fn streamed_layer(&self) -> GatewayLayer {
        self.layer().streamed()
    }

    /// Beginning, changing and ending sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.inner))
    }

    /// Organizations and their members. `actor` says in the audit log who acts: an operator, a job, an administrator's
    /// session handle.
    pub fn directory(&self, actor: impl Into<String>) -> Directory {
        Directory::new(Arc::clone(&self.inner), actor.into())
    }

    /// Returns whether the gateway's tables have this program's [migrations](crate::migrations), answer to its role and can be written
    /// to: for a probe that decides if the process is given requests. Without the tables every request is `503`, and without writing
    /// sign-ins fail and refusals go unrecorded. It writes one row, always the same. The log says what is missing. Migrations are asked
    /// for until they were complete once, so that a newer program's migration does not stop a running gateway. It waits up to 5 s for a connection, and for the answer without end: put a timeout
    /// around it, and serve no more than a status where others can ask.
    pub async fn is_ready(&self) -> bool {
        let db = &self.inner.db;
        if let Err(error) = db.was_migrated().await {
            tracing::warn!(target: "tenancy::gateway", %error, "the gateway's tables are not as it needs them: not ready");
            return false;
        }
        let (event, sid) = (text("ready"), text("ready"));
        let steps = vec![
            statements::ProbeTables {}.statement(),
            statements::ProbeAudit { now: db.now(), event }.statement(),
            statements::ProbeWrite { issuer: text(""), sid, now: db.now() }.required(),
        ];
        let asked = db.write(steps, &[]).await;
        if let Err(failure) = &asked {
            let code = failure.code();
            tracing::warn!(target: "tenancy::gateway", %failure, code, "the gateway's tables do not answer: not ready");
        }
        asked.is_ok()
    }

    /// What was done and refused since the process began, and how the pool of its connections stands, in the text format of
    /// Prometheus. Serve it where clients cannot reach it.
    pub fn metrics(&self) -> String {
        self.inner.counters.text("gateway") + &self.pool_status().metrics("gateway")
    }

    /// How the pool of its connections stands now.
    pub fn pool_status(&self) -> PoolStatus {
        self.inner.db.pool_status()
    }

    /// How many requests were refused for this reason since the process began.
    pub fn refused(&self, reason: RejectionReason) -> u64 {
        self.inner.counters.refused(reason)
    }

    /// Returns the entries of staff into the scope's organization, the latest first, at most 100: for a page of its own. Which of its
    /// members may see it is the service's to say.
    ///
    /// # Errors
    /// [`RejectionReason::Mint`] for a scope that is over, or that another gateway minted; [`RejectionReason::Unavailable`].
    pub async fn entries<B>(&self, scope: &OrgScope<B>) -> Result<Vec<AccessRecord>, Rejection> {
        if !self.authority().has_admitted(scope) || scope.check().is_err() {
            return Err(self.inner.refuse(RejectionReason::Mint));
        }
        support_access::list(&self.inner, scope.org_id()).await
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.inner, f)
    }
}
