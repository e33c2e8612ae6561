//! The table of the gateway in `docs/attacks.md` and these tests name each other.

use tenancy_test_support::catalogue as support;

use std::path::Path;

/// Tests of how things work when nobody attacks, and of settings.
const ORDINARY: &[&str] = &[
    "cache::a_cache_has_a_time_and_a_short_one",
    "catalogue::named_tests_exist",
    "csrf::a_form_is_bounded_and_reaches_the_handler_whole",
    "csrf::a_form_of_the_services_own_page_passes",
    "csrf::links_of_anywhere_lead_here",
    "extractors::a_scope_tells_strength_and_age_of_the_proof",
    "failures::a_database_in_memory_is_one_for_all_connections",
    "failures::metrics_say_how_the_pool_stands",
    "failures::migrations_may_run_again",
    "failures::settings_that_cannot_work_are_refused",
    "keys::keys_are_lines",
    "limits::a_user_has_one_session_at_least",
    "logout::signing_out_takes_the_tokens_with_it",
    "membership::each_member_sees_its_own_organization",
    "membership::the_directory_refuses_what_makes_no_sense",
    "parallel::a_database_that_takes_no_write_is_not_ready",
    "parallel::writers_at_once_wait_for_each_other",
    "ready::a_database_that_does_not_answer_is_told",
    "ready::a_gateway_is_ready_for_as_long_as_its_tables_answer",
    "ready::a_gateway_is_ready_when_its_tables_are_migrated",
    "sessions::step_up_keeps_the_user_and_the_absolute_limit",
    "sessions::the_janitor_takes_only_what_is_over_in_batches",
    "tabs::a_form_of_another_tab_says_what_was_typed",
    "tokens::a_key_is_64_hexadecimal_digits",
];

#[test]
fn named_tests_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(root.join("../docs/attacks.md")).unwrap();
    let (_, table) = list.split_once("\n## The gateway\n").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let (mut named, existing) = (support::named(table), support::existing(&root.join("tests/gateway")));
    named.extend(ORDINARY.iter().map(|name| (*name).to_owned()));
    let gone: Vec<_> = named.difference(&existing).collect();
    let unnamed: Vec<_> = existing.difference(&named).collect();
    assert!(gone.is_empty() && unnamed.is_empty(), "named and gone: {gone:?}; not named: {unnamed:?}");
    assert!(existing.len() > 90);
}
