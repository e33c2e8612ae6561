//! Every form of a schema compiles, without a warning, and renders what it should.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, clippy::pedantic)]

mod files;
mod modules;
mod names;
mod plain;
#[cfg(feature = "postgres")]
mod postgres;
mod support;
