//! Diesel's macros under another name, in one package.

use super::tokens::{Token, imported_from};
use std::collections::BTreeMap;

/// What the files of a package import.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// `use diesel::dsl::*`: a bare `sql(..)` may be diesel's.
    pub(super) all_of_dsl: bool,
    /// `use diesel::table as t`: the other name, and diesel's.
    renamed: BTreeMap<String, String>,
}

/// Macros that declare tables.
const MACROS: [&str; 3] = ["table", "view", "joinable"];

pub(super) fn of<'a>(files: impl Iterator<Item = &'a [Token]>) -> Imports {
    let mut imports = Imports::default();
    for tokens in files {
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_name) {
            if token.text == "dsl" && text(at + 1) == ":" && text(at + 3) == "*" {
                imports.all_of_dsl = true;
            }
            let renamed = MACROS.contains(&token.text.as_str()) && text(at + 1) == "as";
            if renamed && ["diesel", "tenancy"].iter().any(|krate| imported_from(tokens, at, krate)) {
                imports.renamed.insert(text(at + 2).to_owned(), token.text.clone());
            }
        }
    }
    imports
}

impl Imports {
    /// Diesel's name of a macro.
    pub(super) fn own_name<'t>(&'t self, name: &'t str) -> &'t str {
        self.renamed.get(name).map_or(name, String::as_str)
    }
}
