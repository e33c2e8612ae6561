//! The settings at the head of a `schema!`.
use proc_macro2::Span;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Ident, Token};

use super::input::Input;
use super::setting_values::Settings;
use super::skip::{any_ident, skip_item};
use super::table_ref::TableRef;
use crate::errors::{Code, Error, Errors, nearest};
use crate::paths;

/// Every setting, with the form that teaches it.
const KNOWN: [(&str, &str); 7] = [
    ("crate", "crate = ::tenancy;"),
    ("file", "file = \"src/schema.rs\";"),
    ("organization", "organization = org_id;"),
    ("organization(..)", "organization(invoices = owner_org_id);"),
    ("global", "global(currencies, countries);"),
    ("platform", "platform(staff);"),
    ("privileged", "privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);"),
];

/// Whether a setting comes next: no item begins with a name and `=` or `(`.
pub(super) fn is_next(stream: ParseStream<'_>) -> bool {
    let name = stream.peek(Ident) || stream.peek(Token![crate]);
    name && (stream.peek2(Token![=]) || stream.peek2(Paren))
}

/// Reads one setting; a bad one is reported and skipped.
pub(super) fn read(stream: ParseStream<'_>, input: &mut Input, errors: &mut Errors) {
    let span = stream.span();
    if !input.tables.is_empty() || !input.joins.is_empty() || !input.modules.is_empty() {
        // It still counts: a `global(..)` that came late must not become a second error about its tables.
        let late = "a setting stands after the tables";
        errors.push(Error::new(Code::Setting, span, late).help("settings come first in a `schema!`"));
    }
    let read = read_one(stream, &mut input.settings);
    let end = read.and_then(|()| stream.parse::<Token![;]>().map(drop).map_err(|_| missing_semicolon(span)));
    if let Err(error) = end {
        // A list that was not understood leaves tables without their kind.
        input.incomplete = true;
        errors.push(error);
        skip_item(stream);
    }
}

/// At the setting, not at what follows: that may be the end of the input, which has no place.
fn missing_semicolon(span: Span) -> Error {
    Error::new(Code::Setting, span, "a setting ends with `;`").help(known())
}

fn read_one(stream: ParseStream<'_>, settings: &mut Settings) -> Result<(), Error> {
    let key = any_ident(stream).map_err(|error| bad(&error, 0))?;
    let call = stream.peek(Paren);
    match (key.to_string().as_str(), call) {
        ("crate", false) => settings.krate = Some(value(stream, 0, paths::parse_crate)?),
        ("file", false) => settings.file = Some(value(stream, 1, |s| s.parse())?),
        ("organization", false) => settings.organization = Some(value(stream, 2, |s| s.parse())?),
        ("organization", true) => settings.overrides = list(stream, 3, parse_override)?,
        ("global", true) => settings.global = list(stream, 4, |s| s.parse())?,
        ("platform", true) => settings.platform = list(stream, 5, |s| s.parse())?,
        // Once for each table.
        ("privileged", true) => {
            settings.privileged.push(whole(stream, 6)?);
            return Ok(());
        }
        (name, _) => return Err(unknown(&key, name)),
    }
    let name = match (key.to_string().as_str(), call) {
        ("organization", true) => "organization(..)",
        (name, _) => KNOWN.map(|(known, _)| known).into_iter().find(|known| *known == name).unwrap_or_default(),
    };
    if settings.seen.contains(&name) {
        let twice = format!("the setting `{key}` is given twice");
        return Err(Error::new(Code::Setting, key.span(), twice).help("say it once"));
    }
    settings.seen.push(name);
    Ok(())
}

/// `= value`.
fn value<T>(
    stream: ParseStream<'_>,
    form: usize,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> Result<T, Error> {
    stream.parse::<Token![=]>().and_then(|_| parse(stream)).map_err(|error| bad(&error, form))
}

/// `(item, item)`.
fn list<T>(
    stream: ParseStream<'_>,
    form: usize,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
) -> Result<Vec<T>, Error> {
    // Apart from the stream, which would otherwise report what a failed list left unread once more.
    let content = stream.parse::<proc_macro2::Group>().map_err(|error| bad(&error, form))?.stream();
    let items = |content: ParseStream<'_>| Punctuated::<T, Token![,]>::parse_terminated_with(content, parse);
    items.parse2(content).map(|items| items.into_iter().collect()).map_err(|error| bad(&error, form))
}

/// `(everything)`.
fn whole<T: syn::parse::Parse>(stream: ParseStream<'_>, form: usize) -> Result<T, Error> {
    let content = stream.parse::<proc_macro2::Group>().map_err(|error| bad(&error, form))?.stream();
    T::parse.parse2(content).map_err(|error| bad(&error, form))
}

fn parse_override(stream: ParseStream<'_>) -> syn::Result<(TableRef, Ident)> {
    let table = stream.parse()?;
    stream.parse::<Token![=]>()?;
    Ok((table, stream.parse()?))
}

/// A known setting with a value that does not fit.
fn bad(error: &syn::Error, form: usize) -> Error {
    let (name, example) = KNOWN[form];
    let headline = format!("the setting `{}` cannot be read: {error}", name.trim_end_matches("(..)"));
    Error::new(Code::Setting, error.span(), headline).help(format!("write `{example}`"))
}

/// An unknown setting, or a known one in the other's form.
fn unknown(key: &Ident, name: &str) -> Error {
    let forms = KNOWN.iter().filter(|(known, _)| known.trim_end_matches("(..)") == name);
    let forms: Vec<_> = forms.map(|(_, form)| format!("`{form}`")).collect();
    if !forms.is_empty() {
        let headline = format!("the setting `{name}` is not written like this");
        return Error::new(Code::Setting, key.span(), headline).help(format!("write {}", forms.join(" or ")));
    }
    let error = Error::new(Code::Setting, key.span(), format!("`{name}` is no setting of a schema"));
    let error = match nearest(name, KNOWN.map(|(known, _)| known.trim_end_matches("(..)"))) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    };
    error.help(known())
}

fn known() -> String {
    let forms = KNOWN.map(|(_, form)| format!("`{form}`"));
    format!("the settings are {}", forms.join(", "))
}
