//! The gateway: it alone says whose request this is.
//!
//! A request comes in with a cookie. [`GatewayLayer`] looks its session up, a handler that takes an
//! [`OrgScope`](crate::OrgScope) gets one after its membership was checked, and neither the client nor the handler has a
//! say in which organization that is. See `docs/guide/gateway.md`.

mod builder;
mod cache;
mod carried;
mod changes;
mod clock;
mod cookie;
mod csrf;
mod database;
mod directory;
mod extract;
mod facts;
mod followed;
mod id;
mod inner;
mod kept;
mod key;
mod keys;
mod layer;
#[cfg(feature = "oidc")]
mod links;
mod noted;
#[cfg(feature = "oidc")]
pub mod oidc;
mod origin;
mod own;
mod previous;
mod received;
mod response;
mod session;
mod sessions;
mod signed_in;
#[cfg(feature = "proxy")]
pub mod split;
mod staff;
#[cfg(feature = "jobs")]
mod standing;
mod target;
mod typed;

use crate::edge::{counters, headers, refusal};

pub use crate::edge::clock::Clock;
#[cfg(feature = "tls")]
#[doc(no_inline)]
pub use crate::tls;
pub use builder::{GatewayBuilder, GatewayError};
pub use cookie::{EndSession, SetSession};
pub use counters::Event;
pub use csrf::{FORM_FIELD, FORM_HEADER};
pub use database::{GatewayDb, POSTGRES_GRANTS, POSTGRES_TABLES, SQLITE_TABLES};
pub use directory::{Directory, DirectoryError, Membership, OrganizationState};
pub(crate) use extract::scope;
pub use inner::Gateway;
pub use key::{SessionKey, SessionKeyError};
pub use keys::SessionKeys;
pub use layer::{GatewayLayer, GatewayService};
pub use origin::OriginError;
pub use refusal::{NotAMember, Reason, Refused};
pub use session::Session;
pub use sessions::{OwnSession, Sessions};
pub use signed_in::SignedIn;
pub use staff::{Entered, Entry, Visit};
pub use typed::Typed;
