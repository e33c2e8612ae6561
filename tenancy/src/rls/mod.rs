//! Wall two: PostgreSQL itself shows one organization only, even to raw SQL.
//!
//! From the declaration alone ([`Manifest`](crate::schema::Manifest)) a [`Plan`] builds row-level security whose policies
//! ask `tenancy.org()` which organization a transaction may see. That function believes a token in the setting
//! `tenancy.scope` which only a process with a [`SealKey`] can make. So neither injected SQL nor the password of the
//! service's role reads anything, and the two walls never read the same variable: wall one binds the organization of the
//! scope, wall two takes it from the token.
//!
//! - [`Plan::for_manifest`]: every step, for a database of which nothing is known;
//! - [`live::diff`] and [`live::apply`]: what a live database lacks, and the run;
//! - [`ready::check`]: whether the declared schema could be spread over a Citus cluster;
//! - [`Sealer`] and [`keyring`]: tokens, and the keys that the database knows.
//!
//! `docs/guide/wall-two.md` leads through it; the command `tenancy rls` does it from a shell. A
//! pool arms its connections with [`TenantDbBuilder::sealed`](crate::db::TenantDbBuilder::sealed).

pub mod keyring;
pub mod live;
mod migration;
mod options;
mod plan;
pub(crate) mod quote;
pub mod ready;
pub mod seal;

pub use options::{Level, Options, Target};
pub use plan::{Advice, Plan, PlanError, Roles, Step, Validation};
#[cfg(feature = "audit")]
pub(crate) use plan::{SEARCH_PATH, Verifier, condition, standing_body, storage, verifier_body};
pub use seal::{Access, SealError, SealKey, SealedToken, Sealer};
