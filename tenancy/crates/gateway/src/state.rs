//! What a gateway's layers, extractors and sessions share.

use crate::audit_log;
use crate::database::GatewayDb;
use crate::local_grants::LocalGrants;
use crate::metrics::{Counters, Event};
use crate::noted_rejections::Noted;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cache::Cache;
use crate::session::previous_id::Previous;
use crate::session::session_id::SessionId;
use crate::session::session_keyring::SessionKeys;
use crate::session::session_row::SessionRow;
use crate::settings::Settings;
use std::fmt;
use tenancy::db::Error;
use tenancy_service::__private::clock::since_1970;
use tenancy_service::__private::sql::{Statement, StoreError};

pub(crate) struct Inner {
    pub(crate) db: GatewayDb,
    pub(crate) keys: SessionKeys,
    pub(crate) settings: Settings,
    pub(crate) counters: Counters,
    pub(crate) own: LocalGrants,
    pub(crate) noted: Noted,
    pub(crate) previous: Previous,
    pub(crate) cache: Option<Cache>,
}

impl Inner {
    /// Counts and logs a refusal.
    pub(crate) fn refuse(&self, reason: RejectionReason) -> Rejection {
        self.counters.refuse(reason);
        tracing::info!(target: "tenancy::gateway", reason = reason.name(), "refused");
        Rejection::new(reason, self.settings.not_a_member)
    }

    /// Counts, logs and records the refusal of something that a known session asked for.
    ///
    /// The refusal stands even when it cannot be recorded: the log then says so.
    pub(crate) async fn refuse_known(&self, reason: RejectionReason, facts: &SessionRow) -> Rejection {
        let refused = self.refuse(reason);
        let Some(more) = self.noted.due(facts.handle, self.now()) else { return refused };
        let line = |reason: &str| audit_log::of_session(self.db.now(), "refusal", Some(reason), facts.handle);
        let lines = more.map(|more| line(&more)).into_iter().chain([line(reason.name())]).collect();
        self.record(lines).await;
        refused
    }

    /// Writes down how many refusals had no line of their own, of sessions that went quiet since.
    pub(crate) async fn record_what_was_left_out(&self) {
        for (handle, more) in self.noted.over(self.now()) {
            self.record(vec![audit_log::of_session(self.db.now(), "refusal", Some(&more), handle)]).await;
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
    pub(crate) fn hash(&self, id: &SessionId) -> [u8; 32] {
        self.keys.hash(id, self.settings.origin.text())
    }

    /// What a row may keep of an id, under any key that is understood.
    pub(crate) fn hashes(&self, id: &SessionId) -> Vec<[u8; 32]> {
        self.keys.hashes(id, self.settings.origin.text())
    }

    /// The refusal for a database that did not do as asked.
    pub(crate) fn unavailable(&self, failure: &StoreError) -> Rejection {
        let nothing_done = matches!(failure, StoreError::Database(Error::Pool(_)));
        self.failed(failure, if nothing_done { RejectionReason::NoConnection } else { RejectionReason::Unavailable })
    }

    /// Reports a failure after a step that had an effect: without `Retry-After`, because the request must not be sent again.
    pub(crate) fn half_done(&self, failure: &StoreError) -> Rejection {
        self.failed(failure, RejectionReason::Unavailable)
    }

    fn failed(&self, failure: &StoreError, reason: RejectionReason) -> Rejection {
        let code = failure.code();
        tracing::error!(target: "tenancy::gateway", %failure, code, "the gateway's database failed");
        self.refuse(reason)
    }

    pub(crate) fn did(&self, event: Event) {
        self.counters.count(event);
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("settings", &self.settings).finish_non_exhaustive()
    }
}
