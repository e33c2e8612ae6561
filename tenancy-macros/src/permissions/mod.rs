//! `permissions!`: the actions of a permission model, as types.
mod actions;
mod expand;
mod input;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use tenancy_permission_model::Model;

use self::input::Input;
use crate::errors::{Code, Error, Errors};

/// The whole macro. `root` is the package's directory.
pub(crate) fn permissions(tokens: TokenStream, root: &Path) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = input::parse(tokens, &mut errors) else {
        return failed(&errors, None);
    };
    let path = root.join(input.file.value());
    match read(&path, &input.file) {
        Ok(text) => expanded(&text, &input, &path, errors),
        Err(error) => {
            errors.push(error);
            failed(&errors, None)
        }
    }
}

fn expanded(text: &str, input: &Input, path: &Path, mut errors: Errors) -> TokenStream {
    let model = match Model::parse(text) {
        Ok(model) => model,
        Err(wrong) => {
            wrong.iter().for_each(|wrong| errors.push(in_file(input, wrong.line, wrong.column, &wrong.message)));
            return failed(&errors, Some(path));
        }
    };
    let actions = actions::of(&model, text, input, &mut errors);
    if errors.is_empty() { expand::expand(&actions, input, text, path) } else { failed(&errors, Some(path)) }
}

fn read(path: &Path, literal: &LitStr) -> Result<String, Error> {
    let written = literal.value();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(Code::Model, literal.span(), format!("the permission model `{written}` cannot be read: {error}"))
            .help("the path is relative to the package's directory, where its `Cargo.toml` lies")
    })?;
    // `include_bytes!` takes text, so a path that is not text cannot be tracked.
    match path.to_str() {
        Some(_) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        None => Err(Error::new(Code::Model, literal.span(), format!("the path of `{written}` is not UTF-8"))
            .help("move the package to a directory whose name is UTF-8: cargo has to watch the file by its path")),
    }
}

/// An error in the model. The compiler cannot point into the file, so the text says where it is.
fn in_file(input: &Input, line: usize, column: usize, message: &str) -> Error {
    let mut error = Error::new(Code::Model, input.file.span(), format!("the permission model is wrong: {message}"));
    error.move_to(input.file.span(), format!("{}:{line}:{column}", input.file.value()));
    error
}

/// The errors; with the file tracked, so that correcting it is noticed.
fn failed(errors: &Errors, path: Option<&Path>) -> TokenStream {
    let messages = errors.0.iter().map(Error::to_compile_error);
    let tracked = tracked(path.map(Path::to_path_buf));
    quote!(#tracked #(#messages)*)
}

/// Cargo watches what `include_bytes!` reads.
fn tracked(path: Option<PathBuf>) -> TokenStream {
    let path = path.as_deref().and_then(Path::to_str).map(str::to_owned);
    path.map_or_else(TokenStream::new, |path| {
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    })
}
