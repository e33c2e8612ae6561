//! The proof that the gateway decided for which organization a request acts.
//!
//! [`OrgScope`] has one constructor, in `isolation/mint.rs`, and one door that reaches it: the verification of a grant by an
//! [`Authority`]. Everything else here is data.

#[cfg(all(test, feature = "signing"))]
mod authority_tests;
#[cfg(feature = "axum")]
pub(crate) mod extractor;
#[cfg(feature = "signing")]
mod local;
mod org_scope;
#[cfg(feature = "signing")]
mod signer;

pub use crate::identity::{
    Actor, AnyBrand, Brand, Epochs, GrantError, OrgId, Platform, PublicKey, PublicKeyError, Request, RequestBody,
    RequestContext, RequestedOrg, Subject, Tier,
};
pub use crate::isolation::{
    Authority, NoReplayGuard, OrgScope, ReplayGuard, RequestGuard, ScopeKey, TrustedKey, TrustedKeys, VerifiedGrant,
};
pub use crate::scope_error::{Finding, ScopeError};
#[cfg(feature = "axum")]
pub use extractor::ScopeRejection;
#[cfg(feature = "signing")]
pub use local::{FoundBy, LocalCheck, LocalDecision, LocalDoor, LocalError};
#[cfg(feature = "signing")]
pub use signer::{Grant, GrantSigner, SignerError};
