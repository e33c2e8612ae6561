//! Stops asking a SpiceDB that does not answer, so that it can recover and callers do not wait for nothing.

use super::error::SpiceDbError;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts failures in a row. After some, nothing is asked for a while; then one question is, and its outcome decides.
#[derive(Debug)]
pub(super) struct Breaker {
    most: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    closed_until: Option<Instant>,
    /// One question is on its way to try whether SpiceDB answers again.
    trying: bool,
}

/// One exchange. Dropped without an outcome, it failed if its deadline has passed: the caller waited for it so long.
#[derive(Debug)]
pub(super) struct Exchange<'b> {
    breaker: &'b Breaker,
    deadline: Instant,
    tries: bool,
    ended: bool,
}

impl Breaker {
    pub(super) fn new(most: u32, pause: Duration) -> Self {
        Self { most, pause, state: Mutex::default() }
    }

    /// # Errors
    /// While nothing is asked.
    pub(super) fn begin(&self, deadline: Instant) -> Result<Exchange<'_>, SpiceDbError> {
        let mut state = self.state();
        let mut tries = false;
        if let Some(until) = state.closed_until {
            let wait = until.saturating_duration_since(Instant::now());
            if !wait.is_zero() || state.trying {
                return Err(SpiceDbError::CircuitOpen { wait });
            }
            (state.trying, tries) = (true, true);
        }
        Ok(Exchange { breaker: self, deadline, tries, ended: false })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange<'_> {
    /// SpiceDB answered, with whatever.
    pub(super) fn answered(mut self) {
        self.ended = true;
        *self.breaker.state() = State::default();
    }

    /// SpiceDB did not answer.
    pub(super) fn failed(mut self) {
        self.fail();
    }

    fn fail(&mut self) {
        self.ended = true;
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        if self.tries {
            state.trying = false;
        }
        if self.tries || state.failures >= self.breaker.most {
            state.closed_until = Some(Instant::now() + self.breaker.pause);
        }
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if Instant::now() >= self.deadline {
            self.fail();
        } else if self.tries {
            self.breaker.state().trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, SpiceDbError};
    use std::time::{Duration, Instant};

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(3_600)
    }

    fn is_open(breaker: &Breaker) -> bool {
        matches!(breaker.begin(later()), Err(SpiceDbError::CircuitOpen { .. }))
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let breaker = Breaker::new(2, Duration::from_secs(3_600));
        breaker.begin(later()).expect("closed").failed();
        breaker.begin(later()).expect("closed").answered();
        breaker.begin(later()).expect("closed").failed();
        assert!(!is_open(&breaker));
        breaker.begin(later()).expect("closed").failed();
        assert!(is_open(&breaker));
    }

    #[test]
    fn after_the_pause_one_question_tries() {
        let breaker = Breaker::new(1, Duration::ZERO);
        breaker.begin(later()).expect("closed").failed();
        let tries = breaker.begin(later()).expect("the pause is over");
        assert!(is_open(&breaker), "one question at a time");
        // Its caller went away: nothing is known, and the next question tries.
        drop(tries);
        let tries = breaker.begin(later()).expect("another try");
        tries.failed();
        let tries = breaker.begin(later()).expect("a third try");
        tries.answered();
        let both = (breaker.begin(later()), breaker.begin(later()));
        assert!(both.0.is_ok() && both.1.is_ok());
    }

    #[test]
    fn an_exchange_that_is_dropped_after_its_deadline_failed() {
        let breaker = Breaker::new(1, Duration::from_secs(3_600));
        drop(breaker.begin(Instant::now()));
        assert!(is_open(&breaker));
    }
}
