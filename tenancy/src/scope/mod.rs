//! The proof that the gateway decided for which organization a request acts.
//!
//! [`OrgScope`] has one constructor, in `mint.rs`, and one door that reaches it: [`Authority::admit`]. Everything
//! else here is data.

mod authority;
mod brand;
mod claim;
mod grant;
mod id;
mod key;
mod liveness;
mod mint;
#[cfg(feature = "signer")]
mod signer;

pub use authority::{Authority, PublicKey, PublicKeyError};
pub use brand::{Brand, Request};
pub use claim::Claim;
pub use grant::{Epochs, GrantError, RequestBody, RequestContext, Subject, Tier};
pub use id::OrgId;
pub use key::{Refusal, ScopeKey};
pub use liveness::RequestGuard;
pub use mint::OrgScope;
#[cfg(feature = "signer")]
pub use signer::{Grant, GrantSigner, SignerError};

pub(crate) use authority::AuthorityId;
#[cfg(feature = "jobs")]
pub(crate) use authority::Names;
#[cfg(feature = "jobs")]
pub(crate) use grant::{LEEWAY, framed};
pub(crate) use key::{an_organization_is_expected, expecting};
pub(crate) use liveness::Life;
