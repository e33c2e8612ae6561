//! Which grants were used already, of those that serve once.

use crate::scope::{GrantError, Once};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Remembers each spent grant until nobody would admit it any more, and no more of them than it was told.
///
/// When it is full it refuses, and it refuses what it may have forgotten: a grant that ends no later than one that was
/// forgotten before, which only a clock that was set back brings up.
pub(super) struct Spent {
    most: usize,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    ids: HashSet<Uuid>,
    by_end: BTreeSet<(u64, Uuid)>,
    /// The last end that was forgotten.
    forgotten: u64,
}

impl Spent {
    pub(super) fn new(most: usize) -> Self {
        Self { most, memory: Mutex::default() }
    }
}

impl Once for Spent {
    fn spend(&self, id: Uuid, until: u64, now: u64) -> Result<(), GrantError> {
        // Nothing panics while it holds the lock.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.forget(now);
        if until <= memory.forgotten {
            return Err(GrantError::ReplayMemory);
        }
        if memory.ids.contains(&id) {
            return Err(GrantError::Replayed);
        }
        if memory.ids.len() >= self.most {
            return Err(GrantError::ReplayMemory);
        }
        memory.ids.insert(id);
        memory.by_end.insert((until, id));
        Ok(())
    }
}

impl Memory {
    fn forget(&mut self, now: u64) {
        while let Some((end, id)) = self.by_end.first().copied().filter(|(end, _)| *end <= now) {
            self.by_end.pop_first();
            self.ids.remove(&id);
            self.forgotten = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_grant_is_spent_once() {
        let spent = Spent::new(10);
        assert_eq!(spent.spend(id(1), 40, 0), Ok(()));
        assert_eq!(spent.spend(id(1), 40, 39), Err(GrantError::Replayed));
        assert_eq!(spent.spend(id(2), 40, 39), Ok(()));
    }

    #[test]
    fn what_is_over_makes_room_and_is_not_taken_back() {
        let spent = Spent::new(2);
        assert_eq!(spent.spend(id(1), 40, 0), Ok(()));
        assert_eq!(spent.spend(id(2), 50, 0), Ok(()));
        assert_eq!(spent.spend(id(3), 60, 39), Err(GrantError::ReplayMemory));
        assert_eq!(spent.spend(id(3), 60, 40), Ok(()));
        // The clock is set back: the first grant is forgotten and refused all the same.
        assert_eq!(spent.spend(id(1), 40, 0), Err(GrantError::ReplayMemory));
        assert_eq!(spent.spend(id(2), 50, 0), Err(GrantError::Replayed));
    }

    #[test]
    fn the_memory_shrinks_again() {
        let spent = Spent::new(1000);
        for number in 0..1000 {
            assert_eq!(spent.spend(id(number), 10 + number as u64 % 10, 0), Ok(()));
        }
        assert_eq!(spent.spend(id(2000), 100, 30), Ok(()));
        let memory = spent.memory.lock().unwrap();
        assert_eq!((memory.ids.len(), memory.by_end.len()), (1, 1));
    }
}
