//! Global and platform tables: diesel's own macro, and what marks them.
use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::diesel;
use crate::model::{Column, Kind, Schema, Table};

pub(super) fn table(schema: &Schema, table: &Table) -> TokenStream {
    let (krate, name) = (&schema.krate, &table.name);
    let diesels = diesels(schema, table);
    // A platform table is no source of a scoped statement, and cannot be joined with one.
    if table.kind == Kind::Platform {
        return quote! {
            #diesels
            impl #krate::schema::PlatformTable for #name::table {}
        };
    }
    let joined = join_side(schema, table);
    quote! {
        #diesels
        impl #krate::schema::GlobalTable for #name::table {}
        impl #krate::query::LeafSource for #name::table {
            type Under = #krate::query::Anywhere;
        }
        #joined
    }
}

/// The table in diesel's own words; what a developer's lints would say about them is not the developer's to mend.
fn diesels(schema: &Schema, table: &Table) -> TokenStream {
    let diesel = diesel(schema);
    let Table { attrs, imports, name, sql_name, primary_key, columns, .. } = table;
    let qualified = table.schema.as_ref().map(|schema| quote!(#schema.));
    let columns = columns.iter().map(column);
    quote! {
        #diesel::table! {
            #(#imports)*
            #[allow(missing_docs, non_camel_case_types, non_upper_case_globals)]
            #(#attrs)*
            #[sql_name = #sql_name]
            #qualified #name (#(#primary_key),*) {
                #(#columns)*
            }
        }
    }
}

fn column(column: &Column) -> TokenStream {
    let Column { attrs, name, sql_name, sql_type, max_length } = column;
    let max_length = max_length.as_ref().map(|length| quote!(#[max_length = #length]));
    quote! {
        #(#attrs)*
        #[sql_name = #sql_name]
        #max_length
        #name -> #sql_type,
    }
}

/// A global table has no organization: a join's explicit ON clause stays as it was written.
fn join_side(schema: &Schema, table: &Table) -> TokenStream {
    let (krate, diesel) = (&schema.krate, diesel(schema));
    let name: &Ident = &table.name;
    quote! {
        impl #krate::query::JoinSide for #name::table {
            type Organization = #krate::query::NoOrganization;
            fn __organization() -> Self::Organization {
                #krate::query::NoOrganization
            }
        }
        impl<__Rhs, __On> #diesel::JoinTo<#krate::query::OnInOrganization<__Rhs, __On>> for #name::table
        where
            __Rhs: #krate::query::JoinSide,
        {
            type FromClause = __Rhs;
            type OnClause = __On;
            fn join_target(
                __rhs: #krate::query::OnInOrganization<__Rhs, __On>,
            ) -> (Self::FromClause, Self::OnClause) {
                __rhs.join_from::<Self>()
            }
        }
    }
}
