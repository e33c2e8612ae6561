//! What was used already, of what may be used once.

use crate::sync::locked;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Mutex;
use std::time::SystemTime;
use tenancy::__private::unix_seconds;
use tenancy::scope::{GrantError, ReplayGuard};
use uuid::Uuid;

/// Remembers each id that was used until its end, and no more ids than it has room for.
///
/// When it is full it rejects new ids, and it rejects what it may have forgotten: an id that ends no later than one that was
/// forgotten before, which only a clock that was set back brings up.
pub struct ReplayCache<K> {
    most: usize,
    memory: Mutex<Memory<K>>,
}

/// Why an id may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFirst {
    /// It was used before.
    Replayed,
    /// There is no room to remember it, or it may have been forgotten.
    Full,
}

struct Memory<K> {
    ends: HashMap<K, u64>,
    by_end: BTreeSet<(u64, K)>,
    /// The last end that was forgotten.
    forgotten: u64,
}

impl<K: Copy + Hash + Ord> ReplayCache<K> {
    /// A cache with room for so many ids.
    pub fn new(most: usize) -> Self {
        let memory = Memory { ends: HashMap::new(), by_end: BTreeSet::new(), forgotten: 0 };
        Self { most, memory: Mutex::new(memory) }
    }

    /// Uses an id, which nothing accepts any more from `end` on. Times are in seconds since 1970.
    ///
    /// # Errors
    /// [`NotFirst`]. Then it is not used.
    pub fn first(&self, id: K, end: u64, now: u64) -> Result<(), NotFirst> {
        let mut memory = locked(&self.memory);
        memory.forget(now);
        if end <= memory.forgotten {
            return Err(NotFirst::Full);
        }
        if memory.ends.contains_key(&id) {
            return Err(NotFirst::Replayed);
        }
        if memory.ends.len() >= self.most {
            return Err(NotFirst::Full);
        }
        memory.ends.insert(id, end);
        memory.by_end.insert((end, id));
        Ok(())
    }

    /// Lets an id be used again: what it was used for was not done.
    pub fn not_done(&self, id: K) {
        let mut memory = locked(&self.memory);
        if let Some(end) = memory.ends.remove(&id) {
            memory.by_end.remove(&(end, id));
        }
    }
}

impl<K: Copy + Hash + Ord> Memory<K> {
    fn forget(&mut self, now: u64) {
        while let Some((end, id)) = self.by_end.first().copied().filter(|(end, _)| *end <= now) {
            self.by_end.pop_first();
            self.ends.remove(&id);
            self.forgotten = end;
        }
    }
}

/// Grants that serve once.
impl ReplayGuard for ReplayCache<Uuid> {
    fn spend(&self, id: Uuid, until: SystemTime, now: SystemTime) -> Result<(), GrantError> {
        self.first(id, unix_seconds(until), unix_seconds(now)).map_err(|why| match why {
            NotFirst::Replayed => GrantError::Replayed,
            NotFirst::Full => GrantError::ReplayMemory,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenancy::__private::unix_time;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_grant_is_spent_once() {
        let spent = ReplayCache::new(10);
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(0)), Ok(()));
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(39)), Err(GrantError::Replayed));
        assert_eq!(spent.spend(id(2), unix_time(40), unix_time(39)), Ok(()));
    }

    #[test]
    fn what_is_over_makes_room_and_is_not_taken_back() {
        let spent = ReplayCache::new(2);
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(0)), Ok(()));
        assert_eq!(spent.spend(id(2), unix_time(50), unix_time(0)), Ok(()));
        assert_eq!(spent.spend(id(3), unix_time(60), unix_time(39)), Err(GrantError::ReplayMemory));
        assert_eq!(spent.spend(id(3), unix_time(60), unix_time(40)), Ok(()));
        // The clock is set back: the first grant is forgotten and refused all the same.
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(0)), Err(GrantError::ReplayMemory));
        assert_eq!(spent.spend(id(2), unix_time(50), unix_time(0)), Err(GrantError::Replayed));
    }

    /// There is room: what is rejected is what may have been used before.
    #[test]
    fn what_was_forgotten_is_rejected_when_the_clock_is_set_back() {
        let spent = ReplayCache::new(10);
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(0)), Ok(()));
        assert_eq!(spent.spend(id(2), unix_time(60), unix_time(40)), Ok(()));
        assert_eq!(spent.spend(id(1), unix_time(40), unix_time(0)), Err(GrantError::ReplayMemory));
        assert_eq!(spent.spend(id(3), unix_time(41), unix_time(0)), Ok(()));
    }

    #[test]
    fn an_id_whose_work_was_not_done_may_be_used_again() {
        let used = ReplayCache::new(2);
        assert_eq!(used.first("a", 11, 5), Ok(()));
        assert_eq!(used.first("a", 11, 10), Err(NotFirst::Replayed));
        assert_eq!(used.first("b", 21, 5), Ok(()));
        assert_eq!(used.first("c", 21, 5), Err(NotFirst::Full));
        assert_eq!(used.first("c", 21, 11), Ok(()), "the first one's time is over");
        assert_eq!(used.first("b", 21, 11), Err(NotFirst::Replayed));
        used.not_done("b");
        assert_eq!(used.first("b", 21, 11), Ok(()));
        used.not_done("never used");
    }

    #[test]
    fn the_memory_shrinks_again() {
        let spent = ReplayCache::new(1000);
        for number in 0..1000 {
            assert_eq!(spent.spend(id(number), unix_time(10 + number as u64 % 10), unix_time(0)), Ok(()));
        }
        assert_eq!(spent.spend(id(2000), unix_time(100), unix_time(30)), Ok(()));
        let memory = spent.memory.lock().unwrap();
        assert_eq!((memory.ends.len(), memory.by_end.len()), (1, 1));
    }
}
