//! What time it is.

use std::fmt;
#[cfg(any(feature = "service", feature = "proxy"))]
use std::sync::Arc;
#[cfg(any(feature = "service", feature = "proxy"))]
use std::time::Duration;

/// A source of the time, in seconds since 1970. One of one's own is for tests.
///
/// Without one, sessions go by the database's clock, in the statement itself: several gateways then agree, and a host
/// whose clock jumps revives no session (`tenancy/tests/gateway/sessions.rs`). Keys and grants go by the host's clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time, in seconds since 1970.
    fn now(&self) -> u64;
}

/// The host's clock, or a test's.
#[cfg(any(feature = "service", feature = "proxy"))]
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(pub(crate) Option<Arc<dyn Clock>>);

#[cfg(any(feature = "service", feature = "proxy"))]
impl Time {
    /// Since 1970.
    pub(crate) fn since_1970(&self) -> Duration {
        match &self.0 {
            Some(clock) => Duration::from_secs(clock.now()),
            None => crate::scope::since_1970(),
        }
    }

    pub(crate) fn seconds(&self) -> u64 {
        self.since_1970().as_secs()
    }
}
