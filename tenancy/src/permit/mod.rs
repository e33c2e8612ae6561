//! Permits: the proof that a relationship check allowed one action on one object.
//!
//! [`Permit`] follows the pattern of [`OrgScope`](crate::OrgScope). It has one constructor, in `permit/token.rs`, which only
//! [`PermitAuthority::require`] reaches, and it belongs to one scope. A statement that the schema declares as privileged has no
//! `execute` before it consumed one (TEN0025):
//!
//! ```
//! # fn main() {}
//! mod actions {
//!     pub mod invoice {
//!         // `tenancy::permissions!` writes this from your model.
//!         pub struct Void(pub i32);
//!         impl tenancy::permit::Action for Void {
//!             type Level = tenancy::permit::OrganizationLevel;
//!             type Object = tenancy::permit::Row<i32>;
//!             const OBJECT_TYPE: &'static str = "invoice";
//!             const PERMISSION: &'static str = "void";
//!             fn object(&self) -> Self::Object {
//!                 tenancy::permit::Row(self.0)
//!             }
//!         }
//!     }
//! }
//! use actions::invoice;
//!
//! tenancy::schema! {
//!     privileged(invoices: update = invoice::Void);
//!
//!     diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, status -> Text, } }
//!     diesel::table! { permission_epochs (org_id) { org_id -> Binary, epoch -> BigInt, } }
//! }
//! ```
//!
//! The engine that answers is yours to choose; `tenancy-permits` has the default one.

mod action;
mod authority;
mod denied;
mod engine;
mod list;
mod object_id;
mod token;

pub use action::{
    Action, ActionObject, AskedInOrganization, Level, NamedAction, OrganizationLevel, PlatformLevel, Row, TenantLevel,
    TheOrganization,
};
pub use authority::{PermitAuthority, PermitCounts, PermitFuture, PermitsFuture};
pub use denied::Denied;
pub use engine::{
    Answer, Decision, DecisionsFuture, EngineError, EngineFuture, ListQuestion, Listed, ListedFuture, PermissionEngine,
    Question,
};
pub use list::{ListFuture, PermittedList};
#[doc(hidden)]
pub use object_id::key;
pub use object_id::{ObjectId, subject_id};
#[cfg(feature = "postgres")]
pub(crate) use token::take_end;
pub(crate) use token::{Claim, PermitContext, expecting};
pub use token::{DetachedPermit, Permit};
/// The type of ids, unless `ids(..)` of [`permissions!`](crate::permissions!) says otherwise.
#[doc(no_inline)]
pub use uuid::Uuid;
