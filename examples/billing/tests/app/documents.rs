//! Commands that documents show are commands that the program takes.

use billing::Args;
use clap::{CommandFactory as _, Parser as _};
use std::path::Path;

fn document(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The commands of a text, each on one line: what follows `begin` on a line, and lines that are continued.
fn commands(text: &str, begin: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    text.lines().filter_map(|line| line.trim_start().strip_prefix(begin).map(str::to_owned)).collect()
}

#[test]
fn every_command_is_one_that_the_program_takes() {
    let help = Args::command().get_after_long_help().expect("examples").to_string();
    let guide = document("docs/guide/billing.md");
    let unit = document("docs/deploy/systemd/billing.service");
    let mut found = Vec::new();
    for (text, begin, least) in [
        (&help, "billing --", 6),
        (&guide, "$ billing --", 4),
        (&guide, "$ cargo run -p billing -- --", 1),
        (&unit, "ExecStart=/usr/local/bin/billing --", 1),
    ] {
        let commands = commands(text, begin);
        assert!(commands.len() >= least, "{begin}: {commands:?}");
        found.extend(commands);
    }
    for command in found {
        let words = format!("billing --{command}");
        let words = words.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
        if let Err(why) = Args::try_parse_from(words) {
            panic!("{command}\n{why}");
        }
    }
}
