//! A secret that two ends share and that changes while it is in use.

use std::sync::{Arc, Mutex, PoisonError};

/// The newest value, and the last one that the other end took, until it has taken the newest. So nothing fails between the
/// moment when one end learns of a change and the moment when the other does.
pub struct Rotating<T>(Mutex<Values<T>>);

struct Values<T> {
    newest: Arc<T>,
    taken: bool,
    before: Option<Arc<T>>,
}

impl<T> Rotating<T> {
    /// The value that both ends have.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(Values { newest: Arc::new(value), taken: false, before: None }))
    }

    /// The newest, and what to try where it is not taken.
    pub fn both(&self) -> (Arc<T>, Option<Arc<T>>) {
        let values = self.values();
        (Arc::clone(&values.newest), values.before.clone())
    }

    /// The other end took it. The one before the newest is then of no use.
    pub fn took(&self, value: &Arc<T>) {
        let mut values = self.values();
        if Arc::ptr_eq(value, &values.newest) {
            values.taken = true;
            values.before = None;
        }
    }

    /// Begins to use another. Of several that the other end never took, none displaces the one that it did.
    pub fn replace(&self, value: T) {
        let mut values = self.values();
        let old = std::mem::replace(&mut values.newest, Arc::new(value));
        if values.taken || values.before.is_none() {
            values.before = Some(old);
        }
        values.taken = false;
    }

    fn values(&self) -> std::sync::MutexGuard<'_, Values<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    fn held(turning: &Rotating<u8>) -> (u8, Option<u8>) {
        let (newest, before) = turning.both();
        (*newest, before.map(|before| *before))
    }

    #[test]
    fn the_one_that_was_taken_stays_until_the_newest_is() {
        let turning = Rotating::new(1);
        assert_eq!(held(&turning), (1, None));
        turning.took(&turning.both().0);
        // Two changes that the other end does not know of yet: it still takes the first.
        turning.replace(2);
        turning.replace(3);
        assert_eq!(held(&turning), (3, Some(1)));
        let (stale, _) = turning.both();
        turning.replace(4);
        turning.took(&stale);
        assert_eq!(held(&turning), (4, Some(1)), "what was taken is no longer the newest");
        turning.took(&turning.both().0);
        assert_eq!(held(&turning), (4, None));
        turning.replace(5);
        assert_eq!(held(&turning), (5, Some(4)));
    }
}
