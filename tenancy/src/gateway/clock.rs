//! What time it is for a statement.

use crate::db::platform::Value;
use crate::edge::clock::Clock;
use std::sync::Arc;

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
