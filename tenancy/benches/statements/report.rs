//! Tables.

/// One statement's two costs, in instructions or nanoseconds a run.
#[derive(Debug)]
pub struct Pair {
    pub statement: String,
    pub scoped: f64,
    pub plain: f64,
}

impl Pair {
    pub fn ratio(&self) -> f64 {
        self.scoped / self.plain
    }
}

/// Prints a table in Markdown and gives back the highest ratio.
pub fn print(pairs: &[Pair], unit: &str) -> f64 {
    println!("| statement | tenancy, {unit} | plain diesel, {unit} | ratio |");
    println!("| --- | ---: | ---: | ---: |");
    for pair in pairs {
        println!("| {} | {:.0} | {:.0} | {:.3} |", pair.statement, pair.scoped, pair.plain, pair.ratio());
    }
    let all = pairs.iter().map(Pair::ratio);
    let mean = (all.clone().map(f64::ln).sum::<f64>() / pairs.len() as f64).exp();
    println!("| geometric mean | | | {mean:.3} |");
    println!();
    all.fold(0.0, f64::max)
}
