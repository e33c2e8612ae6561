//! Rules of this repository that a tool can check.

use std::collections::BTreeSet;
use std::path::Path;

use crate::case::Case;
use crate::{Problem, tree};

/// The longest a file in a source tree may be.
pub const LONGEST_FILE: usize = 450;

/// The most lines that a case and its twin may differ by, on each side, comments and annotations aside.
pub const LARGEST_EDIT: usize = 12;

/// Families: one folder each, below `fail` and below `pass`.
pub const FAMILIES: &[&str] = &[
    "a_unscoped",
    "b_predicate",
    "c_joins",
    "d_associations",
    "e_writes",
    "f_connection",
    "g_forging",
    "macro_input",
    "j_permits",
    "hostile",
    "mistakes",
];

/// Each case has its expected output and a compiling twin at the same path, and no file is without the others.
pub fn pairs(fail: &Path, pass: &Path) -> Vec<Problem> {
    let cases: BTreeSet<String> = tree::files(fail, ".rs").into_iter().collect();
    let twins: BTreeSet<String> = tree::files(pass, ".rs").into_iter().collect();
    let outputs: BTreeSet<String> = tree::files(fail, ".stderr").into_iter().collect();
    let mut problems = Vec::new();
    for case in &cases {
        let family = case.split_once('/').map_or("", |(family, _)| family);
        if !FAMILIES.contains(&family) {
            problems.push(Problem::new(case, format!("is in no family; they are {}", FAMILIES.join(", "))));
        }
        if !outputs.contains(&case.replace(".rs", ".stderr")) {
            problems.push(Problem::new(case, "has no .stderr; run it with TRYBUILD=overwrite and read what it says"));
        }
        if !twins.contains(case) {
            problems.push(Problem::new(case, "has no compiling twin at the same path below tests/pass"));
        }
    }
    for twin in twins.difference(&cases) {
        problems.push(Problem::new(format!("pass/{twin}"), "is the twin of no case"));
    }
    for output in &outputs {
        if !cases.contains(&output.replace(".stderr", ".rs")) {
            problems.push(Problem::new(output, "is the output of no case"));
        }
    }
    problems
}

/// Each twin differs from its case by a small edit: otherwise the case may fail for a reason that is not its name's.
pub fn smallest_edits(fail: &Path, pass: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree::files(fail, ".rs") {
        if !pass.join(&path).exists() {
            continue;
        }
        let (case, twin) = (code(&tree::read(&fail.join(&path))), code(&tree::read(&pass.join(&path))));
        let common = longest_common(&case, &twin);
        let (removed, added) = (case.len() - common, twin.len() - common);
        if removed + added == 0 {
            problems.push(Problem::new(&path, "equals its twin"));
        }
        if removed.max(added) > LARGEST_EDIT {
            let what = format!("differs from its twin by -{removed} +{added} lines, more than {LARGEST_EDIT}");
            problems.push(Problem::new(&path, what));
        }
    }
    problems
}

/// The lines of code of a file: without comments and blank lines.
pub fn code(text: &str) -> Vec<String> {
    let without_comment = text.lines().map(|line| line.split("//").next().unwrap_or("").trim().to_owned());
    without_comment.filter(|line| !line.is_empty()).collect()
}

fn longest_common(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for line in a {
        let mut diagonal = 0;
        for (index, other) in b.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if line == other { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// Cases and twins name nothing through `crate::`: twins are compiled as modules of one crate.
pub fn no_crate_paths(folder: &Path) -> Vec<Problem> {
    let files = tree::files(folder, ".rs").into_iter();
    let naming = files.filter(|path| code(&tree::read(&folder.join(path))).iter().any(|line| names_crate(line)));
    naming.map(|path| Problem::new(path, "names `crate::`; use `self::` or `super::`")).collect()
}

fn names_crate(line: &str) -> bool {
    line.match_indices("crate::")
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$'))
}

/// An error of an early phase hides those of later ones, so forging by struct literal (E0451) sits alone in its file.
pub fn literals_sit_alone(fail: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree::files(fail, ".rs") {
        let Ok(case) = Case::parse(&tree::read(&fail.join(&path))) else {
            continue;
        };
        let literal = |code: &Option<String>| code.as_deref() == Some("E0451");
        if case.annotations.iter().any(|a| literal(&a.rustc)) && case.annotations.iter().any(|a| !literal(&a.rustc)) {
            problems.push(Problem::new(path, "forging by struct literal shares its file with another error"));
        }
    }
    problems
}

/// No expected output reaches into the standard library: what it shows of it depends on what is installed.
pub fn no_standard_library(fail: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree::files(fail, ".stderr") {
        let text = tree::read(&fail.join(&path));
        let inside = ["$RUST/", "/rustc/", "lib/rustlib/src"].into_iter().find(|mark| text.contains(mark));
        if let Some(mark) = inside {
            problems.push(Problem::new(path, format!("shows the standard library's source (`{mark}`)")));
        }
    }
    problems
}

/// Cases in which diesel's `update` and `delete` list the types of `IntoUpdateTarget`, of three crates. Their order may differ
/// in a clone in another folder: bless them there, and compare the words.
pub const LISTED: &[&str] = &[
    "d_associations/delete_a_record_from_outside.stderr",
    "d_associations/update_a_record_from_outside.stderr",
    "e_writes/delete_a_record.stderr",
    "e_writes/delete_a_whole_table.stderr",
    "e_writes/update_a_record.stderr",
    "e_writes/update_a_whole_table.stderr",
    "f_connection/a_batch_of_sql.stderr",
    "mistakes/an_update_of_a_record_by_diesel.stderr",
];

/// No list of places in an expected output holds those of two dependencies: rustc sorts them by when it read the files,
/// which depends on the folder of the clone. The case's own file is always read first.
pub fn one_crate_a_list(fail: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for path in tree::files(fail, ".stderr").into_iter().filter(|path| !LISTED.contains(&path.as_str())) {
        let text = tree::read(&fail.join(&path));
        let mut before = None;
        for line in text.lines().map(str::trim_start) {
            if let Some(place) = line.strip_prefix("--> ") {
                before = crate_of(place);
            } else if let Some(here) = line.strip_prefix("::: ").and_then(crate_of) {
                if before.is_some_and(|before| before != here) {
                    problems.push(Problem::new(&path, "one list of places holds two crates': its order is not fixed"));
                    break;
                }
                before = Some(here);
            }
        }
    }
    problems
}

/// `$CARGO/diesel-$VERSION`, `$WORKSPACE/tenancy`, or `src`, which is `ui_tests`; none for a case's own file.
fn crate_of(place: &str) -> Option<&str> {
    let first = |path: &str| path.find('/').unwrap_or(path.len());
    match place.strip_prefix("$CARGO/").or(place.strip_prefix("$WORKSPACE/")) {
        Some(rest) => Some(&rest[..first(rest)]),
        None => (!place.starts_with("tests/")).then(|| &place[..first(place)]),
    }
}

/// No source file is longer than [`LONGEST_FILE`] lines. Snapshots are not sources: a test writes them.
pub fn short_files(root: &Path, folders: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for folder in folders {
        for path in tree::files(&root.join(folder), ".rs").into_iter().filter(|path| !path.contains("snapshots/")) {
            let lines = tree::read(&root.join(folder).join(&path)).lines().count();
            if lines > LONGEST_FILE {
                let what = format!("has {lines} lines, more than {LONGEST_FILE}");
                problems.push(Problem::new(format!("{folder}/{path}"), what));
            }
        }
    }
    problems
}

/// How many lines of code the files have that the table under "The trusted base" names. A file without a folder is in the one
/// before it.
///
/// # Panics
/// When one of them is not there.
pub fn trusted_lines(root: &Path, invariants: &str) -> usize {
    trusted_files(invariants).iter().map(|path| code(&tree::read(&root.join(path))).len()).sum()
}

/// The files of the trusted base, as the tables of `docs/invariants.md` name them: a name without a folder is in the one before it.
pub fn trusted_files(invariants: &str) -> Vec<String> {
    let tables = invariants.split_once("## The trusted base").map_or("", |(_, rest)| rest);
    let mut files: Vec<String> = Vec::new();
    for row in tables.lines().filter(|line| line.starts_with("| `")) {
        let named = row.split(" | ").next().unwrap_or("");
        for name in named.split('`').skip(1).step_by(2) {
            let folder = files.last().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
            files.push(if name.contains('/') { name.to_owned() } else { format!("{folder}/{name}") });
        }
    }
    files
}

/// The numbers that must agree do: the workspace's crates take each other at exactly their version, diesel at a range within one
/// minor release, the toolchain is the one that `check` asks for, and the minimum Rust is no newer than it.
pub fn versions(manifest: &str, toolchain: &str, check: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let version = value(manifest, "[workspace.package]", "version").unwrap_or_default();
    let ours = manifest.lines().filter(|line| line.starts_with("tenancy") && line.contains("path = "));
    for line in ours.filter(|line| !line.starts_with("tenancy-test-support ")) {
        let name = line.split(' ').next().unwrap_or("");
        if version.is_empty() || !line.contains(&format!("version = \"={version}\"")) {
            problems.push(Problem::new("Cargo.toml", format!("{name} must be pinned with `version = \"={version}\"`")));
        }
    }
    if !manifest.lines().any(is_one_minor_release) {
        problems.push(Problem::new(
            "Cargo.toml",
            "diesel must be `\">=2.N.M, <2.(N+1)\"`: its internals change with a minor release",
        ));
    }
    let channel = value(toolchain, "[toolchain]", "channel").unwrap_or_default();
    let minimum = value(manifest, "[workspace.package]", "rust-version").unwrap_or_default();
    if numbers(&minimum).is_empty() || numbers(&channel) < numbers(&minimum) {
        let what = format!("rust-version {minimum} is newer than the toolchain, {channel}: no test runs on it");
        problems.push(Problem::new("Cargo.toml", what));
    }
    if channel.is_empty() || !check.lines().any(|line| line == format!("RUST={channel}")) {
        problems.push(Problem::new("check", format!("must have the line `RUST={channel}`")));
    }
    problems
}

/// `diesel = { version = ">=2.3.14, <2.4", ..`
fn is_one_minor_release(line: &str) -> bool {
    let range = line.strip_prefix("diesel = { version = \">=").and_then(|rest| rest.split_once('"'));
    let Some((least, before)) = range.and_then(|(range, _)| range.split_once(", <")) else { return false };
    let (least, before) = (numbers(least), numbers(before));
    least.len() == 3 && before == [least[0], least[1] + 1]
}

/// The numbers of a version; empty when the text is not a version.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(str::parse).collect::<Result<_, _>>().unwrap_or_default()
}

fn value(toml: &str, table: &str, key: &str) -> Option<String> {
    let inside = toml.lines().skip_while(|line| *line != table).skip(1).take_while(|line| !line.starts_with('['));
    let mut pairs = inside.filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == key)?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests;
