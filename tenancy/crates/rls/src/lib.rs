//! Wall two: PostgreSQL itself shows one organization only, even to raw SQL.
//!
//! From the declaration alone ([`Manifest`]) a [`Plan`] builds row-level security whose policies
//! ask `tenancy.org()` which organization a transaction may see. That function accepts a token in the setting
//! `tenancy.scope` which only a process with a [`SealKey`] can make. So neither injected SQL nor the password of the
//! service's role reads anything, and the two walls never read the same variable: wall one binds the organization of the
//! scope, wall two takes it from the token.
//!
//! - [`Plan::for_manifest`]: every step, for a database of which nothing is known;
//! - [`live::diff`] and [`live::apply`]: what a live database lacks, and the run;
//! - [`raise`]: all of it in one call, for tests;
//! - [`ready::check`]: whether the declared schema could be spread over a Citus cluster;
//! - [`keyring`]: the keys that the database knows, of which [`Sealer`] makes tokens.
//!
//! [`guide`] leads through it; the command `tenancy rls` does it from a shell. A
//! pool arms its connections with [`TenantDbBuilder::sealed`](tenancy::db::TenantDbBuilder::sealed).
//!
//! This crate is for the role that migrates. What a service needs while it runs is in `tenancy`.
//!
//! [`Manifest`]: tenancy::schema::Manifest
//! [`SealKey`]: tenancy::db::seal::SealKey
//! [`Sealer`]: tenancy::db::seal::Sealer
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod catalog;
mod connection;
pub mod keyring;
pub mod live;
mod locked_reads;
mod migration;
mod options;
mod plan;
mod policy;
mod quote;
mod raise;
pub mod ready;
mod storage;

pub use options::{Level, Options, Target};
pub use plan::{Advice, Plan, PlanError, Roles, Step, Validation};
pub use raise::{RaiseError, Raised, raise};

/// Pages to read from the beginning. Links between pages lead to files of the source repository.
pub mod guide {
    /// How to build wall two, and what it stops.
    #[doc = include_str!("../guide/wall-two.md")]
    pub mod wall_two {}

    /// How to keep a schema ready to be spread over several PostgreSQL nodes.
    #[doc = include_str!("../guide/scaling-out.md")]
    pub mod scaling_out {}
}

/// What the audit compares a database with. It is SQL text and what the catalogue says: it confers no authority.
#[doc(hidden)]
pub mod __private {
    pub use crate::connection::unscoped;
    pub use crate::locked_reads::{KEY, Read, lock, reads};
    pub use crate::plan::{SEARCH_PATH, standing_body, verifier_body};
    pub use crate::policy::{Verifier, condition};
    pub use crate::quote::{block, ident, literal, qualified};
    pub use crate::storage::{Storage, storage};
}
