//! Seconds since 1970, as tokens count them.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now. A clock before 1970 reads as 1970, at which every token was issued in the future.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
