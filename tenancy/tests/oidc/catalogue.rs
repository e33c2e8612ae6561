//! `docs/attacks-oidc.md` and the tests name each other.

use tenancy_test_support::catalogue as support;

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

#[test]
fn every_named_test_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
    let (named, existing) = (support::named(&page()), support::existing(&folder));
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
