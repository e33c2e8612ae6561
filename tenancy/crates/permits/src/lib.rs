//! Relationship-based permissions (the Zanzibar model) for services that are built on `tenancy`.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod memory;
mod relationship;

pub use memory::{CheckError, MemoryEngine, WriteError};
pub use relationship::{InvalidIdError, ObjectRef, Relationship, SubjectRef};
