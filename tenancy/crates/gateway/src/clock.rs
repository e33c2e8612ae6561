//! What time it is for a statement.

use std::sync::Arc;
use tenancy::__private::unix_seconds;
use tenancy_service::__private::clock::Clock;
use tenancy_service::__private::sql::Value;

/// The time as a value of a statement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(pub(crate) Option<Arc<dyn Clock>>);

impl Time {
    pub(crate) fn now(&self) -> Value {
        self.0.as_ref().map_or(Value::Now, |clock| seconds(unix_seconds(clock.now())))
    }
}

/// Seconds as the database keeps them. What does not fit lies further ahead than any expiry.
pub(crate) fn seconds(seconds: u64) -> Value {
    Value::Int(i64::try_from(seconds).unwrap_or(i64::MAX))
}
