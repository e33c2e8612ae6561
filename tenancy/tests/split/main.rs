//! The split topology: a gateway and a service in two processes' worth of code, over real connections, with two
//! organizations everywhere.
//!
//! One file a family of `docs/attacks-split.md`.
#![cfg(unix)]

mod altered;
#[cfg(feature = "tls")]
#[path = "../tls/authority.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of TLS; each takes its part")]
mod authority;
mod board;
mod catalogue;
mod directory;
mod epochs;
mod forge;
mod graph;
mod headers;
mod keys;
mod outages;
#[cfg(feature = "tls")]
mod over_tls;
mod replay;
mod rotation;
mod service;
mod smuggled;
mod statements;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
#[cfg(feature = "vault")]
mod vault;
mod world;
