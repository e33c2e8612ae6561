//! Commands that documents show are commands that the program takes.

use billing::Args;
use clap::{CommandFactory as _, Parser as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
    found.push(arguments_of_the_deployment());
    for command in found {
        let words = format!("billing --{command}");
        let words = words.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
        if let Err(why) = Args::try_parse_from(words) {
            panic!("{command}\n{why}");
        }
    }
}

/// What the container in Kubernetes is told, as one line.
fn arguments_of_the_deployment() -> String {
    let text = document("docs/deploy/kubernetes/base/deployment.yaml");
    let (_, rest) = text.split_once("          args:\n").expect("its arguments");
    let words = rest.lines().map_while(|line| line.trim_start().strip_prefix("- --"));
    let words: Vec<_> = words.collect();
    assert!(words.len() > 10, "{words:?}");
    words.join(" --")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries.flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] }).collect()
}

/// What no deployment names is no lie; so in every file, comments too, `--name` is an option of ours or of a program that is
/// listed here.
#[test]
fn every_option_that_a_deployment_names_is_there() {
    let ours = Args::command();
    let ours: BTreeSet<_> = ours.get_arguments().filter_map(|one| one.get_long()).collect();
    // `tenancy`'s are run by `tenancy/crates/cli/tests/cli/documents.rs`.
    let others = [
        ("systemctl", "now"),
        ("systemd-creds", "name"),
        ("helm", "set"),
        ("tenancy", "out"),
        ("tenancy", "manifest"),
        ("tenancy", "app-role"),
        ("tenancy", "create-role"),
        ("tenancy", "role"),
        ("tenancy", "apply"),
        ("tenancy", "ca"),
        ("tenancy", "cert"),
        ("tenancy", "key"),
        ("cargo", "test"),
    ];
    let others: BTreeSet<_> = others.iter().map(|(_, option)| *option).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deploy");
    let mut seen = 0;
    for file in files(&folder).iter().filter(|file| !file.ends_with("verify")) {
        let text = std::fs::read_to_string(file).expect("text");
        let options = text.split(|letter: char| letter.is_whitespace() || "`'\"([,=:".contains(letter));
        for option in options.filter_map(|word| word.strip_prefix("--")).filter(|name| !name.is_empty()) {
            let option = option.trim_end_matches([')', '.', '`', ';', ']']);
            assert!(
                option == "-" || ours.contains(option) || others.contains(option),
                "{}: --{option}",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// Options of programs that are not `billing`, as the guides name them.
const OF_OTHERS: [&str; 11] = [
    "path",
    "features",
    "test",
    "target",
    "all-features",
    "help",
    "workspace",
    "all-targets",
    "exclude-table-data",
    "now",
    // Of `tenancy`, where no field may have the name.
    "as",
];

/// What a guide names is there: an option of this program, of `tenancy`, or of one that is listed. A name that ends with a dash and an
/// ellipsis stands for several.
#[test]
fn every_option_that_a_guide_names_is_there() {
    let ours = Args::command();
    let ours: BTreeSet<_> = ours.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // The arguments of `tenancy` are fields of its source; its own tests run its commands.
    let mut tenancys = BTreeSet::new();
    for file in files(&root.join("tenancy/crates/cli/src")) {
        let text = std::fs::read_to_string(&file).expect("text");
        let fields = text.lines().filter_map(|line| line.trim_start().trim_start_matches("pub ").split_once(": "));
        tenancys.extend(fields.map(|(name, _)| name.trim_start_matches("pub(crate) ").replace('_', "-")));
    }
    let mut seen = BTreeSet::new();
    let guides = files(&root.join("docs/guide"));
    for file in guides.iter().chain([&root.join("README.md"), &root.join("docs/limits.md")]) {
        let text = std::fs::read_to_string(file).expect("text");
        let words = text.split(|letter: char| letter.is_whitespace() || "`'\"([,=:|".contains(letter));
        for option in words.filter_map(|word| word.strip_prefix("--")) {
            let option = option.trim_end_matches([')', '.', ']', ';', '?', '!']);
            let option = option.strip_suffix('…').unwrap_or(option);
            if !option.starts_with(|letter: char| letter.is_ascii_lowercase()) {
                continue;
            }
            let known = |name: &str| ours.contains(name) || tenancys.contains(name) || OF_OTHERS.contains(&name);
            let several = option.ends_with('-') && ours.iter().any(|one| one.starts_with(option));
            assert!(known(option) || several, "{}: --{option}", file.display());
            seen.insert(option.to_owned());
        }
    }
    // What a provider may need is found in the guide.
    let page = document("docs/guide/billing.md");
    let unnamed: Vec<_> = ours.iter().filter(|one| one.starts_with("oidc-")).collect();
    let unnamed: Vec<_> = unnamed.into_iter().filter(|one| !page.contains(&format!("--{one}"))).collect();
    assert!(unnamed.is_empty() && seen.len() > 40, "not in the guide: {unnamed:?}; {} seen", seen.len());
}
