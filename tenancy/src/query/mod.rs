//! Query sources and statements, one file a statement kind.

mod statement;

pub use statement::ScopedStatement;
