//! What both edges of a service share: the gateway, and a service that stands behind one in another process.
//!
//! Nothing here signs, and nothing here knows a session.

pub(crate) mod admission;
pub(crate) mod body;
#[cfg(feature = "service")]
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod counters;
mod extract;
pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod refusal;

/// A future behind a pointer, as traits that are kept as objects return it.
#[cfg(any(feature = "service", feature = "proxy"))]
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
