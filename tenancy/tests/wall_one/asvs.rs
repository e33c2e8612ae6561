//! `docs/asvs.md` names tests that are there, and counts its rows rightly.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tenancy_test_support::catalogue;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/asvs.md")).unwrap()
}

/// Where the page's `gateway/cookies::a_test`, `src/scope/..` and `billing/app/..` lie.
fn place(name: &str) -> (PathBuf, &str) {
    let (folder, test) = name.rsplit_once('/').unwrap_or(("", name));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = match folder.split_once('/') {
        Some(("src", rest)) => root.join("src").join(rest),
        Some(("billing", rest)) => root.join("../examples/billing/tests").join(rest),
        _ => {
            let places = ["tests", "tests/wall_one", "tests/wall_two"].map(|of| format!("{of}/{folder}"));
            let places = places.into_iter().chain([format!("crates/{folder}/tests/{folder}")]);
            let there = places.map(|place| root.join(place)).find(|place| place.is_dir());
            there.unwrap_or_else(|| root.join("crates").join(folder).join("tests"))
        }
    };
    (folder, test)
}

#[test]
fn every_named_test_exists() {
    let named = catalogue::named(&page());
    assert!(named.len() > 100, "{}", named.len());
    let gone: Vec<_> = named
        .iter()
        .filter(|name| {
            let (folder, test) = place(name);
            !catalogue::existing(&folder).contains(test)
        })
        .collect();
    assert!(gone.is_empty(), "named and gone: {gone:?}");
}

#[test]
fn every_requirement_stands_once_and_is_counted() {
    let page = page();
    let rows = page.lines().map(|line| line.trim_start_matches(['|', ' ', '*']));
    let rows: Vec<_> = rows.filter(|row| row.starts_with(|first: char| first.is_ascii_digit())).collect();
    let numbers: BTreeSet<_> = rows.iter().filter_map(|row| row.split([' ', '*']).next()).collect();
    assert_eq!(numbers.len(), rows.len(), "one stands twice");
    let mut counts = ["met", "partly", "not met", "the service's own"].map(|status| (status, 0));
    for row in &rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [_, _, _, status, proof, ""] = cells[..] else { panic!("not five columns: {row}") };
        let count = counts.iter_mut().find(|(name, _)| *name == status);
        count.unwrap_or_else(|| panic!("no status: {row}")).1 += 1;
        let shown = !catalogue::named(proof).is_empty() || proof.contains("](");
        assert!(shown || status == "not met", "nothing shows it: {row}");
    }
    let [met, partly, not_met, own] = counts.map(|(_, count)| count);
    let all = rows.len();
    let said =
        format!("Of {all} requirements {met} are met, {partly} partly, {not_met} not met, {own} the service's own.");
    assert!(page.contains(&said), "the page does not say: {said}");
}
