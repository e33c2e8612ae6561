//! `allow_tables_to_appear_in_same_query!`.
use proc_macro2::TokenStream;
use quote::quote;

use super::{diesel, only};
use crate::model::{Kind, Schema, Table};

/// Every pair of tables that may share a query, in both directions.
///
/// Diesel writes eight more impls a pair for PostgreSQL's `ONLY` and `TABLESAMPLE`; here only two plain tables have them.
pub(super) fn expand(schema: &Schema) -> TokenStream {
    let pairs = schema.pairs.iter().map(|&(left, right)| {
        let (left, right) = (&schema.tables[left], &schema.tables[right]);
        let (there, back) = (one_way(schema, left, right), one_way(schema, right, left));
        quote!(#there #back)
    });
    quote!(#(#pairs)*)
}

fn one_way(schema: &Schema, from: &Table, to: &Table) -> TokenStream {
    let diesel = diesel(schema);
    let (left, right) = (from.path(), to.path());
    let (generics, arguments) =
        if from.kind == Kind::Tenant { (quote!(<__B>), quote!(<__B>)) } else { Default::default() };
    let only = only::pair(&diesel, from, to);
    quote! {
        impl #generics #diesel::query_source::TableNotEqual<#right::table> for #left::table #arguments {}
        #only
    }
}
