//! Secrets by reference: where they are read from, and what happens when they change.
//!
//! Configuration never holds a secret. It holds a [`SecretRef`], `file:/run/secrets/database-url`, and a service reads it
//! through [`Secrets`]:
//!
//! ```
//! use tenancy_secrets::{SecretField, SecretRef, Secrets};
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     database_url: SecretField,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config: Config = serde_json::from_str(r#"{"database_url": "env:DATABASE_URL"}"#)?;
//! let reference: SecretRef = config.database_url.reference("database_url")?;
//! # let reference: SecretRef = "file:/nowhere/to/be/found".parse()?;
//! let refused = Secrets::new().read(&reference).await.unwrap_err();
//! assert_eq!(refused.to_string(), "`file:/nowhere/to/be/found`: there is no such secret: create it, or correct the reference");
//! # Ok(())
//! # }
//! ```
//!
//! | reference | read from | read again while the service runs |
//! | --- | --- | --- |
//! | `file:/path` | a file, or a mounted Kubernetes volume | yes: the folder is watched, and looked at every 30 s |
//! | `credential:name` | systemd's `$CREDENTIALS_DIRECTORY` | no: systemd puts them there when the unit starts |
//! | `env:NAME` | the environment | no: it is fixed when the process starts |
//! | `vault:mount/path#field` | Vault or OpenBao, version 2 of its key-value store (feature `vault`) | yes: asked every 30 s |
//!
//! [`Secrets::read`] refuses a secret that is missing, empty, readable by others, or a known default. [`Secrets::watch`]
//! gives a [`Watched`] value, whose readers always get the newest that was good.
//!
//! - `reference.rs` reads references; `error.rs` says what can be wrong, never showing a value;
//! - `file.rs`, `environment.rs`, `vault/` are the sources, `source.rs` what they have in common;
//! - `weak_values.rs` knows the defaults that no service may run with;
//! - `watched.rs` holds what is read again.
//!
//! What follows a secret lies with its user: `tenancy::db::follow_database_url`, `tenancy::db::follow_seal_key`,
//! `tenancy_gateway::follow_session_keys`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod abort_on_drop;
mod change_signal;
mod decode;
mod environment;
mod error;
mod file;
mod mountinfo;
mod reference;
mod source;
#[cfg(feature = "vault")]
mod vault;
mod watched;
mod weak_values;

pub use change_signal::Changes;
pub use error::{SecretError, SourceError};
pub use file::FileSource;
#[doc(no_inline)]
pub use futures_core::future::BoxFuture;
pub use reference::{RefError, Scheme, SecretField, SecretRef};
#[doc(no_inline)]
pub use secrecy::{ExposeSecret, SecretString};
pub use source::{SecretSource, Secrets};
#[cfg(feature = "vault")]
pub use vault::{VaultAuth, VaultBuilder, VaultSource, VaultStatus};
pub use watched::{Change, Watched};
