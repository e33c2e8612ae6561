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
        // Where statements have permits, the epochs are the engine's to write.
        let epochs = |(index, _): (usize, _)| {
            schema.tables.iter().any(|other| other.privileges.as_ref().is_some_and(|it| it.epochs == index))
        };
        let is_epochs =
            schema.tables.iter().enumerate().find(|(_, other)| std::ptr::eq(*other, table)).is_some_and(epochs);
        let need = if is_epochs { quote!(#krate::query::WrittenByTheEngine) } else { none };
        return quote! {
            impl #krate::query::Privileges for #path::table {
                type Insert = #need;
                type Delete = #need;
                type Update = #need;
            }
        };
    };
    let action = |action: &Option<syn::Path>| action.as_ref().map_or_else(|| none.clone(), |path| quote!(#path));
    let (delete, update) = (action(delete), action(update));
    let names = columns.iter().map(|(index, _)| &table.columns[*index].sql_name);
    let actions = columns.iter().map(|(_, action)| action);
    let checked = table
        .privileges
        .iter()
        .flat_map(|it| it.delete.iter().chain(&it.update).chain(it.columns.iter().map(|(_, action)| action)));
    let key_name = &table.columns[*key].sql_name;
    let key = &table.columns[*key].name;
    let epochs = schema.tables[*epochs].path();
    quote! {
        impl #krate::query::Privileges for #path::table {
            type Insert = #none;
            type Delete = #delete;
            type Update = #update;
            const COLUMNS: &'static [#krate::query::PrivilegedColumn] = &[
                // Permits name rows by it.
                #krate::query::PrivilegedColumn { column: #key_name, action: #krate::query::no_action },
                #(#krate::query::PrivilegedColumn { column: #names, action: ::core::any::TypeId::of::<#actions> },)*
            ];
        }
        #(const _: () = #krate::query::is_action_on::<#checked, #path::table>();)*
        impl #krate::query::PrivilegedTable for #path::table {
            type Key = #path::#key;
            type Epochs = #epochs::table;
        }
    }
}
