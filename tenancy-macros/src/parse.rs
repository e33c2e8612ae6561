//! Tokens to what was written, without judging it.
//!
//! A mistake never hides the next one: an item that cannot be read is reported and skipped, and the rest is read.
mod file;
mod items;
mod settings;

use std::path::Path;

use diesel_table_macro_syntax::TableDecl;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Item, ItemMod, ItemUse};

use crate::errors::{Code, Error, Errors};
use crate::model::Module;
pub(crate) use settings::Settings;

/// What an item of a schema may be; every error on an item ends with it.
pub(super) const ACCEPTED: &str = "a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, \
    `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`";

/// Everything that one `schema!` says.
#[derive(Default)]
pub(crate) struct Input {
    pub(crate) settings: Settings,
    pub(crate) tables: Vec<RawTable>,
    pub(crate) joins: Vec<RawJoin>,
    pub(crate) allows: Vec<RawAllow>,
    pub(crate) modules: Vec<Module>,
    pub(crate) passthrough: Vec<ItemMod>,
    pub(crate) uses: Vec<ItemUse>,
    pub(crate) grouping: Vec<(Option<Ident>, TokenStream)>,
    pub(crate) tracked_files: Vec<String>,
    /// The first token of the tracked file, by which `locate` tells its tokens from the others.
    pub(crate) file_span: Option<Span>,
    /// Something could not be read. Then "no such table" may be an echo of that and is not reported.
    pub(crate) incomplete: bool,
}

/// One `table!`.
pub(crate) struct RawTable {
    pub(crate) module: Option<Ident>,
    pub(crate) decl: TableDecl,
}

/// One `joinable!`.
pub(crate) struct RawJoin {
    pub(crate) module: Option<Ident>,
    pub(crate) child: TableRef,
    pub(crate) parent: TableRef,
    pub(crate) foreign_key: Ident,
    pub(crate) span: Span,
}

/// One `allow_tables_to_appear_in_same_query!`.
pub(crate) struct RawAllow {
    pub(crate) module: Option<Ident>,
    pub(crate) tables: Vec<TableRef>,
}

/// A table as it is spoken of: `invoices`, `billing::invoices`, or `crate::schema::billing::invoices`.
#[derive(Clone, Debug)]
pub(crate) struct TableRef {
    /// The segment before the name.
    pub(crate) module: Option<Ident>,
    /// The path begins with `crate`, `super` or `self`: then `module` may be the one that `schema!` stands in.
    pub(crate) anchored: bool,
    pub(crate) name: Ident,
}

impl TableRef {
    /// The name as it was written, without the way to it.
    pub(crate) fn display(&self) -> String {
        let module = self.module.as_ref();
        module.map_or_else(|| self.name.to_string(), |module| format!("{module}::{}", self.name))
    }
}

impl Parse for TableRef {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let path = input.call(syn::Path::parse_mod_style)?;
        let mut segments = path.segments.into_iter().map(|segment| segment.ident).collect::<Vec<_>>();
        let anchor = |segment: &Ident| ["crate", "super", "self"].iter().any(|anchor| segment == anchor);
        let anchored = segments.first().is_some_and(anchor);
        let last = segments.pop().filter(|last| !anchor(last));
        let name = last.ok_or_else(|| input.error("expected a table's name"))?;
        // Without an anchor a path leads into a schema module, and those do not nest.
        if segments.len() > 1 && !anchored {
            return Err(syn::Error::new(name.span(), "expected a table, or a schema module and a table"));
        }
        let module = segments.pop().filter(|module| !anchor(module));
        Ok(Self { module, anchored, name })
    }
}

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

/// Goes past the next `;` or `{ .. }`, so that reading can go on with the item after a bad one.
fn skip_item(stream: ParseStream<'_>) {
    while let Ok(token) = stream.parse::<TokenTree>() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => return,
            _ => {}
        }
    }
}

/// An identifier, keywords included: `crate = ..` is a setting.
fn any_ident(stream: ParseStream<'_>) -> syn::Result<Ident> {
    stream.call(Ident::parse_any)
}
