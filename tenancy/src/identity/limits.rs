//! How long a grant lives, how far clocks may differ, and how old a proof is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A grant may not live longer than this, in seconds.
pub const MAX_LIFETIME: u64 = 60;
/// How far two machines' clocks may differ, in seconds.
pub const LEEWAY: u64 = 5;

/// Whether a proof is at most `age` old at `now`, in whole seconds. One that claims to be of the future is not, and neither is 0, which
/// stands for no proof.
pub fn is_recent(authenticated_at: u64, now: u64, age: Duration) -> bool {
    authenticated_at != 0
        && authenticated_at <= now.saturating_add(LEEWAY)
        && now.saturating_sub(authenticated_at) <= age.as_secs()
}

/// The time of a proof in seconds since 1970; `None` for 0, which stands for no proof, and beyond what a clock can say.
pub fn proof_time(authenticated_at: u64) -> Option<SystemTime> {
    if authenticated_at == 0 { None } else { UNIX_EPOCH.checked_add(Duration::from_secs(authenticated_at)) }
}
