//! TLS at the gateway and to PostgreSQL, over loopback, with certificates made here.
#![cfg(unix)]
#![allow(missing_docs)]

mod authority;
mod connections;
#[cfg(feature = "oidc")]
#[path = "../oidc/forge.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of sign-in")]
mod forge;
#[cfg(all(feature = "postgres-tls", feature = "cli"))]
mod migrating;
mod mutual;
mod plain;
#[cfg(feature = "postgres-tls")]
mod postgres;
#[cfg(feature = "oidc")]
mod provider;
mod reload;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod versions;
