//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex under which nothing panics half-way through a change.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
