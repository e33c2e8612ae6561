//! `docs/attacks-secrets.md` and the tests of secrets, of TLS and of the deployments name each other.

use crate::support::catalogue::{hold, page};

const INSIDE: [&str; 5] = [
    "known::no_example_of_this_repository_is_accepted",
    "known::what_everybody_knows_is_known",
    "mount::a_mounted_file_is_seen",
    "seal::a_suspended_sealer_seals_nothing_until_it_is_given_a_key",
    "session::it_renews_at_two_thirds_and_not_all_at_once",
];

#[test]
fn every_named_test_exists() {
    hold(&page("attacks-secrets.md"), &["secrets", "tls", "deploy"], &INSIDE);
}
