//! Signing in against a certified provider, and against one that lies.
//!
//! `real.rs` starts the first (npm's `oidc-provider`, so Node and a package registry are needed: without them the tests
//! fail and say so), `liar.rs` is the second. `docs/attacks-oidc.md` says which line of the catalogue each test shows.
#![cfg(feature = "oidc")]
#![allow(missing_docs, unreachable_pub, reason = "the modules of one test program")]

#[cfg(feature = "sqlite")]
#[path = "../support/on_both.rs"]
#[macro_use]
mod on_both;

#[cfg(feature = "sqlite")]
#[path = "../gateway/app.rs"]
#[allow(dead_code, reason = "shared with the gateway's tests; each takes its part")]
mod app;
mod browser;
mod catalogue;
mod client_authentication;
#[cfg(feature = "secrets")]
mod client_secret;
mod counted;
mod deviations;
mod discovery_lies;
mod flow;
#[cfg(feature = "secrets")]
#[path = "../support/folder.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod folder;
mod forge;
#[cfg(feature = "sqlite")]
mod guide;
#[cfg(feature = "sqlite")]
mod joining;
mod key_sets;
mod liar;
#[path = "../support/log.rs"]
mod log;
#[cfg(feature = "sqlite")]
mod logins;
mod logout_lies;
mod logouts;
#[cfg(feature = "sqlite")]
#[path = "../gateway/outside.rs"]
mod outside;
#[cfg(feature = "sqlite")]
#[path = "../support/pg.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod pg;
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
#[cfg(feature = "sqlite")]
#[path = "../gateway/world.rs"]
#[allow(dead_code, reason = "shared with the gateway's tests; each takes its part")]
mod world;
mod zitadel;
