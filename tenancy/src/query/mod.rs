//! Query sources and statements, one file a statement kind.

pub(crate) mod statement;

pub use statement::ScopedStatement;
