//! Whether an answer is waited for without going to sleep.
//!
//! A thread that has nothing to do sleeps, and its core with it. To wake up takes a virtual machine some 30 µs, a third of what
//! a read over loopback takes. Whoever stays awake instead saves them; but where another task or the server itself needs the
//! core, staying awake makes the answer late. So both are timed, and what lately was faster is done (`docs/benchmarks.md`).

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long somebody stays awake for an answer, at most.
const MOST: Duration = Duration::from_micros(100);
/// Every so many answers are waited for in the other way, to see whether it has become the faster one.
const TRY: u32 = 32;

/// How long the answers of a pool's connections take. Shared by all of them.
pub(crate) struct Awake {
    allowed: AtomicBool,
    most: Duration,
    waits: AtomicU32,
    asleep: Typical,
    awake: Typical,
}

/// An answer that is waited for.
pub(super) struct Wait<'a> {
    times: &'a Awake,
    awake: bool,
    since: Instant,
}

impl Awake {
    /// With one core the server could not answer while somebody waits awake.
    #[cfg(feature = "gateway")]
    pub(crate) fn new() -> Self {
        Self::allowed(std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1))
    }

    #[cfg(any(feature = "gateway", test))]
    fn allowed(allowed: bool) -> Self {
        let (asleep, awake) = (Typical::default(), Typical::default());
        Self { allowed: AtomicBool::new(allowed), most: MOST, waits: AtomicU32::new(0), asleep, awake }
    }

    /// From now on every answer is slept for.
    #[cfg(feature = "gateway")]
    pub(crate) fn forbid(&self) {
        self.allowed.store(false, Ordering::Relaxed);
    }

    /// Finds that staying awake is faster.
    #[cfg(test)]
    pub(super) fn for_at_most(most: Duration) -> Self {
        let times = Self { most, ..Self::allowed(true) };
        times.asleep.saw(Duration::from_secs(1));
        times.awake.saw(Duration::from_micros(1));
        times
    }

    pub(super) fn wait(&self) -> Wait<'_> {
        let awake = self.allowed.load(Ordering::Relaxed) && self.stays_awake();
        Wait { times: self, awake, since: Instant::now() }
    }

    fn stays_awake(&self) -> bool {
        let other = self.waits.fetch_add(1, Ordering::Relaxed) % TRY == TRY - 1;
        let faster = match (self.asleep.get(), self.awake.get()) {
            (None, _) => false,
            (Some(_), None) => true,
            // It costs processor time, so it has to be worth it: noise is not.
            (Some(asleep), Some(awake)) => awake < asleep - asleep / 16,
        };
        faster != other
    }
}

impl Wait<'_> {
    /// Whether to stay awake still.
    pub(super) fn is_awake(&self) -> bool {
        self.awake && self.since.elapsed() < self.times.most
    }

    /// The answer is here.
    pub(super) fn over(self) {
        let times = if self.awake { &self.times.awake } else { &self.times.asleep };
        times.saw(self.since.elapsed());
    }
}

/// About the median of the last times, in nanoseconds; 0 when there were none. One that took long moves it no further than
/// any other. Of two that come at once one may be forgotten, which does not matter.
#[derive(Default)]
struct Typical(AtomicU64);

/// How far it moves: far while it is far off.
fn step(typical: u64, time: u64) -> u64 {
    if time / 2 > typical || time < typical / 2 { typical / 16 } else { typical / 64 }
}

impl Typical {
    fn get(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|time| *time > 0)
    }

    fn saw(&self, time: Duration) {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1);
        let typical = match self.get() {
            None => time,
            Some(typical) if time > typical => (typical + step(typical, time) + 1).min(time),
            Some(typical) => (typical - step(typical, time)).max(time),
        };
        self.0.store(typical, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of so many answers that take as long as this, for how many somebody stays awake.
    fn waits(times: &Awake, count: usize, asleep: u64, awake: u64) -> usize {
        let stays = |_: &usize| {
            let wait = times.wait();
            let (typical, micros) = if wait.awake { (&times.awake, awake) } else { (&times.asleep, asleep) };
            typical.saw(Duration::from_micros(micros));
            wait.awake
        };
        (0..count).filter(stays).count()
    }

    #[test]
    fn what_is_faster_is_done_and_the_other_is_tried() {
        let times = Awake::allowed(true);
        waits(&times, 2_000, 120, 90);
        assert_eq!(waits(&times, 320, 120, 90), 310);
        // The server moves away, or the cores get other work.
        waits(&times, 2_000, 60, 160);
        assert_eq!(waits(&times, 320, 60, 160), 10);
        waits(&times, 2_000, 120, 90);
        assert_eq!(waits(&times, 320, 120, 90), 310);
    }

    #[test]
    fn what_is_hardly_faster_is_not_worth_it() {
        let times = Awake::allowed(true);
        waits(&times, 2_000, 500, 470);
        assert_eq!(waits(&times, 320, 500, 470), 10);
    }

    #[test]
    fn one_slow_answer_changes_nothing() {
        let times = Awake::allowed(true);
        waits(&times, 2_000, 120, 90);
        times.awake.saw(Duration::from_secs(3_600));
        assert_eq!(waits(&times, 320, 120, 90), 310);
    }

    #[test]
    fn who_may_not_never_stays_awake() {
        assert_eq!(waits(&Awake::allowed(false), 1_000, 120, 10), 0);
        let wait = Awake::allowed(true).wait().awake;
        assert!(!wait, "nothing is known yet");
    }

    #[test]
    fn nobody_stays_awake_for_long() {
        let times = Awake::allowed(true);
        let wait = |since| Wait { times: &times, awake: true, since };
        assert!(!wait(Instant::now() - MOST).is_awake());
        assert!(wait(Instant::now() + MOST).is_awake());
    }
}
