//! The host's clock, and times as whole seconds since 1970: how tokens and tables keep them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, in seconds since 1970.
const LAST: u64 = 253_402_300_799;

/// The host's time since 1970. A clock before that reads as 1970: every token is then one of the future, which is refused.
#[cfg(feature = "jobs")]
pub(crate) fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Returns the whole seconds from 1970 to a time, and 0 for a time before.
pub fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Returns the time so many seconds after 1970, and the end of the year 9999 for a time after it.
pub fn unix_time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.min(LAST))
}
