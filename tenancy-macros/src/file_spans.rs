//! Says where in a tracked file an error is.
//!
//! The compiler gives every token that a macro reads from a file the span of the macro call, so it cannot point into
//! the file. proc-macro2's own tokens do know their lines. When a schema from a file has errors (and only then, so
//! that a good schema pays nothing), it is read a second time with those tokens: the same steps find the same errors
//! in the same order, now with their places.
use std::path::Path;

use proc_macro2::{Span, TokenStream, fallback};
use quote::ToTokens;

use crate::errors::Errors;
use crate::read_schema;

/// Adds its place to every error that is in the file, and moves it to the `file = ".."` setting.
pub(crate) fn locate(errors: &mut Errors, tokens: &TokenStream, root: &Path) {
    let Some((name, literal)) = file_setting(tokens) else {
        return;
    };
    // `$crate`, from a service's `macro_rules!`, is one token to the compiler and not Rust as text.
    let places = places(&tokens.to_string().replace("$crate", "crate"), root);
    // Better no place than a wrong one.
    if places.len() != errors.0.len() {
        return;
    }
    for (error, place) in errors.0.iter_mut().zip(places) {
        if let Some((line, column)) = place {
            error.move_to(literal, format!("{name}:{line}:{column}"));
        }
    }
}

/// The value of `file = ".."` as written, and its span.
fn file_setting(tokens: &TokenStream) -> Option<(String, Span)> {
    let mut trees = tokens.clone().into_iter().skip_while(|tree| tree.to_string() != "file").skip(2);
    let literal = syn::parse2::<syn::LitStr>(trees.next()?.into_token_stream()).ok()?;
    Some((literal.value(), literal.span()))
}

/// Line and column of each error, `None` for those that are not in the file.
fn places(text: &str, root: &Path) -> Vec<Option<(usize, usize)>> {
    let _own = OwnTokens::begin();
    let Ok(tokens) = text.parse::<TokenStream>() else {
        return Vec::new();
    };
    let outcome = read_schema::read(tokens, root);
    let Some(file) = outcome.file_span.map(|span| span.file()) else {
        return Vec::new();
    };
    let errors = outcome.errors.0.iter();
    let place = |span: Span| (span.file() == file).then(|| (span.start().line, span.start().column + 1));
    errors.map(|error| place(error.span)).collect()
}

/// While it lives, new tokens are proc-macro2's own. Ends by `Drop`, so that a panic cannot leave it on.
struct OwnTokens;

impl OwnTokens {
    fn begin() -> Self {
        fallback::force();
        Self
    }
}

impl Drop for OwnTokens {
    fn drop(&mut self) {
        fallback::unforce();
    }
}
