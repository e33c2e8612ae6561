//! The same statements through `tenancy` and through plain diesel with a filter by hand: instructions and time.
//!
//! `cargo bench -p tenancy --bench statements -- --help`. What the numbers mean is in `docs/benchmarks.md`.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the other side of each comparison is plain diesel, on purpose"
)]
#![allow(unreachable_pub, missing_docs, reason = "a program: nothing of it is a library")]
#![allow(unused_parens, reason = "the list of statements writes the row `(i64)` as it writes `(i32, i32)`")]

use tenancy_test_support::pg;

mod clock;
mod instructions;
mod list;
mod modes;
mod report;
mod schema;

use modes::Mode;
use std::process::ExitCode;

const HELP: &str = "\
Runs the same statements through tenancy and through plain diesel with a filter by hand, and prints both costs.

usage: cargo bench -p tenancy --bench statements -- [--instructions | --time] [--max RATIO] [MODE ...]

  --instructions  only count instructions (needs valgrind)
  --time          only measure time
  --max RATIO     fail when a statement's instructions are above RATIO times plain diesel's
  --help          this

modes (all of them when none is named):
";

struct Asked {
    instructions: bool,
    time: bool,
    max: Option<f64>,
    modes: Vec<Mode>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "--counted") {
        mode_of(&arguments.nth(1).unwrap_or_default()).map(instructions::run_counted).expect("a mode");
        return ExitCode::SUCCESS;
    }
    let done = match asked(arguments) {
        Ok(Some(asked)) => measure(&asked),
        Ok(None) => return help(),
        Err(why) => Err(why),
    };
    done.map_or_else(
        |why| {
            eprintln!("statements: {why}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn help() -> ExitCode {
    print!("{HELP}");
    for mode in Mode::ALL {
        println!("  {:<15} {}", mode.name(), mode.explained());
    }
    ExitCode::SUCCESS
}

fn mode_of(name: &str) -> Option<Mode> {
    Mode::ALL.into_iter().find(|mode| mode.name() == name)
}

/// What the command line asks for; `None` is help.
fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Option<Asked>, String> {
    let mut asked = Asked { instructions: true, time: true, max: None, modes: Vec::new() };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo adds it.
            "--bench" => {}
            "--help" | "-h" => return Ok(None),
            "--instructions" => asked.time = false,
            "--time" => asked.instructions = false,
            "--max" => {
                let ratio = arguments.next().and_then(|ratio| ratio.parse().ok());
                asked.max = Some(ratio.ok_or("--max takes a number, such as 1.05")?);
            }
            name => asked.modes.push(mode_of(name).ok_or(format!("`{name}` is neither an option nor a mode: --help"))?),
        }
    }
    if asked.modes.is_empty() {
        asked.modes.extend(Mode::ALL);
    }
    Ok(Some(asked))
}

fn measure(asked: &Asked) -> Result<(), String> {
    let mut highest = 0_f64;
    for &mode in &asked.modes {
        // What the server does is not in the count.
        if asked.instructions && mode != Mode::Review {
            eprintln!("counting instructions: {} …", mode.name());
            let pairs = instructions::count(mode)?;
            println!("### {}: {}\n", mode.name(), mode.explained());
            highest = highest.max(report::print(&pairs, "instructions"));
        }
        if asked.time {
            eprintln!("measuring time: {} …", mode.name());
            let pairs = clock::time_pairs(mode);
            println!("### {}, time: {}\n", mode.name(), mode.explained());
            report::print(&pairs, "ns");
        }
    }
    match asked.max {
        Some(max) if highest > max => Err(format!("the highest ratio of instructions is {highest:.3}, above {max}")),
        _ => Ok(()),
    }
}
