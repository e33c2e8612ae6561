//! Reads permission models in SpiceDB's schema language, and checks them.
//!
//! [`Model::parse`] reads a text. What it returns is resolved: every name in it leads somewhere, and no construct
//! outside of the supported subset is left.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod analysis;
mod error;
mod fingerprint;
mod graph;
mod lexer;
mod lint;
mod model;
mod names;
mod parser;
mod render;
mod resolve;
mod standard;
#[cfg(test)]
mod tests;

pub use analysis::Component;
pub use error::{ErrorKind, ModelError};
pub use lint::{Finding, LintConfig, Rule, Severity, lint, lint_text};
pub use model::{Definition, Expression, Model, Permission, Relation, Span, SubjectType};
