//! What time it is for whoever signs and whoever verifies.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The host's time since 1970. A clock before that reads as 1970: every token is then one of the future, which is refused.
pub(crate) fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
