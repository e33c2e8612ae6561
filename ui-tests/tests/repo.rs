//! Rules of the house, on the real tree.

use ui_tests::{Problem, assert_none, embed, paths, repo, tree};

const SOURCES: &[&str] = &[
    "tenancy/src",
    "tenancy-macros/src",
    "ui-tests/src",
    "examples/quickstart/src",
    "examples/billing/src",
    "examples/billing/tests",
    "tenancy/tests/support",
];

#[test]
fn cases_outputs_and_twins_come_together() {
    let tests = tree::workspace().join("ui-tests/tests");
    assert_none(&repo::pairs(&tests.join("fail"), &tests.join("pass")));
    assert_none(&repo::smallest_edits(&tests.join("fail"), &tests.join("pass")));
}

#[test]
fn cases_keep_to_the_rules_of_phases_and_paths() {
    let tests = tree::workspace().join("ui-tests/tests");
    assert_none(&repo::literals_sit_alone(&tests.join("fail")));
    assert_none(&repo::no_standard_library(&tests.join("fail")));
    assert_none(&repo::one_crate_a_list(&tests.join("fail")));
    assert_none(&repo::no_crate_paths(&tests.join("fail")));
    assert_none(&repo::no_crate_paths(&tests.join("pass")));
}

#[test]
fn source_files_are_short() {
    assert_none(&repo::short_files(&tree::workspace(), SOURCES));
}

#[test]
fn versions_agree() {
    let root = tree::workspace();
    let read = |path: &str| tree::read(&root.join(path));
    assert_none(&repo::versions(&read("Cargo.toml"), &read("rust-toolchain.toml"), &read("check")));
}

#[test]
fn documents_show_the_code_that_they_say_they_show() {
    let root = tree::workspace();
    let mut documents: Vec<String> = tree::files(&root.join("docs"), ".md");
    documents.iter_mut().for_each(|path| path.insert_str(0, "docs/"));
    documents.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    let existing = documents.iter().filter(|path| root.join(path).exists());
    let problems: Vec<Problem> = existing.flat_map(|path| embed::check(&root, path)).collect();
    assert_none(&problems);
}

#[test]
fn the_trusted_base_is_small() {
    let root = tree::workspace();
    let lines = repo::trusted_lines(&root, &tree::read(&root.join("docs/invariants.md")));
    assert!((1_000..1_500).contains(&lines), "docs/invariants.md says under 1,500 lines of code; there are {lines}");
}

#[test]
fn what_comments_and_documents_name_is_there() {
    let root = tree::workspace();
    let folders = [
        "docs",
        "tenancy/src",
        "tenancy/tests",
        "tenancy/benches",
        "tenancy/testkit",
        "tenancy-macros/src",
        "ui-tests/src",
        "ui-tests/tests",
        "examples/quickstart/src",
        "examples/billing/src",
        "examples/billing/tests",
    ];
    let documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ui-tests/README.md"];
    assert_none(&paths::named(&root, &folders, &documents));
}
