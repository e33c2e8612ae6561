//! The gateway in front of services in other processes: it signs a grant for each request and passes both on.
//!
//! [`SigningKeys`] live in this process and turn by themselves; an [`Endorser`] says in a key statement that they are this
//! gateway's. [`Gateway::proxy`](super::Gateway::proxy) is the reverse proxy. See `docs/guide/split.md`.

mod client_certificate;
mod headers;
mod key_slot;
mod over_tls;
mod pool;
mod proxy;
mod root_signer;
mod rotation;
mod signing_keys;
mod upstream;
#[cfg(feature = "vault")]
mod vault;

pub use client_certificate::ShownCertificate;
pub use proxy::{Forward, Proxy};
pub use root_signer::{EndorseError, Endorser, FileEndorser, KeyFileError, Unendorsed};
pub use rotation::SigningError;
pub use signing_keys::{SigningKeys, SigningKeysBuilder};
pub use tenancy_service::BoxFuture;
pub use upstream::{Upstream, UpstreamError};
#[cfg(feature = "vault")]
pub use vault::VaultEndorser;
