//! `docs/attacks-oidc.md` and the tests name each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const INSIDE: [&str; 2] = [
    "json::a_repeated_key_is_told_from_broken_json",
    "replay::an_id_is_taken_once_and_a_full_memory_forgets_nothing_that_could_come_again",
];

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/attacks-oidc.md")).unwrap()
}

/// Every `module::name` in the page; types are capitalised, tests are not.
fn named(page: &str) -> BTreeSet<String> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.contains("::") && text.starts_with(char::is_lowercase)).map(str::to_owned).collect()
}

/// Every test of this program: the function after `#[test]` or `#[tokio::test…]`.
fn existing() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let (module, text) =
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                let function = lines.next().unwrap();
                let name = function.split("fn ").nth(1).unwrap().split('(').next().unwrap();
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

#[test]
fn every_named_test_exists() {
    let (named, existing) = (named(&page()), existing());
    let inside: BTreeSet<String> = INSIDE.map(str::to_owned).into();
    let gone: Vec<_> = named.difference(&existing).filter(|name| !inside.contains(*name)).collect();
    let unnamed: Vec<_> = existing.difference(&named).filter(|name| !name.starts_with("catalogue::")).collect();
    assert!(gone.is_empty() && unnamed.is_empty(), "named and gone: {gone:?}; not named: {unnamed:?}");
}

#[test]
fn every_line_of_the_catalogue_is_there() {
    let page = page();
    for line in 34..=59 {
        assert!(page.contains(&format!("\n| {line} | ")), "line {line}");
    }
}
