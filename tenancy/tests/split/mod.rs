//! The split topology: a gateway and a service in two processes' worth of code, over real connections, with two
//! organizations everywhere.
//!
//! One file a family of `docs/attacks-split.md`.

mod altered;
mod board;
mod bound;
mod catalogue;
mod directory;
mod encrypted;
mod epochs;
mod forge;
mod frames;
mod graph;
mod headers;
mod held;
mod http2;
mod keys;
mod lengths;
mod outages;
mod over_tls;
mod proof;
mod recorder;
mod replay;
mod rotation;
mod service;
mod smuggled;
mod staff;
mod statements;
mod tokens;
mod vault;
mod world;
