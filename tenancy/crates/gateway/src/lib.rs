//! The gateway: it alone says whose request this is.
//!
//! A request comes in with a cookie. [`GatewayLayer`] looks its session up, a handler that takes an
//! [`OrgScope`](tenancy::OrgScope) gets one after its membership was checked, and neither the client nor the handler has a
//! say in which organization that is. See [`guide`].
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod audit_log;
mod builder;
mod clock;
mod database;
mod directory;
mod gateway;
mod local_grants;
pub mod migrations;
mod noted_rejections;
#[cfg(feature = "oidc")]
pub mod oidc;
mod origin;
mod request;
mod session;
mod sessions;
mod settings;
mod slug;
#[cfg(feature = "proxy")]
pub mod split;
mod state;
mod statements;
mod support_access;

use tenancy_service::__private::{headers, metrics, rejection};

pub use builder::{GatewayBuilder, GatewayError};
pub use database::GatewayDb;
pub use directory::{Directory, DirectoryError, Membership, OrganizationState};
pub use gateway::Gateway;
pub use metrics::Event;
pub use origin::OriginError;
pub use rejection::{NotAMember, Rejection, RejectionReason};
pub use request::csrf::{FORM_FIELD, FORM_HEADER};
pub use request::layer::{GatewayLayer, GatewayMiddleware};
pub use request::typed::Typed;
pub use session::active_access::ActiveAccess;
pub use session::cookie::{EndSession, SetSession};
pub use session::follow_keys::follow_session_keys;
pub use session::session_key::{SessionKey, SessionKeyError};
pub use session::session_keyring::SessionKeys;
pub use session::verified_identity::VerifiedIdentity;
pub use sessions::session::Session;
pub use sessions::{OwnSession, Sessions};
pub use support_access::{AccessRecord, AccessRequest};
pub use tenancy_service::Clock;

/// Pages to read from the beginning. Links between pages lead to files of the source repository.
pub mod guide {
    /// From a cookie to a scope: how to set a gateway up, and what it answers.
    #[cfg_attr(any(not(doctest), feature = "sqlite"), doc = include_str!("../guide/gateway.md"))]
    pub mod gateway {}

    /// How people sign in at an OpenID Connect provider.
    #[doc = include_str!("../guide/sign-in.md")]
    pub mod sign_in {}

    /// How to run gateway and services in different processes.
    #[cfg_attr(any(not(doctest), all(feature = "sqlite", feature = "proxy")), doc = include_str!("../guide/split.md"))]
    pub mod split {}

    /// How staff of the platform enter an organization.
    #[cfg_attr(any(not(doctest), feature = "sqlite"), doc = include_str!("../guide/staff.md"))]
    pub mod staff {}
}
