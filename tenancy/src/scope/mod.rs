//! The proof that the gateway decided for which organization a request acts.
//!
//! [`OrgScope`] has one constructor, in `mint.rs`, and one door that reaches it. Everything else here is data.

mod brand;
mod id;
mod key;
mod mint;

pub use brand::{Brand, Request};
pub use id::OrgId;
pub use key::{Refusal, ScopeKey};
pub(crate) use key::expecting;
pub use mint::OrgScope;
