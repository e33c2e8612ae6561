//! The gateway: it alone says whose request this is.

#[cfg(feature = "oidc")]
pub mod oidc;
mod signed_in;

pub use signed_in::SignedIn;
