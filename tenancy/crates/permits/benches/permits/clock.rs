//! Both sides in turn, and the median of the ratios.

use std::time::{Duration, Instant};

/// A line of the report.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    /// Median of the plain side, in microseconds.
    pub plain: f64,
    /// Median of this side.
    pub this: f64,
    /// Median of the rounds' ratios.
    pub ratio: f64,
    pub least: f64,
    pub most: f64,
    /// Median of the ratios of the server's processor time.
    pub server: f64,
    /// The plain side against itself, by the clock.
    pub control: f64,
    pub bound: Option<f64>,
}

/// How long work took, by the client's clock and in processor time of the server's process.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    clock: Duration,
    server: Duration,
}

/// The times of the rounds: plain, this, and plain again.
#[derive(Debug, Default)]
pub struct Rounds {
    times: Vec<[f64; 3]>,
    server: Vec<f64>,
}

impl Rounds {
    /// Adds a round of as many operations of each side.
    pub fn add(&mut self, operations: usize, samples: [Sample; 3]) {
        self.times.push(samples.map(|sample| sample.clock.as_secs_f64() * 1e6 / operations as f64));
        let [plain, this, again] = samples.map(|sample| sample.server.as_secs_f64());
        self.server.push(this / f64::midpoint(plain, again));
    }

    pub fn row(&self, name: impl Into<String>, bound: Option<f64>) -> Row {
        let of = |value: &dyn Fn(&[f64; 3]) -> f64| {
            let mut values: Vec<f64> = self.times.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        // Plain is the mean of before and behind: a machine does not have the same speed at all times.
        let plain = |times: &[f64; 3]| f64::midpoint(times[0], times[2]);
        let ratios = of(&|times| times[1] / plain(times));
        let mut server = self.server.clone();
        server.sort_by(f64::total_cmp);
        Row {
            name: name.into(),
            plain: median(&of(&plain)),
            this: median(&of(&|times| times[1])),
            ratio: median(&ratios),
            least: ratios[0],
            most: ratios[ratios.len() - 1],
            server: median(&server),
            control: median(&of(&|times| times[2] / times[0])),
            bound,
        }
    }
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// How long work takes that the server's process `pid` does.
pub async fn time(pid: u32, work: impl Future<Output = ()>) -> Sample {
    let (before, begun) = (processor(pid), Instant::now());
    work.await;
    Sample { clock: begun.elapsed(), server: processor(pid).saturating_sub(before) }
}

/// The processor time of a process, to the nanosecond.
fn processor(pid: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).expect("the server is on this machine");
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    Duration::from_nanos(nanoseconds)
}
