//! Model to tokens: for each table the module that `diesel::table!` would write, with the differences that `tenant`,
//! `plain` and `column` list. One function an emitted item.
//!
//! Parameters of emitted functions begin with `__`: a column is a unit struct in scope, and a parameter of its name
//! would be a pattern. Paths are absolute, primitive types included, because a column may be called `str`.
mod column;
mod joins;
mod module;
mod operators;
mod plain;
mod postgres_only;
mod privileges;
mod query_source;
mod same_query;
mod table_type;
mod tenant;
mod to_diesel;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use self::to_diesel::diesel;
use crate::model::{Kind, Module, Schema};

/// The whole schema.
pub(crate) fn expand(schema: &Schema) -> TokenStream {
    let Schema { uses, passthrough, .. } = schema;
    let items = items_in(schema, None);
    let modules = schema.modules.iter().map(|module| expand_module(schema, module));
    let joins = schema.joins.iter().map(|join| joins::implicit(schema, join));
    let pairs = same_query::expand(schema);
    let privileges = privileges::expand(schema);
    let manifest = crate::manifest::function(schema);
    quote! {
        // Diesel's macros may be imported for the calls that this macro has read; and what `diesel print-schema` writes is
        // not the developer's to document.
        #(#[allow(unused_imports)] #uses)*
        #(#[allow(missing_docs, unreachable_pub)] #passthrough)*
        #items
        #(#modules)*
        #(#joins)*
        #pairs
        #privileges
        #manifest
    }
}

/// A module of the schema, with its tables: their `super` is this module, as it is diesel's.
fn expand_module(schema: &Schema, module: &Module) -> TokenStream {
    let Module { attrs, vis, name, passthrough, uses } = module;
    let items = items_in(schema, Some(name));
    quote! {
        #(#attrs)*
        #[allow(missing_docs, unreachable_pub)]
        #vis mod #name {
            #(#[allow(unused_imports)] #uses)*
            #(#passthrough)*
            #items
        }
    }
}

/// The tables of one module, or those outside of every module, and what is said of their columns.
fn items_in(schema: &Schema, module: Option<&Ident>) -> TokenStream {
    let tables = schema.tables_in(module).map(|table| match table.kind {
        Kind::Tenant => tenant::expand(schema, table),
        Kind::Global | Kind::Platform => plain::expand(schema, table),
    });
    let diesel = diesel(schema);
    let grouping = schema.grouping_in(module);
    quote! {
        #(#tables)*
        #(#diesel::allow_columns_to_appear_in_same_group_by_clause!(#grouping);)*
    }
}
