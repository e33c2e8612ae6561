//! The macros of `tenancy`. Documentation and examples live there, where they can be compiled.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod derive;
mod errors;
mod expand;
mod fallback;
mod file_spans;
mod lower;
mod manifest;
mod model;
mod parse;
mod paths;
mod permissions;
mod read_schema;
mod schema;
#[cfg(test)]
mod tests;
mod validate;

use proc_macro::TokenStream;

/// Declares a schema whose tables belong to organizations; documented in `tenancy`.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    // Cargo sets it for every build; without it (a bare `rustc`) a path is relative to the working directory.
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    schema::schema(input.into(), root.as_ref()).into()
}

/// Generates the actions of a permission model; documented in `tenancy`.
#[proc_macro]
pub fn permissions(input: TokenStream) -> TokenStream {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    permissions::permissions(input.into(), root.as_ref()).into()
}

/// Diesel's `Identifiable` for records of organization tables; documented in `tenancy`.
#[proc_macro_derive(Identifiable, attributes(diesel, tenancy))]
pub fn derive_identifiable(item: TokenStream) -> TokenStream {
    derive::identifiable(item.into()).into()
}

/// Diesel's `HasQuery` for records of organization tables; documented in `tenancy`.
#[proc_macro_derive(HasQuery, attributes(diesel, tenancy))]
pub fn derive_has_query(item: TokenStream) -> TokenStream {
    derive::has_query(item.into()).into()
}
