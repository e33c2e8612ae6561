//! What several integration tests need; included by each with `mod support;`.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its own part of this folder")]

pub mod catalogue;
#[cfg(feature = "secrets")]
pub mod folder;
pub mod ids;
#[cfg(feature = "secrets")]
pub mod log;
#[cfg(feature = "vault")]
pub mod openbao;
pub mod pg;
#[cfg(feature = "rls")]
pub mod pooler;
#[cfg(feature = "rls")]
pub mod proxy;
pub mod sql;
#[cfg(feature = "rls")]
pub mod walled;
