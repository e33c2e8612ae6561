//! Time, as ratios: both sides of a pair run in turn, batch by batch, and the median of the batches' ratios is quoted, so a
//! machine that is busy with something else slows both. (criterion and divan time one function after the other.)

use super::modes::{Bench, Mode};
use super::report::Pair;
use std::time::{Duration, Instant};

/// Batches of each side.
const BATCHES: usize = 101;
/// How long a batch runs at least.
const BATCH: Duration = Duration::from_micros(400);

struct Clock(Vec<Pair>);

impl Bench for Clock {
    fn pair(&mut self, statement: &'static str, scoped: &mut dyn FnMut(), plain: &mut dyn FnMut()) {
        let runs = runs_of_a_batch(plain);
        let _ = runs_of_a_batch(scoped);
        let mut times: Vec<(f64, f64)> = (0..BATCHES).map(|batch| in_turn(batch, runs, scoped, plain)).collect();
        times.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
        let ratio = times[BATCHES / 2].0 / times[BATCHES / 2].1;
        let mut plain: Vec<f64> = times.iter().map(|time| time.1).collect();
        plain.sort_by(f64::total_cmp);
        let plain = plain[BATCHES / 2];
        self.0.push(Pair { statement: statement.to_owned(), scoped: ratio * plain, plain });
    }
}

/// Runs until a batch takes long enough, which also warms the caches.
fn runs_of_a_batch(work: &mut dyn FnMut()) -> u32 {
    let mut runs = 1;
    while time(runs, work) < BATCH.as_nanos() as f64 / f64::from(runs) {
        runs *= 2;
    }
    runs
}

/// Nanoseconds a run.
fn time(runs: u32, work: &mut dyn FnMut()) -> f64 {
    let started = Instant::now();
    (0..runs).for_each(|_| work());
    started.elapsed().as_nanos() as f64 / f64::from(runs)
}

/// One batch of each side; who goes first changes.
fn in_turn(batch: usize, runs: u32, scoped: &mut dyn FnMut(), plain: &mut dyn FnMut()) -> (f64, f64) {
    if batch.is_multiple_of(2) {
        let first = time(runs, scoped);
        (first, time(runs, plain))
    } else {
        let first = time(runs, plain);
        (time(runs, scoped), first)
    }
}

/// Times every pair of `mode`; nanoseconds a run.
pub fn time_pairs(mode: Mode) -> Vec<Pair> {
    let mut clock = Clock(Vec::new());
    mode.visit(&mut clock);
    clock.0
}
