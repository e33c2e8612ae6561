//! What a schema with errors expands to: the errors, and names that resolve and grant nothing.
//!
//! Without the names, one bad column would bring an "unresolved import" for every use of every table. With them as
//! ordinary types it would bring worse, trait errors by the hundred. So each name is an alias of *the error itself*:
//! the compiler says nothing more about a type that it knows to be an error, and compiles nothing that uses one.
use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::model::{Schema, Table};

/// The errors, with inert modules for the tables that could be read.
pub(crate) fn expand(schema: &Schema, errors: &Errors) -> TokenStream {
    let Some((first, rest)) = errors.0.split_first() else { return TokenStream::new() };
    let first = first.to_compile_error();
    let rest = rest.iter().map(crate::errors::Error::to_compile_error);
    let outside = schema.tables_in(None).map(|table| inert(table, &quote!(super)));
    let modules = schema.modules.iter().map(|module| {
        let (vis, name) = (&module.vis, &module.name);
        let tables = schema.tables_in(Some(name)).map(|table| inert(table, &quote!(super::super)));
        quote!(#vis mod #name { #(#tables)* })
    });
    let passthrough = &schema.passthrough;
    quote! {
        #[doc(hidden)]
        type __TenancySchemaError = #first;
        #(#rest)*
        #(#outside)*
        #(#modules)*
        #(#passthrough)*
    }
}

fn inert(table: &Table, up: &TokenStream) -> TokenStream {
    let name = &table.name;
    // The names of a table's module that a service writes; a column called like one of them comes first.
    let fixed = ["table", "star", "all_columns", "SqlType"].map(|name| quote::format_ident!("{name}"));
    let mut names = table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    names.extend(fixed);
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    quote! {
        #[allow(dead_code, non_camel_case_types, non_upper_case_globals, unused_imports, missing_docs, private_interfaces)]
        pub mod #name {
            #(
                pub type #names = #up::__TenancySchemaError;
                pub const #names: #up::__TenancySchemaError = ::core::panic!();
            )*
            pub mod columns { pub use super::*; }
            pub mod dsl { pub use super::*; pub use super::table as #name; }
        }
    }
}
