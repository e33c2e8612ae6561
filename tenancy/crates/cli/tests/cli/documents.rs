//! Commands of `tenancy` that the documents show are commands that it takes.

use std::fs;
use std::path::Path;
use std::process::Command;

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/deploy").join(path);
    fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

#[test]
fn every_command_of_tenancy_is_one_that_it_takes() {
    let pages = [
        "README.md",
        "../guide/secrets.md",
        "../guide/wall-two.md",
        "../guide/audit.md",
        "../guide/gateway.md",
        "../guide/permissions.md",
    ]
    .map(text);
    let lines = pages.iter().flat_map(|page| page.lines());
    // As a program is called: in a block, not in a sentence.
    let commands = lines.filter_map(|line| line.trim_start_matches([' ', '$']).strip_prefix("tenancy "));
    let commands: Vec<_> = commands.map(|command| command.split(" #").next().unwrap_or_default()).collect();
    assert!(commands.len() >= 2, "{commands:?}");
    for command in commands {
        let words = command.split_whitespace().take_while(|word| !matches!(*word, ">" | "|"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_tenancy"));
        // Asked for help it reads what stands before, and does nothing.
        let output = program.args(words).arg("--help").output().expect("it runs");
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
