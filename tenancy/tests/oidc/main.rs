//! Signing in against a certified provider, and against one that lies.
//!
//! `real.rs` starts the first (npm's `oidc-provider`, so Node and a package registry are needed: without them the tests
//! fail and say so), `liar.rs` is the second. `docs/attacks-oidc.md` says which line of the catalogue each test shows.
#![cfg(feature = "oidc")]
#![allow(missing_docs, unreachable_pub, reason = "the modules of one test program")]

mod browser;
mod catalogue;
mod discovery_lies;
mod flow;
mod forge;
mod guide;
mod key_sets;
mod liar;
mod logout_lies;
mod logouts;
mod real;
mod refreshes;
mod return_to;
mod secrets;
mod token_endpoint_lies;
mod token_forms;
mod token_lies;
mod transactions;
mod zitadel;
