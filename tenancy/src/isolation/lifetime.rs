//! How long a scope lives: until its grant expires, and never longer than its request.

use crate::scope_error::ScopeError;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// A request's life. The code that answers the request keeps it until the answer is complete; dropping it ends every scope
/// that was admitted under it.
///
/// It confers no authority: a leaked guard only lets its scopes live until their grants expire, 70 s at most.
#[derive(Debug)]
#[must_use = "dropping the guard ends the request and its scopes"]
pub struct RequestGuard(Arc<()>);

impl RequestGuard {
    /// Begins a request.
    #[expect(clippy::new_without_default, reason = "a guard is begun on purpose, never filled in")]
    pub fn new() -> Self {
        Self(Arc::new(()))
    }

    pub(crate) fn life_until(&self, deadline: Instant) -> Life {
        Life { deadline, request: Arc::downgrade(&self.0) }
    }
}

impl Life {
    /// As long as `request`, and no grant limits it.
    pub(crate) fn of(request: &RequestGuard) -> Self {
        request.life_until(Instant::now() + LONG)
    }
}

/// Longer than a process runs; short enough for every clock.
const LONG: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Until when a scope may be used. The deadline is monotonic: setting the wall clock back does not move it.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    deadline: Instant,
    request: Weak<()>,
}

impl Life {
    /// # Errors
    /// [`ScopeError::RequestEnded`] and [`ScopeError::Expired`].
    pub(crate) fn check(&self) -> Result<(), ScopeError> {
        if self.request.strong_count() == 0 {
            return Err(ScopeError::RequestEnded);
        }
        if self.left().is_zero() { Err(ScopeError::Expired) } else { Ok(()) }
    }

    /// The time until the deadline.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}
