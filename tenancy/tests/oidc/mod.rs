//! Signing in against a certified provider, and against one that lies.
//!
//! `real.rs` starts the first (npm's `oidc-provider`, so Node and a package registry are needed: without them the tests
//! fail and say so), `liar.rs` is the second. `docs/attacks-oidc.md` says which line of the catalogue each test shows.

mod browser;
mod catalogue;
mod client_authentication;
mod client_secret;
mod counted;
mod deviations;
mod discovery_lies;
mod flow;
pub(crate) mod forge;
mod guide;
mod joining;
mod key_sets;
mod liar;
mod logins;
mod logout_lies;
mod logouts;
mod proofs;
mod pythons;
mod real;
mod refreshes;
mod return_to;
mod sealed;
mod secrets;
mod token_endpoint_lies;
mod token_forms;
mod token_lies;
mod transactions;
mod zitadel;
