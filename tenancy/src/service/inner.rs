//! The service of a process: what its layers share.

use super::builder::ServiceBuilder;
use super::epochs::CurrentEpochs;
use super::keys::ServiceKeys;
use super::layer::ServiceLayer;
use super::once::Spent;
use crate::edge::clock::Time;
use crate::edge::counters::{Counters, Event};
use crate::edge::refusal::{Reason, Refused};
use crate::scope::{Authority, GrantError, Often, Once, OrgScope, RequestContext, RequestGuard};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A service behind gateways in other processes. Cloning it is cheap.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) authority: Authority,
    pub(super) keys: ServiceKeys,
    pub(super) clock: Time,
    /// In bytes.
    pub(super) body: usize,
    pub(super) body_time: Duration,
    pub(super) spent: Spent,
    /// No grant without the certificate that it is bound to.
    pub(super) bound_only: bool,
    pub(super) epochs: Option<Arc<dyn CurrentEpochs>>,
    pub(super) counters: Counters,
}

impl Service {
    /// A service that admits what these keys signed. Call [`build`](ServiceBuilder::build).
    pub fn builder(keys: ServiceKeys) -> ServiceBuilder {
        ServiceBuilder::new(keys)
    }

    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The authority that admits the gateways' grants: what a [`TenantDb`](crate::TenantDb) is built for.
    pub fn authority(&self) -> &Authority {
        &self.inner.authority
    }

    /// The layer for routes whose requests are read whole before the handler runs: the grant is bound to the body.
    pub fn layer(&self) -> ServiceLayer {
        ServiceLayer::new(Arc::clone(&self.inner), false)
    }

    /// The layer for routes that read the body while it arrives. The grant is bound to everything but the body, and one for
    /// a route under [`layer`](Self::layer) is refused here, and the other way round.
    pub fn streamed_layer(&self) -> ServiceLayer {
        ServiceLayer::new(Arc::clone(&self.inner), true)
    }

    /// What was done and refused since the process began, in the text format of Prometheus. Serve it where clients cannot
    /// reach it.
    pub fn metrics(&self) -> String {
        self.inner.counters.text("service")
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
        tracing::info!(target: "tenancy::service", reason = reason.name(), "refused");
        Refused::new(reason, Default::default())
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
    ) -> Result<OrgScope, Reason> {
        if self.bound_only && context.certificate.is_none() {
            return Err(Reason::GrantUnbound);
        }
        let met = self.keys.answers();
        let mut admitted = self.verify(token, context, alive, changes);
        if matches!(admitted, Err(GrantError::UnknownKey)) && self.keys.ask_again(met, self.clock.seconds()).await {
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
        let once: &dyn Once = if changes { &self.spent } else { &Often };
        self.authority.admit_at(token, context, alive, self.clock.since_1970(), once)
    }

    /// Whether the membership is still the one that the gateway decided under.
    async fn stands(&self, scope: &OrgScope) -> Result<(), Reason> {
        let Some(source) = &self.epochs else { return Ok(()) };
        let asked = match scope.actor() {
            Some(actor) => source.epochs_of_staff(scope.org_id(), actor),
            None => source.epochs(scope.org_id(), scope.subject()),
        };
        let now = asked.await.map_err(|unknown| {
            let why = std::error::Error::source(&unknown).map(ToString::to_string);
            tracing::error!(target: "tenancy::service", why, "the current epochs could not be read");
            Reason::Unavailable
        })?;
        let granted = scope.epochs();
        match now {
            Some(now) if granted.org >= now.org && granted.sub >= now.sub => Ok(()),
            _ => Err(Reason::GrantEpoch),
        }
    }
}

/// What a door's refusal counts as.
fn reason(refused: GrantError) -> Reason {
    match refused {
        GrantError::TooLong | GrantError::NotAToken => Reason::GrantForm,
        GrantError::UnknownKey => Reason::GrantKey,
        GrantError::KeyTime => Reason::GrantKeyTime,
        GrantError::Signature => Reason::GrantSignature,
        GrantError::Payload | GrantError::Lifetime | GrantError::Tier => Reason::GrantProfile,
        GrantError::Issuer | GrantError::Audience => Reason::GrantParty,
        GrantError::NotYetValid | GrantError::Expired => Reason::GrantTime,
        GrantError::Replayed => Reason::GrantReplayed,
        GrantError::ReplayMemory => Reason::ReplayMemory,
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("authority", &self.inner.authority).finish_non_exhaustive()
    }
}
