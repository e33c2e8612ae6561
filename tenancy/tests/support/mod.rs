//! What several integration tests need; included by each with `mod support;`.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its own part of this folder")]

pub mod pg;
pub mod sql;
