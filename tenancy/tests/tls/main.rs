//! TLS at the gateway and to PostgreSQL, over loopback, with certificates made here.
#![cfg(unix)]
#![allow(missing_docs)]

mod authority;
#[cfg(all(feature = "postgres-tls", feature = "cli"))]
mod migrating;
mod mutual;
mod plain;
#[cfg(feature = "postgres-tls")]
mod postgres;
mod reload;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod versions;
