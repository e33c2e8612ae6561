//! Compiles every case below `fail` and compares the compiler's output with the blessed one.
//!
//! `TENANCY_UI=e_writes cargo test -p ui-tests --test ui` runs the cases whose path contains `e_writes`;
//! `TRYBUILD=overwrite` blesses (README.md says when that is allowed).

use ui_tests::{suite, tree};

#[test]
fn every_attack_is_refused_with_the_expected_words() {
    let filter = suite::filter();
    let cases = suite::cases(&tree::workspace().join("ui-tests/tests/fail"), filter.as_deref());
    if cases.is_empty() {
        // That the suite as a whole is not empty is `coverage.rs`' business.
        assert_eq!(filter, None, "no case's path contains this filter");
        return;
    }
    // Only failing cases go through trybuild: they are then checked by one `cargo check --bins` on all cores, where a
    // single passing case would make it build and run one after the other. `twins.rs` compiles the twins.
    let suite = trybuild::TestCases::new();
    for case in cases {
        suite.compile_fail(format!("tests/fail/{case}"));
    }
}
