//! How long rustc needs for a schema, through `tenancy::schema!` and through `diesel::table!`.
//!
//! ```text
//! cargo bench -p tenancy --bench compile_time [-- --rounds 7 --tables 100 --features postgres,sqlite]
//! ```
//!
//! Writes crates that contain nothing but the schema, builds their dependencies once, and then times rustc alone
//! (`cargo check`, so `--emit=metadata`), the crates in turn, one at a time. The numbers are in `docs/benchmarks.md`.
mod generate;
mod measure;
mod report;

use std::path::PathBuf;

use generate::{Case, Shape};

fn main() {
    // Cargo calls this program in place of rustc while it measures.
    if measure::is_wrapper() {
        measure::wrap();
    }
    let options = Options::read();
    let workspace = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile-time");
    let workspace = workspace.join(options.shape.features.replace(',', "-"));
    generate::workspace(&workspace, &options.shape);
    measure::dependencies(&workspace);
    let mut samples = report::Samples::default();
    for round in 1..=options.rounds {
        for case in Case::all() {
            samples.add(case, measure::rustc(&workspace, case));
        }
        eprintln!("round {round} of {}", options.rounds);
    }
    report::print(&samples, &options.shape);
}

struct Options {
    rounds: usize,
    shape: Shape,
}

impl Options {
    fn read() -> Self {
        let mut options = Self { rounds: 7, shape: Shape { tables: 100, features: "postgres,sqlite".to_owned() } };
        // `cargo bench` adds `--bench`.
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments.next().unwrap_or_else(|| usage(&name));
            match name.as_str() {
                "--rounds" => options.rounds = value.parse().unwrap_or_else(|_| usage(&name)),
                "--tables" => options.shape.tables = value.parse().unwrap_or_else(|_| usage(&name)),
                "--features" => options.shape.features = value,
                _ => usage(&name),
            }
        }
        options
    }
}

fn usage(argument: &str) -> ! {
    eprintln!("compile_time: `{argument}`? There are --rounds N, --tables N and --features LIST");
    std::process::exit(2)
}
