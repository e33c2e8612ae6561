//! Secrets by reference: where they are read from, and what happens when they change.
//!
//! Configuration never holds a secret. It holds a [`SecretRef`], `file:/run/secrets/database-url`, and a service reads it
//! through [`Secrets`]:
//!
//! ```
//! use tenancy::secrets::{SecretField, SecretRef, Secrets};
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
//! | reference | read from | read anew while the service runs |
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
//! - `known.rs` knows the defaults that nobody may run with;
//! - `watched.rs` holds what is read anew, `follow.rs` tells the seal of wall two of it, `follow_sessions.rs` the session keys,
//!   `follow_database.rs` the pools.

mod changes;
mod environment;
mod error;
mod file;
#[cfg(feature = "rls")]
mod follow;
#[cfg(feature = "postgres")]
mod follow_database;
#[cfg(feature = "gateway")]
mod follow_sessions;
mod known;
mod mount;
mod reference;
mod source;
mod task;
mod text;
#[cfg(feature = "vault")]
mod vault;
mod watched;

pub use changes::Changes;
pub use error::{Fault, SecretError};
pub use file::FileSource;
#[cfg(feature = "rls")]
pub use follow::follow_seal_key;
#[cfg(feature = "postgres")]
pub use follow_database::follow_database_url;
#[cfg(feature = "gateway")]
pub use follow_sessions::follow_session_keys;
pub use reference::{RefError, Scheme, SecretField, SecretRef};
#[doc(no_inline)]
pub use secrecy::{ExposeSecret, SecretString};
pub use source::{BoxFuture, SecretSource, Secrets};
#[cfg(all(feature = "vault", feature = "proxy"))]
pub use vault::VaultEndorser;
#[cfg(feature = "vault")]
pub use vault::{VaultAuth, VaultBuilder, VaultSource, VaultStatus};
pub use watched::{Change, Watched};
