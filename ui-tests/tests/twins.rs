//! Every case's compiling twin, as a module each; `build.rs` writes the list. That this file compiles is the test.

#![allow(dead_code, unused, missing_docs, unreachable_pub, nonstandard_style)]
#![allow(clippy::all, reason = "twins mirror what a hurried developer writes")]

include!(concat!(env!("OUT_DIR"), "/twins.rs"));

#[test]
fn every_twin_compiles() {
    let (fail, pass) = (ui_tests::tree::workspace().join("ui-tests/tests/fail"), TWINS);
    assert_eq!(ui_tests::tree::files(&fail, ".rs").len(), pass, "twins compiled");
}
