//! Tokens to what was written, without judging it.
//!
//! A mistake never hides the next one: an item that cannot be read is reported and skipped, and the rest is read.
mod file;
mod input;
mod items;
mod privileged;
mod setting_values;
mod settings;
mod skip;
mod table_ref;

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::Item;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};

use self::input::ACCEPTED;
pub(crate) use self::input::{Input, RawAllow, RawJoin, RawTable};
pub(crate) use self::privileged::{RawPrivileges, StatementKind};
pub(crate) use self::setting_values::Settings;
use self::skip::skip_item;
pub(crate) use self::table_ref::TableRef;
use crate::errors::{Code, Error, Errors};

/// Reads a `schema!`. `root` is the directory that `file = ".."` is relative to.
pub(crate) fn parse(tokens: TokenStream, root: &Path, errors: &mut Errors) -> Input {
    let mut input = Input::default();
    read(tokens, &mut input, errors);
    let Some(literal) = input.settings.file.clone() else {
        return input;
    };
    match file::read(&literal, root) {
        Ok((path, tokens)) => {
            input.tracked_files.push(path);
            input.file_span = tokens.clone().into_iter().next().map(|token| token.span());
            read(tokens, &mut input, errors);
        }
        Err(error) => {
            input.incomplete = true;
            errors.push(error);
        }
    }
    input
}

/// Reads settings and items until the tokens end, whatever they are.
fn read(tokens: TokenStream, input: &mut Input, errors: &mut Errors) {
    let reader = |stream: ParseStream<'_>| {
        while !stream.is_empty() {
            read_next(stream, input, errors);
        }
        Ok(())
    };
    // The reader itself never fails: it has put every error where it belongs.
    if let Err(error) = reader.parse2(tokens) {
        errors.push_syn(Code::NotASchema, error, "this schema cannot be read", ACCEPTED);
        input.incomplete = true;
    }
}

fn read_next(stream: ParseStream<'_>, input: &mut Input, errors: &mut Errors) {
    if settings::is_next(stream) {
        settings::read(stream, input, errors);
        return;
    }
    if stream.peek(syn::Token![#]) && stream.peek2(syn::Token![!]) {
        read_inner_attribute(stream, errors);
        return;
    }
    let fork = stream.fork();
    match fork.parse::<Item>() {
        Ok(item) => {
            stream.advance_to(&fork);
            items::read(item, input, errors);
        }
        Err(error) => {
            input.incomplete = true;
            // What Rust would take here does not help: a schema takes far less.
            errors.push(Error::new(Code::NotASchema, error.span(), "this is no item of a schema").help(ACCEPTED));
            skip_item(stream);
        }
    }
}

/// `#![allow(..)]` cannot be carried over: a macro's expansion has no inner attributes.
fn read_inner_attribute(stream: ParseStream<'_>, errors: &mut Errors) {
    let span = stream.span();
    errors.push(
        Error::new(Code::NotASchema, span, "an inner attribute (`#![..]`) has no place in a schema")
            .help("write it on the module that calls `schema!`"),
    );
    for _ in 0..3 {
        let _: Result<TokenTree, _> = stream.parse();
    }
}
