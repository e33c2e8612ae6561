//! How a service is set up.

use super::epochs::CurrentEpochs;
use super::key_source::ServiceKeys;
use super::replay_cache::ReplayCache;
use super::service::Service;
use super::state::Inner;
use crate::http::clock::{Clock, Time};
use crate::http::metrics::Counters;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Sets a service up; see [`Service::builder`].
#[must_use]
pub struct ServiceBuilder {
    keys: ServiceKeys,
    clock: Time,
    body: usize,
    body_time: Duration,
    remembered: usize,
    bound_only: bool,
    epochs: Option<Arc<dyn CurrentEpochs>>,
    staff: bool,
}

impl Service {
    /// A service that admits what these keys signed. Call [`build`](ServiceBuilder::build).
    pub fn builder(keys: ServiceKeys) -> ServiceBuilder {
        ServiceBuilder::new(keys)
    }
}

impl ServiceBuilder {
    pub(super) fn new(keys: ServiceKeys) -> Self {
        Self {
            keys,
            clock: Time::default(),
            body: 1024 * 1024,
            body_time: Duration::from_secs(20),
            remembered: 100_000,
            bound_only: false,
            epochs: None,
            staff: false,
        }
    }

    /// The longest body of a request, in bytes; 1 MiB unless set. Longer ones are `413`. Under
    /// [`streamed_layer`](Service::streamed_layer) the handler sets its own limit.
    pub fn longest_body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }

    /// How long to wait for a body that the grant is bound to; 20 s unless set. Then `408`.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_time = time;
        self
    }

    /// How many grants for requests that change something are remembered at a time; 100 000 unless set, about 8 MB. Each is
    /// remembered for as long as it lives, so this is what the process takes in some 35 s. Beyond it such requests are `503`.
    pub fn remembered_grants(mut self, count: usize) -> Self {
        self.remembered = count;
        self
    }

    /// Takes grants over connections with a certificate alone, whatever listeners the service has: every grant is then bound to
    /// the gateway's. Without it a grant that was signed for a connection without one, in plaintext on this machine for instance,
    /// is taken on such a connection.
    #[cfg(feature = "tls")]
    pub fn bound_grants_only(mut self) -> Self {
        self.bound_only = true;
        self
    }

    /// Where to read the epochs that hold now, for instance `DirectoryEpochs`; nowhere unless set.
    pub fn epochs(mut self, epochs: impl CurrentEpochs) -> Self {
        self.epochs = Some(Arc::new(epochs));
        self
    }

    /// Admits also grants for staff of the platform who entered an organization; they are refused unless set.
    /// [`OrgScope::actor`](tenancy::OrgScope::actor) tells who it is, and a scope that only reads is refused every write.
    pub fn admit_staff(mut self) -> Self {
        self.staff = true;
        self
    }

    /// Another clock than the host's, for tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Time(Some(clock));
        self
    }

    /// Builds the service.
    pub fn build(self) -> Service {
        let authority = self.keys.ring().authority();
        let authority = if self.staff { authority.admit_staff() } else { authority };
        let inner = Inner {
            authority,
            keys: self.keys,
            clock: self.clock,
            body: self.body,
            body_time: self.body_time,
            spent: ReplayCache::new(self.remembered),
            bound_only: self.bound_only,
            epochs: self.epochs,
            counters: Counters::new(),
        };
        Service::new(Arc::new(inner))
    }
}

impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBuilder").field("keys", &self.keys).field("body", &self.body).finish_non_exhaustive()
    }
}
