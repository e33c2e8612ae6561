//! `docs/attacks-secrets.md` and the tests of secrets, of TLS and of the deployments name each other.

use crate::support::catalogue::{existing, named};
use std::path::Path;

/// Tests inside the crate.
const INSIDE: [&str; 5] = [
    "known::no_example_of_this_repository_is_accepted",
    "known::what_everybody_knows_is_known",
    "mount::a_mounted_file_is_seen",
    "seal::a_suspended_sealer_seals_nothing_until_it_is_given_a_key",
    "session::it_renews_at_two_thirds_and_not_all_at_once",
];

#[test]
fn every_named_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/attacks-secrets.md")).expect("the page");
    let mut there: std::collections::BTreeSet<String> = INSIDE.map(str::to_owned).into();
    for program in ["secrets", "tls", "deploy"] {
        there.extend(existing(&root.join("tests").join(program)));
    }
    let command_line = existing(&root.join("crates/cli/tests/cli"));
    there.extend(
        command_line.into_iter().filter(|name| name.starts_with("over_tls::") || name.starts_with("documents::")),
    );
    let named = named(&page);
    let gone: Vec<_> = named.difference(&there).collect();
    let unnamed: Vec<_> = there.difference(&named).collect();
    assert!(gone.is_empty() && unnamed.is_empty(), "named and gone: {gone:?}; not named: {unnamed:?}");
}
