//! What `docs/deploy` says, held against itself, against our own rules and, where it can be, against the program that reads
//! it. `docs/deploy/verify` runs the others.
#![cfg(unix)]
#![allow(missing_docs)]

use tenancy_test_support as support;

mod documents;
mod kubernetes;
mod machine;
