//! A page of attacks and the tests that it names, held against each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page of `docs`.
pub fn page(name: &str) -> String {
    fs::read_to_string(root().join("../docs").join(name)).unwrap()
}

/// Every `module::name` in the page; types are capitalised, tests are not.
fn named(page: &str) -> BTreeSet<String> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.contains("::") && text.starts_with(char::is_lowercase)).map(str::to_owned).collect()
}

/// Every test of a program below `tests`: the function after `#[test]` or `#[tokio::test…]`.
fn existing(program: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(root().join("tests").join(program)).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let module = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
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

/// Every test that the page names is in one of the programs, or among `inside`, and every test of theirs is named.
pub fn hold(page: &str, programs: &[&str], inside: &[&str]) {
    let named = named(page);
    let existing: BTreeSet<String> = programs.iter().flat_map(|program| existing(program)).collect();
    let gone: Vec<_> = named.difference(&existing).filter(|name| !inside.contains(&name.as_str())).collect();
    let unnamed: Vec<_> = existing.difference(&named).filter(|name| !name.starts_with("catalogue::")).collect();
    assert!(gone.is_empty() && unnamed.is_empty(), "named and gone: {gone:?}; not named: {unnamed:?}");
}
