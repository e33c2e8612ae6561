//! The items of a schema: what `diesel print-schema` writes.
use diesel_table_macro_syntax::TableDecl;
use proc_macro2::Span;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, Item, ItemMacro, ItemMod, Token};

use super::input::{ACCEPTED, Input, RawAllow, RawJoin, RawTable};
use super::table_ref::TableRef;
use crate::errors::{Code, Error, Errors};
use crate::model::Module;

const ALLOW: &str = "allow_tables_to_appear_in_same_query";
const GROUPING: &str = "allow_columns_to_appear_in_same_group_by_clause";

/// Reads one item outside of every module.
pub(super) fn read(item: Item, input: &mut Input, errors: &mut Errors) {
    match item {
        Item::Macro(item) => read_macro(item, None, input, errors),
        Item::Mod(module) if declares_tables(&module) => read_module(module, input, errors),
        Item::Mod(module) if module.content.is_some() => input.passthrough.push(module),
        Item::Use(item) => input.uses.push(item),
        other => refuse(&other, input, errors),
    }
}

fn refuse(item: &Item, input: &mut Input, errors: &mut Errors) {
    input.incomplete = true;
    let error = Error::new(Code::NotASchema, item.span(), "this is no item of a schema");
    let view =
        matches!(item, Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "view"));
    errors.push(match view {
        // Diesel after 2.3 prints views apart from tables.
        true => error.help("declare a view as a `table!`, with its organization column and a primary key"),
        false => error.help(ACCEPTED),
    });
}

/// `pub mod billing { .. }`: the tables of another SQL schema. They keep living in that module.
fn read_module(module: ItemMod, input: &mut Input, errors: &mut Errors) {
    let name = module.ident.clone();
    if input.modules.iter().any(|known| known.name == name) {
        let twice = format!("the schema module `{name}` is written twice");
        errors.push(Error::new(Code::Duplicate, name.span(), twice).help("put its tables into one module"));
    }
    let mut kept =
        Module { attrs: module.attrs, vis: module.vis, name: name.clone(), passthrough: Vec::new(), uses: Vec::new() };
    for item in module.content.into_iter().flat_map(|(_, items)| items) {
        match item {
            Item::Macro(item) => read_macro(item, Some(&name), input, errors),
            Item::Mod(inner) if declares_tables(&inner) => {
                input.incomplete = true;
                errors.push(nested(&inner, &name));
            }
            Item::Mod(inner) if inner.content.is_some() => kept.passthrough.push(inner),
            Item::Use(item) => kept.uses.push(item),
            other => refuse(&other, input, errors),
        }
    }
    input.modules.push(kept);
}

fn nested(inner: &ItemMod, outer: &Ident) -> Error {
    let headline = format!("the module `{}` holds tables inside of the module `{outer}`", inner.ident);
    Error::new(Code::NestedModule, inner.ident.span(), headline)
        .help("`diesel print-schema` writes one module for each SQL schema: put the tables directly into it")
}

/// Whether it contains a `table!`, however deep: one that was passed through would be a plain table.
fn declares_tables(module: &ItemMod) -> bool {
    let mut items = module.content.iter().flat_map(|(_, items)| items);
    items.any(|item| match item {
        Item::Macro(item) => schema_macro(item).is_some(),
        Item::Mod(inner) => declares_tables(inner),
        _ => false,
    })
}

/// The name of diesel's macro that this invokes, if it is one of those that a schema is made of.
fn schema_macro(item: &ItemMacro) -> Option<&'static str> {
    let mut segments = item.mac.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let last = segments.next()?;
    let name = ["table", "joinable", ALLOW, GROUPING].into_iter().find(|known| *known == last)?;
    // `other::table!` is another crate's macro.
    let diesels = segments.next().is_none_or(|krate| krate == "diesel") && segments.next().is_none();
    diesels.then_some(name)
}

fn read_macro(item: ItemMacro, module: Option<&Ident>, input: &mut Input, errors: &mut Errors) {
    let Some(name) = schema_macro(&item) else {
        refuse(&Item::Macro(item), input, errors);
        return;
    };
    if let Some(attr) = item.attrs.iter().find(|attr| !attr.path().is_ident("doc")) {
        errors.push(
            Error::new(Code::NotASchema, attr.span(), format!("an attribute stands outside of `{name}!`"))
                .help("attributes of a table go inside of `table! { .. }`, before its name"),
        );
    }
    let span = item.mac.path.span();
    let read = match name {
        "table" => read_table(&item, module, input),
        "joinable" => read_join(&item, span, module, input),
        ALLOW => read_allow(&item, module, input),
        _ => {
            input.grouping.push((module.cloned(), item.mac.tokens));
            Ok(())
        }
    };
    if let Err(error) = read {
        input.incomplete = true;
        errors.push_syn(Code::NotASchema, error, &format!("this `{name}!` cannot be read"), form(name));
    }
}

/// How each of diesel's macros is written.
fn form(name: &str) -> &'static str {
    match name {
        "table" => "write it as diesel does: `table! { invoices (id) { id -> Uuid, org_id -> Uuid, } }`",
        "joinable" => "write it as diesel does: `joinable!(invoice_lines -> invoices (invoice_id));`",
        _ => "write it as diesel does: `allow_tables_to_appear_in_same_query!(invoices, invoice_lines);`",
    }
}

fn read_table(item: &ItemMacro, module: Option<&Ident>, input: &mut Input) -> syn::Result<()> {
    let decl = syn::parse2::<TableDecl>(item.mac.tokens.clone())?;
    input.tables.push(RawTable { module: module.cloned(), decl });
    Ok(())
}

fn read_join(item: &ItemMacro, span: Span, module: Option<&Ident>, input: &mut Input) -> syn::Result<()> {
    let parser = |stream: ParseStream<'_>| {
        let child = stream.parse()?;
        stream.parse::<Token![->]>()?;
        let parent = stream.parse()?;
        let content;
        syn::parenthesized!(content in stream);
        let foreign_key = content.parse()?;
        let end: syn::parse::Nothing = content.parse()?;
        let _ = end;
        Ok(RawJoin { module: module.cloned(), child, parent, foreign_key, span })
    };
    input.joins.push(parser.parse2(item.mac.tokens.clone())?);
    Ok(())
}

fn read_allow(item: &ItemMacro, module: Option<&Ident>, input: &mut Input) -> syn::Result<()> {
    let parser = Punctuated::<TableRef, Token![,]>::parse_terminated_with;
    let tables = (|stream: ParseStream<'_>| parser(stream, TableRef::parse)).parse2(item.mac.tokens.clone())?;
    input.allows.push(RawAllow { module: module.cloned(), tables: tables.into_iter().collect() });
    Ok(())
}
