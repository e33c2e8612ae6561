//! The service of a process.

use super::layer::ServiceLayer;
use super::state::Inner;
use crate::http::rejection::RejectionReason;
use std::fmt;
use std::sync::Arc;
use tenancy::scope::Authority;

/// A service behind gateways in other processes. Cloning it is cheap.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

impl Service {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// The authority that admits the gateways' grants: what a [`TenantDb`](tenancy::TenantDb) is built for.
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
    pub fn refused(&self, reason: RejectionReason) -> u64 {
        self.inner.counters.refused(reason)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("authority", &self.inner.authority).finish_non_exhaustive()
    }
}
