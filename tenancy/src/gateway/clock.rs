//! What time it is.

use crate::db::platform::Value;
use std::fmt;
use std::sync::Arc;

/// A source of the time, in seconds since 1970.
///
/// Without one the database's own clock decides, in the statement itself: several gateways then agree, and a host whose
/// clock jumps revives no session (`tenancy/tests/gateway/sessions.rs`). A clock of one's own is for tests.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time, in seconds since 1970.
    fn now(&self) -> u64;
}

/// The time as a value of a statement.
#[derive(Debug, Clone, Default)]
pub(super) struct Time(pub(super) Option<Arc<dyn Clock>>);

impl Time {
    pub(super) fn now(&self) -> Value {
        self.0.as_ref().map_or(Value::Now, |clock| seconds(clock.now()))
    }
}

/// Seconds as the database keeps them. What does not fit lies further ahead than any expiry.
pub(super) fn seconds(seconds: u64) -> Value {
    Value::Int(i64::try_from(seconds).unwrap_or(i64::MAX))
}
