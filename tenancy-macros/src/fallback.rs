//! What a schema with errors expands to: the errors, and names that resolve and grant nothing.
//!
//! Without the names, one bad column would bring an "unresolved import" for every use of every table. With them as
//! ordinary types it would bring worse, trait errors by the hundred. So each name is an alias of a type that does not
//! exist: rustc says nothing about it beside the `compile_error!`s of the same module, nothing more about whatever
//! uses it, and compiles none of it. Tried on rustc 1.95.
use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::errors::{Error, Errors};
use crate::model::{Module, Schema, Table};

/// The errors, with inert modules for the tables that could be read.
pub(crate) fn expand(schema: &Schema, errors: &Errors) -> TokenStream {
    let messages = errors.0.iter().map(Error::to_compile_error);
    let outside = inert_tables(schema, None, &quote!(super));
    let mut seen = HashSet::new();
    let modules = schema.modules.iter().filter(|module| seen.insert(&module.name)).map(|module| {
        let Module { attrs, vis, name, passthrough, uses } = module;
        let tables = inert_tables(schema, Some(name), &quote!(super::super));
        quote!(#(#attrs)* #vis mod #name { #(#uses)* #tables #(#passthrough)* })
    });
    let Schema { passthrough, uses, .. } = schema;
    quote! {
        #(#messages)*
        #[doc(hidden)]
        #[allow(dead_code)]
        type __TenancySchemaError = the_errors_of_this_schema_come_first;
        #(#uses)*
        #outside
        #(#modules)*
        #(#passthrough)*
    }
}

/// One module a name: a table that is declared twice is one of the errors, and says so itself.
fn inert_tables(schema: &Schema, module: Option<&Ident>, up: &TokenStream) -> TokenStream {
    let mut seen = HashSet::new();
    let tables = schema.tables_in(module).filter(|table| seen.insert(&table.name));
    tables.map(|table| inert(table, up)).collect()
}

fn inert(table: &Table, up: &TokenStream) -> TokenStream {
    let name = &table.name;
    // The names of a table's module that a service writes; a column called like one of them comes first.
    let fixed = ["table", "star", "all_columns", "SqlType"].map(|name| format_ident!("{name}"));
    let mut names = table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    names.extend(fixed);
    let mut seen = HashSet::new();
    names.retain(|name| name != "columns" && name != "dsl" && seen.insert(name.clone()));
    quote! {
        #[allow(dead_code, missing_docs, private_interfaces, unused_imports)]
        #[allow(non_camel_case_types, non_upper_case_globals)]
        pub mod #name {
            #(
                pub type #names = #up::__TenancySchemaError;
                pub const #names: #up::__TenancySchemaError = loop {};
            )*
            pub mod columns { pub use super::*; }
            pub mod dsl { pub use super::*; pub use super::table as #name; }
        }
    }
}
