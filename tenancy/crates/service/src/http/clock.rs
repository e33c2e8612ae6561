//! What time it is.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::__private::unix_seconds;

/// A source of the time. One of one's own is for tests.
///
/// Without one, sessions go by the database's clock, in the statement itself: several gateways then agree, and a host
/// whose clock jumps revives no session (`tenancy/tests/gateway/sessions.rs`). Keys and grants go by the host's clock.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time.
    fn now(&self) -> SystemTime;
}

/// The host's clock, or a test's.
#[derive(Debug, Clone, Default)]
pub struct Time(pub Option<Arc<dyn Clock>>);

/// The host's time since 1970. A clock before that reads as 1970: every token is then one of the future, which is refused.
pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

impl Time {
    /// The time.
    pub fn now(&self) -> SystemTime {
        self.0.as_ref().map_or_else(SystemTime::now, |clock| clock.now())
    }

    /// In seconds since 1970.
    pub fn seconds(&self) -> u64 {
        unix_seconds(self.now())
    }
}
