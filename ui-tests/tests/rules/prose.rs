//! Public text is plain English: `CONTRIBUTING.md`, section "Size and prose".

use ui_tests::{assert_none, prose, tree};

/// The folders and files whose public text follows the list. Add a place when its text does.
const FOLDERS: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs",
    "examples",
    "tenancy/errors",
    "tenancy/src",
    "tenancy/crates/audit/src",
    "tenancy/crates/cli/src",
    "tenancy/crates/gateway/src",
    "tenancy/crates/permission-model/src",
    "tenancy/crates/permits/src",
    "tenancy/crates/rls/src",
    "tenancy/crates/secrets/src",
    "tenancy/crates/service/src",
    "tenancy/crates/test-support/src",
    "tenancy/crates/testkit/src",
    "tenancy/crates/tls/src",
    "tenancy-macros/src",
    "ui-tests/README.md",
    "ui-tests/src",
    "ui-tests/tests/fail",
];

#[test]
fn public_text_has_no_banned_word() {
    assert_none(&prose::banned_words(&tree::workspace(), FOLDERS));
}

#[test]
fn no_sentence_of_public_text_is_too_long() {
    assert_none(&prose::long_sentences(&tree::workspace(), FOLDERS));
}

/// A place that was renamed would be read no more, and pass.
#[test]
fn every_place_that_is_read_is_there() {
    let missing: Vec<_> = FOLDERS.iter().filter(|place| !tree::workspace().join(place).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
