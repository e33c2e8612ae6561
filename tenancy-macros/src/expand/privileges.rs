//! Which statements of a table need a permit. Beside the tables' modules, where the paths of actions mean what was written.
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Kind, Privileges, Schema, Table};

pub(super) fn expand(schema: &Schema) -> TokenStream {
    schema.tables.iter().filter(|table| table.kind == Kind::Tenant).map(|table| of_table(schema, table)).collect()
}

fn of_table(schema: &Schema, table: &Table) -> TokenStream {
    let (krate, path) = (&schema.krate, table.path());
    let none = quote!(#krate::query::Unprivileged);
    let Some(Privileges { delete, update, columns, key, epochs }) = &table.privileges else {
        return quote! {
            impl #krate::query::Privileges for #path::table {
                type Delete = #none;
                type Update = #none;
            }
        };
    };
    let action = |action: &Option<syn::Path>| action.as_ref().map_or_else(|| none.clone(), |path| quote!(#path));
    let (delete, update) = (action(delete), action(update));
    let names = columns.iter().map(|(index, _)| &table.columns[*index].sql_name);
    let actions = columns.iter().map(|(_, action)| action);
    let key = &table.columns[*key].name;
    let epochs = schema.tables[*epochs].path();
    quote! {
        impl #krate::query::Privileges for #path::table {
            type Delete = #delete;
            type Update = #update;
            const COLUMNS: &'static [#krate::query::PrivilegedColumn] = &[
                #(#krate::query::PrivilegedColumn { column: #names, action: ::core::any::TypeId::of::<#actions> },)*
            ];
        }
        impl #krate::query::PrivilegedTable for #path::table {
            type Key = #path::#key;
            type Epochs = #epochs::table;
        }
    }
}
