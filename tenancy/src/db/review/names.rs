//! Names as the database knows them.

use super::Dialect;
use sqlparser::ast::{Ident, ObjectName};

/// PostgreSQL folds what stands without quotes, SQLite compares without case.
pub(super) fn folded(ident: &Ident, dialect: Dialect) -> String {
    match (dialect, ident.quote_style) {
        (Dialect::Postgres, Some(_)) => cut(&ident.value).to_owned(),
        (Dialect::Postgres, None) => cut(&ident.value).to_ascii_lowercase(),
        (Dialect::Sqlite, _) => ident.value.to_ascii_lowercase(),
    }
}

/// PostgreSQL keeps 63 bytes of a name: what is written longer may be the name of something else.
fn cut(name: &str) -> &str {
    // `str::floor_char_boundary` came with Rust 1.91, after the least that the crate promises.
    let end = (0..=name.len().min(63)).rev().find(|at| name.is_char_boundary(*at));
    &name[..end.unwrap_or(0)]
}

/// A name of a declaration, in the same form.
pub(super) fn declared(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => cut(name).to_owned(),
        Dialect::Sqlite => name.to_ascii_lowercase(),
    }
}

/// The parts of a qualified name; `None` when one of them is computed.
pub(super) fn parts(name: &ObjectName, dialect: Dialect) -> Option<Vec<String>> {
    name.0.iter().map(|part| part.as_ident().map(|ident| folded(ident, dialect))).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_name_is_cut_where_postgres_cuts_it() {
        let name = |letters: usize, end: &str| "a".repeat(letters) + end;
        assert_eq!(cut("invoices"), "invoices");
        assert_eq!(cut(&name(70, "")), name(63, ""));
        // A letter of two bytes is whole or gone.
        assert_eq!(cut(&name(61, "é")), name(61, "é"));
        assert_eq!(cut(&name(62, "é")), name(62, ""));
        assert_eq!(cut(""), "");
    }
}
