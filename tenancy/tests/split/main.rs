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
#[cfg(feature = "tls")]
mod bound;
mod catalogue;
mod directory;
#[cfg(feature = "tls")]
mod encrypted;
mod epochs;
mod forge;
#[cfg(feature = "tls")]
mod frames;
mod graph;
mod headers;
#[cfg(feature = "tls")]
mod held;
#[cfg(feature = "tls")]
mod http2;
mod keys;
mod lengths;
mod outages;
#[cfg(feature = "tls")]
mod over_tls;
#[path = "../support/pieces.rs"]
mod pieces;
mod proof;
mod recorder;
mod replay;
mod rotation;
mod service;
#[cfg(feature = "tls")]
#[path = "../tls/site.rs"]
#[allow(dead_code, reason = "shared with the tests of TLS")]
mod site;
mod smuggled;
mod staff;
mod statements;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
#[cfg(feature = "vault")]
mod vault;
mod world;
