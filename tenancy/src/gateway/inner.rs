//! The gateway of a process: what its layer, its extractors and its sessions share.

use super::builder::Settings;
use super::cache::Cache;
use super::counters::{Counters, Event};
use super::database::GatewayDb;
use super::directory::Directory;
use super::facts::Facts;
use super::id::SessionId;
use super::keys::SessionKeys;
use super::noted::Noted;
use super::own::Own;
use super::previous::Previous;
use super::refusal::{Reason, Refused};
use super::sessions::{Sessions, audit};
use super::{GatewayBuilder, GatewayLayer};
use crate::db::PoolStatus;
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::scope::{Authority, since_1970};
use std::fmt;
use std::sync::Arc;

/// The gateway of a process. It alone says whose request this is.
///
/// Cloning it is cheap. It owns the keys with which it grants, so the [`Authority`] that a
/// [`TenantDb`](crate::TenantDb) trusts comes from it: [`authority`](Self::authority).
#[derive(Clone)]
pub struct Gateway {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) db: GatewayDb,
    pub(super) keys: SessionKeys,
    pub(super) settings: Settings,
    pub(super) counters: Counters,
    pub(super) own: Own,
    pub(super) noted: Noted,
    pub(super) previous: Previous,
    pub(super) cache: Option<Cache>,
}

impl Gateway {
    /// A gateway over these tables, with these keys, for browsers that reach it at `origin`, for instance
    /// `https://billing.example`. Call [`build`](GatewayBuilder::build).
    pub fn builder(db: GatewayDb, keys: SessionKeys, origin: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(db, keys, origin.into())
    }

    /// The authority that admits this gateway's grants: what a [`TenantDb`](crate::TenantDb) is built for.
    pub fn authority(&self) -> &Authority {
        self.inner.own.authority()
    }

    /// The layer for routes that only signed-in users reach. Without a live session the handler never runs: `401`.
    ///
    /// The body of a request that changes something is read whole before the session is looked up, so that nobody sends the
    /// last of it after the session has ended: `413` beyond [`longest_body`](GatewayBuilder::longest_body), `408` after
    /// [`body_timeout`](GatewayBuilder::body_timeout).
    pub fn layer(&self) -> GatewayLayer {
        GatewayLayer::new(Arc::clone(&self.inner), true)
    }

    /// The layer for routes that anybody reaches: the page to sign in, the provider's callback. Everything else is
    /// checked as under [`layer`](Self::layer), and a handler's `Session` or `OrgScope` argument is still refused without a
    /// session.
    pub fn open_layer(&self) -> GatewayLayer {
        GatewayLayer::new(Arc::clone(&self.inner), false)
    }

    /// As [`layer`](Self::layer) for routes that read a body while it arrives, uploads for instance. The form token has to be in
    /// the header [`FORM_HEADER`](super::FORM_HEADER).
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

    /// Whether the gateway's tables answer to its role and can be written to, for whoever decides if the process is given
    /// requests: without them every request is `503`, and without writing nobody signs in and every refusal goes unrecorded. It
    /// writes one row, always the same. It waits up to 5 s for a connection, and for the answer without end: put a timeout
    /// around it, and serve no more than a status where others can ask.
    pub async fn is_ready(&self) -> bool {
        const TABLES: &str = "SELECT count(*) FROM (SELECT 1 FROM gateway_sessions LIMIT 1) one";
        /// Whether it may be written to, without a line.
        const AUDIT: &str = "INSERT INTO gateway_audit (at, event) SELECT ?, ? WHERE 1 = 0";
        /// What the janitor takes away by itself.
        const WRITE: &str = "INSERT INTO gateway_provider_sessions (issuer, sid, keep_until) VALUES (?, ?, ?) \
                             ON CONFLICT (issuer, sid) DO UPDATE SET keep_until = excluded.keep_until";
        let (db, text) = (&self.inner.db, |text: &str| Value::Text(text.to_owned()));
        let steps = vec![
            Statement::new(TABLES, Vec::new()).returning(&[Kind::Int]),
            Statement::new(AUDIT, vec![db.now(), text("ready")]),
            Statement::new(WRITE, vec![text(""), text("ready"), db.now()]).required(),
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
    pub fn refused(&self, reason: Reason) -> u64 {
        self.inner.counters.refused(reason)
    }
}

impl Inner {
    /// Counts and logs a refusal.
    pub(super) fn refuse(&self, reason: Reason) -> Refused {
        self.counters.refuse(reason);
        tracing::info!(target: "tenancy::gateway", reason = reason.name(), "refused");
        Refused::new(reason, self.settings.not_a_member)
    }

    /// Counts, logs and records the refusal of something that a known session asked for.
    ///
    /// The refusal stands even when it cannot be recorded: the log then says so.
    pub(super) async fn refuse_known(&self, reason: Reason, facts: &Facts) -> Refused {
        let refused = self.refuse(reason);
        let Some(more) = self.noted.due(facts.handle, self.now()) else { return refused };
        let line = |reason: &str| audit::of_session(self.db.now(), "refusal", Some(reason), facts.handle);
        let lines = more.map(|more| line(&more)).into_iter().chain([line(reason.name())]).collect();
        self.record(lines).await;
        refused
    }

    /// Writes down how many refusals had no line of their own, of sessions that went quiet since.
    pub(super) async fn record_what_was_left_out(&self) {
        for (handle, more) in self.noted.over(self.now()) {
            self.record(vec![audit::of_session(self.db.now(), "refusal", Some(&more), handle)]).await;
        }
    }

    async fn record(&self, lines: Vec<Statement>) {
        if let Err(failure) = self.db.write(lines, &[]).await {
            let code = failure.code();
            tracing::error!(target: "tenancy::gateway", %failure, code, "a refusal was not recorded");
        }
    }

    /// The time for what this process counts, in seconds since 1970: a test's clock, or the host's.
    fn now(&self) -> u64 {
        self.db.clock().unwrap_or_else(|| since_1970().as_secs())
    }

    /// What a row keeps of an id, under the key in use.
    pub(super) fn hash(&self, id: &SessionId) -> [u8; 32] {
        self.keys.hash(id, self.settings.origin.text())
    }

    /// What a row may keep of an id, under any key that is understood.
    pub(super) fn hashes(&self, id: &SessionId) -> Vec<[u8; 32]> {
        self.keys.hashes(id, self.settings.origin.text())
    }

    /// The refusal for a database that did not do as asked.
    pub(super) fn unavailable(&self, failure: &Failure) -> Refused {
        let code = failure.code();
        tracing::error!(target: "tenancy::gateway", %failure, code, "the gateway's database failed");
        self.refuse(Reason::Unavailable)
    }

    pub(super) fn did(&self, event: Event) {
        self.counters.count(event);
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.inner, f)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("settings", &self.settings).finish_non_exhaustive()
    }
}
