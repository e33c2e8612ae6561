//! The table for `docs/benchmarks.md`.
use std::collections::BTreeMap;

use crate::generate::{Case, Content, Shape, Side};
use crate::measure::Sample;

#[derive(Default)]
pub(crate) struct Samples(BTreeMap<Case, Vec<Sample>>);

impl Samples {
    pub(crate) fn add(&mut self, case: Case, sample: Sample) {
        self.0.entry(case).or_default().push(sample);
    }

    fn sorted(&self, content: Content, side: Side, of: impl Fn(&Sample) -> f64) -> Vec<f64> {
        let mut values = self.0[&Case { content, side }].iter().map(of).collect::<Vec<_>>();
        values.sort_by(f64::total_cmp);
        values
    }
}

pub(crate) fn print(samples: &Samples, shape: &Shape) {
    println!("{} tables, features {}; seconds of rustc", shape.tables, shape.features);
    println!("| crate | | diesel min | median | tenancy min | median | ratio of minima | of medians |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for content in Content::ALL {
        line(samples, content, "wall", |sample| sample.wall);
        // Without /proc the processor's time is not known.
        line(samples, content, "cpu", |sample| sample.cpu.unwrap_or(f64::NAN));
    }
}

fn line(samples: &Samples, content: Content, unit: &str, of: impl Fn(&Sample) -> f64) {
    let diesel = samples.sorted(content, Side::Diesel, &of);
    let tenancy = samples.sorted(content, Side::Tenancy, &of);
    let (min, median) = (0, diesel.len() / 2);
    println!(
        "| {} | {unit} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
        content.name(),
        diesel[min],
        diesel[median],
        tenancy[min],
        tenancy[median],
        tenancy[min] / diesel[min],
        tenancy[median] / diesel[median],
    );
}
