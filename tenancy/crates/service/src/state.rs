//! What the layers of a service share.

use super::epochs::CurrentEpochs;
use super::key_source::ServiceKeys;
use super::replay_cache::ReplayCache;
use crate::http::clock::Time;
use crate::http::metrics::{Counters, Event};
use crate::http::rejection::{Rejection, RejectionReason};
use std::sync::Arc;
use std::time::Duration;
use tenancy::scope::{Authority, GrantError, OrgScope, RequestContext, RequestGuard};

pub(super) struct Inner {
    pub(super) authority: Authority,
    pub(super) keys: ServiceKeys,
    pub(super) clock: Time,
    /// In bytes.
    pub(super) body: usize,
    pub(super) body_time: Duration,
    pub(super) spent: ReplayCache<uuid::Uuid>,
    /// No grant without the certificate that it is bound to.
    pub(super) bound_only: bool,
    pub(super) epochs: Option<Arc<dyn CurrentEpochs>>,
    pub(super) counters: Counters,
}

impl Inner {
    /// Counts and logs a refusal.
    pub(super) fn refuse(&self, reason: RejectionReason) -> Rejection {
        self.counters.refuse(reason);
        tracing::info!(target: "tenancy::service", reason = reason.name(), "refused");
        Rejection::new(reason, Default::default())
    }

    pub(super) fn did(&self, event: Event) {
        self.counters.count(event);
    }

    /// The scope that a token grants for this request: through the one door, and by the epochs that hold now.
    pub(super) async fn admit(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        alive: &RequestGuard,
        changes: bool,
    ) -> Result<OrgScope, RejectionReason> {
        if self.bound_only && context.certificate.is_none() {
            return Err(RejectionReason::GrantUnbound);
        }
        let met = self.keys.answers();
        let mut admitted = self.verify(token, context, alive, changes);
        if matches!(admitted, Err(GrantError::UnknownKey)) && self.keys.ask_again(met, self.clock.now()).await {
            self.did(Event::KeyRefresh);
            admitted = self.verify(token, context, alive, changes);
        }
        let scope = admitted.map_err(reason)?;
        self.stands(&scope).await?;
        self.did(Event::Mint);
        Ok(scope)
    }

    fn verify(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        alive: &RequestGuard,
        changes: bool,
    ) -> Result<OrgScope, GrantError> {
        let (now, once) = (self.clock.now(), changes.then_some(&self.spent));
        let verified = self.keys.ring().verify(&self.authority, token, context, now, once)?;
        Ok(verified.scope(alive, now))
    }

    /// Whether the membership is still the one that the gateway decided under.
    async fn stands(&self, scope: &OrgScope) -> Result<(), RejectionReason> {
        let Some(source) = &self.epochs else { return Ok(()) };
        let asked = match scope.actor() {
            Some(actor) => source.epochs_of_staff(scope.org_id(), actor),
            None => source.epochs(scope.org_id(), scope.subject()),
        };
        let now = asked.await.map_err(|unknown| {
            let why = std::error::Error::source(&unknown).map(ToString::to_string);
            tracing::error!(target: "tenancy::service", why, "the current epochs could not be read");
            RejectionReason::Unavailable
        })?;
        let granted = scope.epochs();
        match now {
            Some(now) if granted.org >= now.org && granted.sub >= now.sub => Ok(()),
            _ => Err(RejectionReason::GrantEpoch),
        }
    }
}

/// What a door's refusal counts as.
fn reason(refused: GrantError) -> RejectionReason {
    match refused {
        GrantError::TooLong | GrantError::NotAToken => RejectionReason::GrantForm,
        GrantError::UnknownKey => RejectionReason::GrantKey,
        GrantError::KeyTime => RejectionReason::GrantKeyTime,
        GrantError::Signature => RejectionReason::GrantSignature,

        GrantError::Issuer | GrantError::Audience => RejectionReason::GrantParty,
        GrantError::NotYetValid | GrantError::Expired => RejectionReason::GrantTime,
        GrantError::Replayed => RejectionReason::GrantReplayed,
        GrantError::ReplayMemory => RejectionReason::ReplayMemory,
        // The fields, the times or the tier; and what a later version may add.
        _ => RejectionReason::GrantProfile,
    }
}
