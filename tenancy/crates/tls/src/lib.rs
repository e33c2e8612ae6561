//! TLS at the gateway, and between it and services: the same for both, so a service that ends TLS itself links nothing that
//! signs (`tenancy/tests/split/graph.rs`).
//!
//! ```no_run
//! use tenancy_tls::{Listener, Redirects, ServerTls};
//! use tenancy_secrets::Secrets;
//!
//! # async fn run(app: axum::Router) -> Result<(), Box<dyn std::error::Error>> {
//! let (certificate, key) = ("file:/run/tls/tls.crt".parse()?, "file:/run/tls/tls.key".parse()?);
//! let tls = ServerTls::builder(certificate, key).load(&Secrets::new()).await?;
//! let https = Listener::tls(std::net::TcpListener::bind("0.0.0.0:8443")?, tls).serve(app);
//! let http = Redirects::new(std::net::TcpListener::bind("0.0.0.0:8080")?, "https://billing.example.org")?.serve();
//! tokio::try_join!(https, http)?;
//! # Ok(())
//! # }
//! ```
//!
//! - TLS 1.2 and 1.3, nothing older, whatever the process's defaults are.
//! - The certificate and its key are [secrets](tenancy_secrets): they are read together, and again when they change. A pair
//!   that does not match, or is expired, is refused: at the start the service ends, later the old pair stays.
//! - Nothing is served in plaintext but on loopback, or by [a constructor](Listener::plaintext_because) that takes a reason
//!   and logs it. [`Redirects`] sends browsers over and refuses everything else.
//! - [`ServerTlsBuilder::clients`] asks for certificates of clients; a handler takes [`ClientIdentity`].
//!
//! `identity.rs` reads a certificate and its key, `server.rs` and `client.rs` are the two ends, `client_identity.rs` is who a client
//! is; `connection.rs` is one connection, `connections.rs` counts what is open, `under_way.rs` says who is waited for, `listener.rs` serves, `redirect.rs` does so in plaintext, `hsts.rs` tells browsers to come back over TLS.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod client_identity;
mod connection;
mod connections;
mod hsts;
mod identity;
mod listener;
mod redirect;
mod rustls_config;
mod server;
mod timed;
mod under_way;

pub use client::{client_config, watch_identity};
pub use client_identity::ClientIdentity;
pub use hsts::{hsts, hsts_for_subdomains};
pub use identity::{Identity, TlsError};
pub use listener::{Listener, ListenerHandle};
pub use redirect::Redirects;
pub use server::{Clients, ServerTls, ServerTlsBuilder};
