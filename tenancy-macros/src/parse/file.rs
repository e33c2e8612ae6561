//! `file = "src/schema.rs"`: the schema where `diesel print-schema` left it.
use std::path::Path;

use proc_macro2::TokenStream;
use syn::LitStr;

use crate::errors::{Code, Error};

/// The file's absolute path and its tokens.
pub(super) fn read(literal: &LitStr, root: &Path) -> Result<(String, TokenStream), Error> {
    let written = literal.value();
    let path = root.join(&written);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::new(Code::File, literal.span(), format!("the schema file `{written}` cannot be read: {error}"))
            .help(format!("the path is relative to the package's directory, `{}`", root.display()))
            .help("run `diesel print-schema > src/schema.rs`, or correct the path")
    })?;
    let tokens = text.trim_start_matches('\u{feff}').parse::<TokenStream>().map_err(|error| {
        Error::new(Code::File, literal.span(), format!("the schema file `{written}` is not Rust: {error}"))
            .help("write the file again with `diesel print-schema`")
    })?;
    // `include_bytes!` takes text, so a path that is not text cannot be tracked.
    let path = path.to_str().ok_or_else(|| {
        Error::new(Code::File, literal.span(), format!("the path of `{written}` is not UTF-8"))
            .help("move the package to a directory whose name is UTF-8: cargo has to watch the file by its path")
    })?;
    Ok((path.to_owned(), tokens))
}
