//! Relationship-based permissions (the Zanzibar model) for services that are built on `tenancy`. [`guide`] leads through it.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod cache;
mod engine;
#[cfg(feature = "axum")]
mod extract;
mod memory;
mod relationship;
mod relationship_check;
mod relationship_text;
mod rfc3339;
#[cfg(all(feature = "spicedb", any(feature = "postgres", feature = "sqlite")))]
#[cfg_attr(docsrs, doc(cfg(feature = "spicedb")))]
pub mod spicedb;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod sql;
#[cfg(feature = "validation")]
#[cfg_attr(docsrs, doc(cfg(feature = "validation")))]
pub mod validation;

/// How to use it, from the beginning.
pub mod guide {
    /// How to write a model, protect actions and test both.
    #[cfg_attr(any(not(doctest), all(feature = "sqlite", feature = "axum")), doc = include_str!("../guide/permissions.md"))]
    pub mod permissions {}
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use cache::{CacheCounts, CachedEngine};
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub use extract::{Permitted, PermittedRejection};
pub use memory::{CheckError, MemoryEngine, MemoryWriteError};
pub use relationship::{InvalidIdError, ObjectRef, Relationship, SubjectRef};
pub use relationship_check::RelationshipError;
pub use relationship_text::ParseRelationshipError;
