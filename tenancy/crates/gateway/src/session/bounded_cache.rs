//! A bounded number of things that are kept in memory: those that were used last.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::Mutex;
use tenancy_service::__private::locked;

/// At most so many things by their keys. To keep one more, those that were not used for longest go, many at a time.
pub(crate) struct BoundedCache<K, V> {
    halves: Mutex<Halves<K, V>>,
    half: usize,
}

/// What was used since the halves changed places, and what was used before.
struct Halves<K, V> {
    recent: HashMap<K, V>,
    before: HashMap<K, V>,
}

impl<K: Hash + Eq, V: Clone> BoundedCache<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        let halves = Halves { recent: HashMap::new(), before: HashMap::new() };
        Self { halves: Mutex::new(halves), half: most / 2 }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut halves = locked(&self.halves);
        if let Some(value) = halves.recent.get(key) {
            return Some(value.clone());
        }
        let (key, value) = halves.before.remove_entry(key)?;
        let gone = halves.put(key, value.clone(), self.half);
        // Thousands may go: no caller waits for that.
        drop(halves);
        drop(gone);
        Some(value)
    }

    pub(crate) fn keep(&self, key: K, value: V) {
        let mut halves = locked(&self.halves);
        let old = halves.before.remove(&key);
        let gone = halves.put(key, value, self.half);
        drop(halves);
        drop((old, gone));
    }
}

impl<K: Hash + Eq, V> Halves<K, V> {
    /// Puts it where what was used last is; what goes for it is the caller's to drop.
    fn put(&mut self, key: K, value: V, half: usize) -> Option<HashMap<K, V>> {
        let full = self.recent.len() >= half && !self.recent.contains_key(&key);
        let gone = full.then(|| mem::replace(&mut self.before, mem::take(&mut self.recent)));
        self.recent.insert(key, value);
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<K, V> BoundedCache<K, V> {
        fn len(&self) -> usize {
            let halves = self.halves.lock().unwrap();
            halves.recent.len() + halves.before.len()
        }
    }

    #[test]
    fn what_is_used_stays_and_the_number_is_bounded() {
        let kept = BoundedCache::new(8);
        kept.keep(0, "used");
        for number in 1..1000 {
            kept.keep(number, "once");
            assert_eq!(kept.get(&0), Some("used"), "after {number}");
            assert!(kept.len() <= 8, "after {number}");
        }
        assert_eq!(kept.get(&500), None);
        assert_eq!(kept.get(&999), Some("once"));
    }

    #[test]
    fn the_newest_value_of_a_key_is_the_only_one() {
        let kept = BoundedCache::new(4);
        for number in 0..100 {
            kept.keep(0, number);
            kept.keep(1 + number, number);
            assert_eq!(kept.get(&0), Some(number));
        }
    }
}
