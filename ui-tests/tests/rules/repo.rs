//! Rules of this repository, on the real tree.

use ui_tests::{Problem, assert_none, embed, paths, repo, tree};

const SOURCES: &[&str] = &[
    "tenancy/src",
    "tenancy/crates",
    "tenancy-macros/src",
    "ui-tests/src",
    "examples/quickstart/src",
    "examples/axum",
    "examples/billing/src",
    "examples/billing/tests",
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

/// What breaks stands first, then the fixes of ways around the promise; and what breaks stands nowhere else.
#[test]
fn the_changelog_begins_with_what_breaks_and_with_security() {
    let changelog = tree::read(&tree::workspace().join("CHANGELOG.md"));
    let releases: Vec<&str> = changelog.split("\n## [").skip(1).collect();
    assert!(!releases.is_empty());
    for release in releases {
        let sections: Vec<&str> = release.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let order = ["Breaking", "Security", "Added", "Changed", "Fixed"];
        let known: Vec<&str> = order.into_iter().filter(|name| sections.contains(name)).collect();
        assert_eq!(sections, known, "each section once, in this order: {order:?}");
        assert!(!release.contains("**Breaking**"), "what breaks belongs into the section Breaking");
    }
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
    assert!((1_800..2_100).contains(&lines), "docs/invariants.md says under 2,100 lines of code; there are {lines}");
}

/// The kernel: the same in every build, few enough lines to be read in one sitting, and nothing above it is used in it.
#[test]
fn isolation_is_small_and_has_no_conditional_code() {
    let root = tree::workspace();
    let folder = root.join("tenancy/src/isolation");
    let named = repo::trusted_files(&tree::read(&root.join("docs/invariants.md")));
    let mut code = 0;
    for file in tree::files(&folder, ".rs") {
        let text = tree::read(&folder.join(&file));
        let path = format!("tenancy/src/isolation/{file}");
        assert!(file == "mod.rs" || named.contains(&path), "docs/invariants.md does not name {path}");
        assert!(!text.contains("cfg"), "{file} differs between builds");
        let above = ["crate::query", "crate::db", "crate::scope::", "crate::schema::", "crate::job"];
        let used = repo::code(&text).into_iter().find(|line| above.iter().any(|folder| line.contains(folder)));
        assert_eq!(used, None, "{file} uses what is built on it");
        code += repo::code(&text).len();
    }
    assert!((700..1_000).contains(&code), "isolation/ has {code} lines of code");
}

/// What verifies a grant under a key of the caller's: the authority itself and the local door, and no other file.
#[test]
fn a_key_of_the_callers_is_verified_for_the_local_door_alone() {
    let folder = tree::workspace().join("tenancy/src");
    let calls =
        |file: &String| repo::code(&tree::read(&folder.join(file))).iter().any(|line| line.contains("verify_under"));
    let callers: Vec<String> = tree::files(&folder, ".rs").into_iter().filter(calls).collect();
    assert_eq!(callers, ["isolation/authority.rs", "scope/local.rs"]);
}

#[test]
fn what_comments_and_documents_name_is_there() {
    let root = tree::workspace();
    let folders = [
        "docs",
        "tenancy/src",
        "tenancy/crates",
        "tenancy/tests",
        "tenancy/benches",
        "tenancy-macros/src",
        "ui-tests/src",
        "ui-tests/tests",
        "examples/quickstart/src",
        "examples/axum",
        "examples/billing/src",
        "examples/billing/tests",
    ];
    let documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ui-tests/README.md"];
    assert_none(&paths::named(&root, &folders, &documents));
}
