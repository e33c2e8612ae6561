//! What was used once, remembered until it could not be used again anyway.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One process's memory of used ids. It never forgets one early: when it is full it refuses.
pub(super) struct Used {
    until: Mutex<HashMap<[u8; 32], u64>>,
    room: usize,
}

/// Whether an id may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Yes,
    No,
    /// No room to remember it.
    Full,
}

impl Used {
    pub(super) fn new(room: usize) -> Self {
        Self { until: Mutex::new(HashMap::new()), room }
    }

    /// Takes `id`, which could be used until `until`. Both times in seconds since 1970.
    pub(super) fn first(&self, id: &str, until: u64, now: u64) -> First {
        let mut kept = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let id: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        if kept.get(&id).is_some_and(|end| *end >= now) {
            return First::No;
        }
        if kept.len() >= self.room {
            kept.retain(|_, end| *end >= now);
        }
        if kept.len() >= self.room {
            return First::Full;
        }
        kept.insert(id, until);
        First::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::{First, Used};

    #[test]
    fn an_id_is_taken_once_and_a_full_memory_forgets_nothing_that_could_come_again() {
        let used = Used::new(2);
        assert_eq!(used.first("a", 10, 5), First::Yes);
        assert_eq!(used.first("a", 10, 10), First::No);
        assert_eq!(used.first("b", 20, 5), First::Yes);
        assert_eq!(used.first("c", 20, 5), First::Full);
        assert_eq!(used.first("c", 20, 11), First::Yes, "the first one's time is over");
        assert_eq!(used.first("b", 20, 11), First::No);
    }
}
