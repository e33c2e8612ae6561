//! The table of attacks on the split and these tests name each other.

use crate::support::catalogue as support;
use std::path::Path;

/// Tests of how things work when nobody attacks, and of settings.
const ORDINARY: &[&str] = &[
    "catalogue::named_tests_exist",
    "encrypted::the_split_works_over_mutual_tls",
    "http2::each_member_reaches_its_own_organization_over_http2",
    "http2::what_is_written_by_hand_works_too",
    "keys::statements_come_over_http",
    "keys::times_that_do_not_fit_are_refused",
    "smuggled::each_member_reaches_its_own_organization",
    "tokens::a_good_grant_is_taken_from_another_implementation",
];

#[test]
fn named_tests_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("../docs/attacks-split.md")).unwrap();
    let mut existing = support::existing(&root.join("tests/split"));
    existing.extend(support::existing(&root.join("tests/proxies")));
    let mut named = support::named(&table);
    named.extend(ORDINARY.iter().map(|name| (*name).to_owned()));
    let gone: Vec<_> = named.difference(&existing).collect();
    let unnamed: Vec<_> = existing.difference(&named).collect();
    assert!(gone.is_empty() && unnamed.is_empty(), "named and gone: {gone:?}; not named: {unnamed:?}");
    assert!(existing.len() > 40);
}
