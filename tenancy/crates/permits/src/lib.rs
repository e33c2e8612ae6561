//! Relationship-based permissions (the Zanzibar model) for services that are built on `tenancy`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod relationship;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod sql;

pub use relationship::{InvalidIdError, ObjectRef, Relationship, SubjectRef};
