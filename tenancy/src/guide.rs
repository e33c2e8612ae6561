//! Pages to read from the beginning: one for each task.
//!
//! The crates that they need have the others: `tenancy_gateway::guide`, `tenancy_rls::guide`, `tenancy_audit::guide`. Links between
//! pages lead to files of the source repository.

/// How to write queries from a scope, and what a diesel user writes instead of what.
#[cfg_attr(any(not(doctest), feature = "sqlite"), doc = include_str!("../guide/queries.md"))]
pub mod queries {}

/// How to read and write tables that belong to no organization.
#[cfg_attr(any(not(doctest), feature = "sqlite"), doc = include_str!("../guide/platform.md"))]
pub mod platform {}

/// How a service authenticates requests itself: API keys, a sign-in of its own, webhooks.
#[cfg_attr(any(not(doctest), all(feature = "sqlite", feature = "signing")), doc = include_str!("../guide/own-authentication.md"))]
pub mod own_authentication {}

/// How to run background jobs.
#[cfg_attr(any(not(doctest), feature = "jobs"), doc = include_str!("../guide/jobs.md"))]
pub mod jobs {}

/// How to read secrets and certificates, and how they change while a service runs.
#[cfg_attr(any(not(doctest), all(feature = "postgres", feature = "secrets")), doc = include_str!("../guide/secrets.md"))]
pub mod secrets {}
