//! A table of attacks and the tests of one folder name each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every `module::name` in a text; types are capitalised, tests are not.
pub fn named(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.contains("::") && text.starts_with(char::is_lowercase)).map(str::to_owned).collect()
}

/// Every function of a folder's test modules that a test is, or is made of: `#[test]`, `#[tokio::test]`, and what stands
/// in `on_both!(..)`, `behind_each!(..)` or `on_each_database!(..)`.
pub fn existing(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).expect("a folder of tests") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let module = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = fs::read_to_string(&path).expect("a source");
        let lists = ["on_both!(", "behind_each!(", "on_each_database!("];
        let lists = lists.into_iter().flat_map(|list| text.split(list).skip(1));
        let listed = lists.filter_map(|rest| rest.split(");").next());
        let listed = listed.flat_map(|list| list.split(',')).map(|name| name.trim().to_owned());
        let below = text.lines().zip(text.lines().skip(1));
        let marked = below.filter(|(line, _)| is_test(line)).filter_map(|(_, function)| name(function));
        found.extend(listed.chain(marked).filter(|name| !name.is_empty()).map(|name| format!("{module}::{name}")));
    }
    found
}

fn is_test(line: &str) -> bool {
    line.starts_with("#[test]") || line.starts_with("#[tokio::test")
}

fn name(function: &str) -> Option<String> {
    function.split("fn ").nth(1)?.split('(').next().map(str::to_owned)
}
