//! TLS at the gateway, and between it and services: the same for both, so a service that ends TLS itself links nothing that
//! signs (`tenancy/tests/split/graph.rs`).
//!
//! ```no_run
//! use tenancy::tls::{Listener, Redirects, ServerTls};
//! use tenancy::secrets::Secrets;
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
//! - The certificate and its key are [secrets](crate::secrets): they are read together, and anew when they change. A pair
//!   that does not match, or is expired, is refused: at the start the service ends, later the old pair stays.
//! - Nothing is served in plaintext but on loopback, or by [a constructor](Listener::plaintext_because) that takes a reason
//!   and logs it. [`Redirects`] sends browsers over and refuses everything else.
//! - [`ServerTlsBuilder::clients`] asks for certificates of clients; a handler takes [`ClientIdentity`].
//!
//! `identity.rs` reads a certificate and its key, `server.rs` and `client.rs` are the two ends, `peer.rs` is who a client
//! is; `connections.rs` counts what is open, `listener.rs` serves, `redirect.rs` does so in plaintext, `hsts.rs` tells browsers to come back over TLS.

mod client;
mod connections;
mod hsts;
mod identity;
mod listener;
mod peer;
mod redirect;
mod server;

pub use client::{client_config, watch_identity};
pub use hsts::{hsts, hsts_for_subdomains};
pub use identity::{Identity, TlsError};
pub use listener::{Listener, ListenerHandle};
pub use peer::ClientIdentity;
pub use redirect::Redirects;
pub use server::{Clients, ServerTls, ServerTlsBuilder};
