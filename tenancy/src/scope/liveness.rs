//! How long a scope lives: until its grant expires, and never longer than its request.

use super::Refusal;
use std::sync::{Arc, Weak};
#[cfg(feature = "rls")]
use std::time::Duration;
use std::time::Instant;

/// A request's life. Whoever answers the request keeps it until the answer is complete; dropping it ends every scope
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

    pub(super) fn life_until(&self, deadline: Instant) -> Life {
        Life { deadline, request: Arc::downgrade(&self.0) }
    }
}

/// Until when a scope may be used. The deadline is monotonic: setting the wall clock back does not move it.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    deadline: Instant,
    request: Weak<()>,
}

impl Life {
    /// # Errors
    /// [`Refusal::RequestEnded`] and [`Refusal::Expired`].
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.request.strong_count() == 0 {
            return Err(Refusal::RequestEnded);
        }
        if Instant::now() >= self.deadline { Err(Refusal::Expired) } else { Ok(()) }
    }

    /// The time until the deadline.
    #[cfg(feature = "rls")]
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(feature = "rls"))]
    use std::time::Duration;

    #[test]
    fn a_scope_ends_with_its_request_and_at_its_deadline() {
        let request = RequestGuard::new();
        let live = request.life_until(Instant::now() + Duration::from_secs(60));
        assert_eq!(live.check(), Ok(()));
        assert_eq!(request.life_until(Instant::now()).check(), Err(Refusal::Expired));
        drop(request);
        assert_eq!(live.check(), Err(Refusal::RequestEnded));
    }
}
