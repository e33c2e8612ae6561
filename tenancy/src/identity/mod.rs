//! Who acts, for which organization, in which request: data, which never becomes a scope by itself.

mod brand;
mod grant_error;
mod limits;
mod org_id;
mod public_key;
mod request_context;
mod requested_org;
mod subject;

pub use brand::{AnyBrand, Brand, Platform, Request};
pub use grant_error::GrantError;
pub use limits::{LEEWAY, MAX_LIFETIME, is_recent, proof_time};
pub use org_id::OrgId;
pub use public_key::{PublicKey, PublicKeyError};
pub use request_context::{RequestBody, RequestContext, framed};
pub use requested_org::RequestedOrg;
pub use subject::{Actor, Epochs, Subject, Tier};
