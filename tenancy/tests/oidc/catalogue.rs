//! `docs/attacks-oidc.md` and the tests name each other.

#[path = "../support/catalogue.rs"]
mod shared;

const INSIDE: [&str; 2] = [
    "json::a_repeated_key_is_told_from_broken_json",
    "replay::an_id_is_taken_once_and_a_full_memory_forgets_nothing_that_could_come_again",
];

#[test]
fn every_named_test_exists() {
    shared::hold(&shared::page("attacks-oidc.md"), &["oidc"], &INSIDE);
}

#[test]
fn every_line_of_the_catalogue_is_there() {
    let page = shared::page("attacks-oidc.md");
    for line in 34..=59 {
        assert!(page.contains(&format!("\n| {line} | ")), "line {line}");
    }
}
