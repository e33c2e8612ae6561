//! The gateway behind real proxies: what a browser sends through nginx, HAProxy and Caddy, as Debian packs them, and Envoy.
//!
//! A proxy that is not installed fails its tests with a message that says what to install.
#![cfg(unix)]

#[path = "../split/board.rs"]
#[allow(dead_code, reason = "shared with the other tests of the split")]
mod board;
#[path = "../split/forge.rs"]
#[allow(dead_code, reason = "shared with the other tests of the split")]
mod forge;
mod fronts;
#[path = "../split/service.rs"]
#[allow(dead_code, reason = "shared with the other tests of the split")]
mod service;
mod smuggling;
#[path = "../split/world.rs"]
#[allow(dead_code, reason = "shared with the other tests of the split")]
mod world;
