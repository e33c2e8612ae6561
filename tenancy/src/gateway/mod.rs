//! The gateway: it alone says whose request this is.

#[cfg(feature = "tls")]
pub mod tls;
