//! Reads permission models in SpiceDB's schema language, and checks them.
//!
//! [`Model::parse`] reads a text. What it returns is resolved: every name in it leads somewhere, and no construct outside of the
//! supported subset is left.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod graph;
mod lexer;
mod model;
mod names;
mod parser;
mod resolve;
#[cfg(test)]
mod tests;

pub use error::{ErrorKind, ModelError};
pub use model::{Definition, Expression, Model, Permission, Relation, Span, SubjectType};
