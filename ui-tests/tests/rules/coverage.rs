//! The list of attacks, the cases and the error pages cover each other.

use std::path::{Path, PathBuf};

use ui_tests::{assert_none, attacks, coverage, tree};

#[test]
fn every_attack_has_a_case_and_every_case_an_attack() {
    let root = tree::workspace();
    let list = tree::read(&root.join("docs/attacks.md"));
    assert_none(&coverage::attacks(&list, &root.join("ui-tests/tests/fail"), attacks::PROMISED, &pending(&root)));
}

#[test]
fn every_error_has_a_page_and_every_page_an_error() {
    let root = tree::workspace();
    let below = |folders: &[&str]| -> Vec<PathBuf> { folders.iter().map(|folder| root.join(folder)).collect() };
    let evidence = below(&["tenancy-macros/src/tests", "tenancy-macros/tests", "tenancy/tests", "tenancy/crates"]);
    let sources = below(&["tenancy-macros/src", "tenancy/src", "tenancy/crates"]);
    let (evidence, sources): (Vec<&Path>, Vec<&Path>) = (paths(&evidence), paths(&sources));
    let fail = root.join("ui-tests/tests/fail");
    assert_none(&coverage::error_pages(&root.join("tenancy/errors"), &fail, &evidence, &sources, &pending(&root)));
}

/// What has no case yet; the file may only shrink, and goes when it is empty.
fn pending(root: &Path) -> String {
    std::fs::read_to_string(root.join("ui-tests/pending.txt")).unwrap_or_default()
}

fn paths(folders: &[PathBuf]) -> Vec<&Path> {
    folders.iter().map(PathBuf::as_path).collect()
}

#[test]
fn the_first_error_names_what_is_missing_in_19_of_20_cases() {
    let (named, all) = coverage::first_error_names_what_is_missing(&tree::workspace().join("ui-tests/tests/fail"));
    assert!(named * 20 >= all * 19, "{named} of {all}");
}

#[test]
fn the_first_error_of_a_refused_statement_is_ours_in_9_of_10_cases() {
    let (ours, all, raw) = coverage::first_error_has_our_code(&tree::workspace().join("ui-tests/tests/fail"));
    assert!(ours * 10 >= all * 9, "{ours} of {all}; without a code: {raw:#?}");
}

#[test]
fn the_changelog_counts_the_cases() {
    let root = tree::workspace();
    let cases = tree::files(&root.join("ui-tests/tests/fail"), ".rs").len();
    let said = format!("- {cases} compile-fail cases");
    assert!(tree::read(&root.join("CHANGELOG.md")).contains(&said), "CHANGELOG.md does not say: {said}");
}
