//! Names as the database knows them.

use super::Dialect;
use sqlparser::ast::{Ident, ObjectName};

/// PostgreSQL folds what stands without quotes, SQLite compares without case.
pub(super) fn folded(ident: &Ident, dialect: Dialect) -> String {
    match (dialect, ident.quote_style) {
        (Dialect::Postgres, Some(_)) => ident.value.clone(),
        _ => ident.value.to_ascii_lowercase(),
    }
}

/// A name of a declaration, in the same form.
pub(super) fn declared(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite => name.to_ascii_lowercase(),
    }
}

/// The parts of a qualified name; `None` when one of them is computed.
pub(super) fn parts(name: &ObjectName, dialect: Dialect) -> Option<Vec<String>> {
    name.0.iter().map(|part| part.as_ident().map(|ident| folded(ident, dialect))).collect()
}
