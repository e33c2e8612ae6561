//! The proof that the gateway decided for which organization a request acts.
//!
//! [`OrgScope`] has one constructor, in `mint.rs`, and one door that reaches it: the verification of a grant by an
//! [`Authority`]. Everything else here is data.

mod authority;
mod brand;
mod claim;
mod clock;
mod finding;
mod grant;
mod id;
mod key;
mod liveness;
mod mint;
mod once;
#[cfg(feature = "service")]
mod ring;
#[cfg(feature = "signer")]
mod signer;
#[cfg(feature = "service")]
mod statement;
mod token;
mod trusted;

pub use authority::{Authority, PublicKey, PublicKeyError};
pub use brand::{Brand, Request};
pub use claim::Claim;
pub use finding::Finding;
pub use grant::{Actor, Epochs, GrantError, RequestBody, RequestContext, Subject, Tier};
pub use id::OrgId;
pub use key::{Refusal, ScopeKey};
pub use liveness::RequestGuard;
pub use mint::OrgScope;
#[cfg(feature = "service")]
pub use ring::KeyRing;
#[cfg(feature = "signer")]
pub use signer::{Grant, GrantSigner, SignerError};
#[cfg(feature = "service")]
pub use statement::StatementError;

#[cfg(feature = "gateway")]
pub(crate) use authority::Admission;
pub(crate) use authority::AuthorityId;
#[cfg(feature = "jobs")]
pub(crate) use authority::Names;
#[cfg(any(feature = "jobs", feature = "gateway", feature = "service"))]
pub(crate) use clock::since_1970;
pub(crate) use grant::Facts;
#[cfg(any(feature = "jobs", feature = "gateway"))]
pub(crate) use grant::LEEWAY;
#[cfg(feature = "gateway")]
pub(crate) use grant::MAX_LIFETIME;
#[cfg(any(feature = "jobs", feature = "proxy"))]
pub(crate) use grant::framed;
#[cfg(feature = "gateway")]
pub(crate) use grant::is_recent;
#[cfg(any(feature = "postgres", feature = "rls"))]
pub(crate) use key::OUTDATED;
pub(crate) use key::{an_organization_is_expected, expecting};
pub(crate) use liveness::Life;
#[cfg(feature = "service")]
pub(crate) use once::{Often, Once};
#[cfg(feature = "proxy")]
pub(crate) use statement::{MAX_LIFE, MAX_WINDOW, StatedKey, Statement, assertion};
