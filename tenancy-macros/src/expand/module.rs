//! What the modules of all tables share.
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Ident, ItemUse};

use super::column;
use crate::model::{Schema, Table};

/// The module of a table: `items`, and its columns.
pub(super) fn module(schema: &Schema, table: &Table, items: &TokenStream) -> TokenStream {
    let Table { attrs, name, .. } = table;
    let krate = &schema.krate;
    let imports = imports(table);
    let column_imports = imports.iter().map(for_submodule);
    let names = names(table);
    let columns = (0..table.columns.len()).map(|index| column::expand(table, index));
    let star = column::star(table);
    quote! {
        #(#attrs)*
        #[allow(
            unused_imports, dead_code, unreachable_pub, unused_qualifications, missing_docs,
            non_camel_case_types, non_upper_case_globals
        )]
        pub mod #name {
            use #krate as __tenancy;
            use #krate::__private::diesel;
            pub use self::columns::*;
            #(#imports)*
            #names
            #items

            /// The columns of this table.
            pub mod columns {
                use super::{__tenancy, diesel, table};
                #(#column_imports)*
                #star
                #(#columns)*
            }
        }
    }
}

fn imports(table: &Table) -> Vec<ItemUse> {
    if table.imports.is_empty() {
        vec![syn::parse_quote!(
            use diesel::sql_types::*;
        )]
    } else {
        table.imports.clone()
    }
}

/// One module deeper: an import that starts with `super` gets one more.
fn for_submodule(import: &ItemUse) -> ItemUse {
    let mut import = import.clone();
    if let syn::UseTree::Path(path) = &mut import.tree
        && path.ident == "super"
    {
        let inner = path.clone();
        *path.tree = syn::UseTree::Path(inner);
    } else if let syn::UseTree::Path(path) = &mut import.tree
        && path.ident == "self"
    {
        path.ident = Ident::new("super", path.ident.span());
    }
    import
}

fn names(table: &Table) -> TokenStream {
    let name = &table.name;
    let columns: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
    let selected = table.selected();
    quote! {
        /// The columns, and the table under its module's name: for functions that deal with this table only.
        pub mod dsl {
            pub use super::columns::{#(#columns,)*};
            pub use super::table as #name;
        }

        /// What is selected unless a query says otherwise: all columns, in order, but the organization's.
        pub const all_columns: (#(#selected,)*) = (#(#selected,)*);
        /// The SQL type of `all_columns`.
        pub type SqlType = (#(diesel::dsl::SqlTypeOf<#selected>,)*);
        /// A boxed query of this table.
        pub type BoxedQuery<'a, DB, ST = SqlType> = diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            ST,
            diesel::internal::table_macro::FromClause<table>,
            DB,
        >;
    }
}

/// The SQL schema, as the constant of a trait has it.
pub(super) fn sql_schema(table: &Table) -> TokenStream {
    match &table.schema {
        Some(schema) => {
            let schema = schema.unraw().to_string();
            quote!(::core::option::Option::Some(#schema))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// The method `star`, unless a column has that name.
pub(super) fn star_method(table: &Table) -> Option<TokenStream> {
    table.columns.iter().all(|column| column.name != "star").then(|| {
        quote! {
            /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
            pub fn star(&self) -> star {
                star
            }
        }
    })
}
