//! The gateway in front of services in other processes: it signs a grant for each request and passes both on.
//!
//! [`SigningKeys`] live in this process and turn by themselves; an [`Endorser`] says in a key statement that they are this
//! gateway's. [`Gateway::proxy`](super::Gateway::proxy) is the reverse proxy. See `docs/guide/split.md`.

mod endorse;
mod forward;
mod held;
mod keys;
#[cfg(feature = "tls")]
mod over_tls;
mod plan;
mod pool;
mod proxy;
mod shown;
mod upstream;

pub use crate::edge::BoxFuture;
pub use endorse::{EndorseError, Endorser, FileEndorser, KeyFileError, Unendorsed};
pub use keys::{SigningKeys, SigningKeysBuilder};
pub use plan::SigningError;
pub use proxy::{Forward, Proxy};
pub use shown::ShownCertificate;
pub use upstream::{Upstream, UpstreamError};
