//! Every form of a schema compiles, without a warning, and renders what it should.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, clippy::pedantic)]
#![allow(clippy::doc_markdown, reason = "databases are names, not code")]

mod files;
mod modules;
mod names;
mod plain;
#[cfg(feature = "postgres")]
mod postgres;
mod support;
