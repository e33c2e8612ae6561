//! The trusted base of wall one: if this folder is right, no other file of this crate renders an organization table without
//! its organization, and no other makes a scope, but for the local door, `scope/local.rs`: it signs a grant with a key that it made and has
//! it verified here.
//!
//! - `mint.rs` has the one constructor of a scope; what reaches it is a grant that `authority.rs` verified, with `grant.rs`
//!   (what a grant must say), `paseto.rs` (its signature), `key_set.rs` and `trusted_keys.rs` (whose signature), `replay.rs`.
//! - `lifetime.rs` ends a scope, `key.rs` is what a statement carries of it.
//! - `table.rs` keeps a table's name from all other code; `predicate.rs` renders it, each time with the organization;
//!   `scoped_from.rs` is the source that a scope gives; `const_sql.rs` puts the commonest text together while the compiler runs.
//! - `statement.rs` says what a scoped connection runs, `armed.rs` compares the organization whenever a statement is rendered.
//!
//! `docs/invariants.md` says what else must be right, and `ui-tests/tests/rules/repo.rs` counts the lines.

mod armed;
mod authority;
mod authority_id;
pub(crate) mod const_sql;
pub(crate) mod grant;
mod key;
pub(crate) mod key_set;
mod lifetime;
mod mint;
pub(crate) mod paseto;
mod predicate;
mod replay;
mod scoped_from;
mod statement;
mod table;
mod trusted_keys;
mod verified_grant;

pub(crate) use armed::Armed;
pub use authority::Authority;
pub(crate) use authority_id::AuthorityId;
pub(crate) use grant::Facts;
pub use key::ScopeKey;
pub(crate) use key::{an_organization_is_expected, expecting};
pub use key_set::TrustedKey;
pub(crate) use lifetime::Life;
pub use lifetime::RequestGuard;
pub use mint::OrgScope;
pub use paseto::verified_payload;
pub(crate) use predicate::{delete, do_update, insert_selected, insert_values, organization_column, update};
pub use replay::{NoReplayGuard, ReplayGuard};
pub(crate) use statement::sealed;
pub use statement::{ScopedSource, ScopedStatement};
pub use table::{ScopedFrom, TableName, TenantTable};
pub use trusted_keys::TrustedKeys;
pub use verified_grant::VerifiedGrant;
