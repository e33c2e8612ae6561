//! The ids that sessions had a moment ago.

use crate::session::bounded_cache::BoundedCache;
use std::time::{Duration, Instant};

/// How many are remembered at most.
const MOST: usize = 4096;
/// How many changes are followed: a session that was switched twice in a moment.
const STEPS: usize = 4;

/// Which id followed which, for some seconds, by what a row keeps of them.
pub(crate) struct Previous {
    time: Duration,
    next: BoundedCache<Vec<u8>, NextId>,
}

#[derive(Clone)]
struct NextId {
    id_hash: Vec<u8>,
    at: Instant,
    /// By a test's clock.
    clock: Option<u64>,
}

impl Previous {
    pub(crate) fn new(time: Duration) -> Self {
        Self { time, next: BoundedCache::new(MOST) }
    }

    /// The id of `old` is `new` from now on.
    pub(crate) fn follows(&self, old: Vec<u8>, new: Vec<u8>, clock: Option<u64>) {
        if !self.time.is_zero() {
            self.next.keep(old, NextId { id_hash: new, at: Instant::now(), clock });
        }
    }

    /// The id that a session has, which had this one a moment ago.
    pub(crate) fn now(&self, old: &[u8], clock: Option<u64>) -> Option<Vec<u8>> {
        let mut found = None;
        for _ in 0..STEPS {
            let last = found.as_deref().unwrap_or(old).to_vec();
            let Some(next) = self.next.get(&last).filter(|next| next.age(clock) < self.time) else { break };
            found = Some(next.id_hash);
        }
        found
    }
}

impl NextId {
    fn age(&self, clock: Option<u64>) -> Duration {
        match (self.clock, clock) {
            (Some(then), Some(now)) => Duration::from_secs(now.saturating_sub(then)),
            _ => self.at.elapsed(),
        }
    }
}
