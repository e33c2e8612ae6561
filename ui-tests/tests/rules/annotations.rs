//! The errors that each case announces are the ones that it gives.

use ui_tests::{annotations, assert_none, tree};

#[test]
fn every_case_fails_for_the_reason_that_it_announces() {
    assert_none(&annotations::check(&tree::workspace().join("ui-tests/tests/fail")));
}
