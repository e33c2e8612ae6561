//! PostgreSQL's `ONLY` and `TABLESAMPLE` on global and platform tables, as `diesel::table!` writes them when diesel has
//! that backend. Organization tables do not have them: both belong on the base table, inside the derived one.
use proc_macro2::TokenStream;
use quote::quote;

use super::query_source::flipped;
use super::table_type::TableType;
use crate::model::{Column, Kind, Table};

fn exists(kind: Kind) -> bool {
    cfg!(feature = "postgres") && kind != Kind::Tenant
}

pub(super) fn table(table: &Table) -> TokenStream {
    if !exists(table.kind) {
        return TokenStream::new();
    }
    let once = quote!(
        type Count = diesel::query_source::Once;
    );
    let appears = quote!(diesel::query_source::AppearsInFromClause);
    let only = quote!(diesel::query_builder::Only);
    let sample = quote!(diesel::query_builder::Tablesample);
    let method = quote!(diesel::internal::table_macro::TablesampleMethod);
    let form = TableType::of(table);
    let joins = [
        flipped(table.kind, &form, &quote!(__S), &quote!(#only<__S>), &quote!()),
        flipped(table.kind, &form, &quote!(__S, __M), &quote!(#sample<__S, __M>), &quote!(__M: #method)),
    ];
    quote! {
        #(#joins)*
        impl #appears<#only<table>> for table { #once }
        impl #appears<table> for #only<table> { #once }
        impl<__M: #method> #appears<#sample<table, __M>> for table { #once }
        impl<__M: #method> #appears<table> for #sample<table, __M> { #once }
    }
}

pub(super) fn column(table: &Table, column: &Column) -> TokenStream {
    if !exists(table.kind) {
        return TokenStream::new();
    }
    let name = &column.name;
    let once = quote!(
        type Count = diesel::query_source::Once;
    );
    let appears = quote!(diesel::query_source::AppearsInFromClause);
    let only = quote!(diesel::query_builder::Only<table>);
    let sample = quote!(diesel::query_builder::Tablesample<table, __M>);
    let method = quote!(diesel::internal::table_macro::TablesampleMethod);
    quote! {
        impl #appears<#only> for #name { #once }
        impl diesel::SelectableExpression<#only> for #name {}
        impl<__M: #method> #appears<#sample> for #name { #once }
        impl<__M: #method> diesel::SelectableExpression<#sample> for #name {}
    }
}

/// Two tables that may share a query may do so under `ONLY` and `TABLESAMPLE`.
pub(super) fn pair(diesel: &TokenStream, left: &Table, right: &Table) -> TokenStream {
    if !exists(left.kind) || !exists(right.kind) {
        return TokenStream::new();
    }
    let (left, right) = (left.path(), right.path());
    let differs = quote!(#diesel::query_source::TableNotEqual);
    let only = quote!(#diesel::query_builder::Only);
    let sample = quote!(#diesel::query_builder::Tablesample);
    let method = quote!(#diesel::internal::table_macro::TablesampleMethod);
    quote! {
        impl #differs<#right::table> for #only<#left::table> {}
        impl #differs<#only<#right::table>> for #left::table {}
        impl<__M: #method> #differs<#right::table> for #sample<#left::table, __M> {}
        impl<__M: #method> #differs<#sample<#right::table, __M>> for #left::table {}
    }
}
