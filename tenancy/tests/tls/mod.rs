//! TLS at the gateway and to PostgreSQL, over loopback, with certificates made here.

mod connections;
mod mutual;
mod plain;
#[cfg(feature = "postgres-tls")]
mod postgres;
mod provider;
mod reload;
pub(crate) mod site;
mod versions;
