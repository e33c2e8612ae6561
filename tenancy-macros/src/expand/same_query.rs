//! `allow_tables_to_appear_in_same_query!`.
use proc_macro2::TokenStream;
use quote::quote;

use super::postgres_only;
use super::to_diesel::diesel;
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
    let apart = refused(schema);
    quote!(#(#pairs)* #apart)
}

/// A platform table and an organization's never share a query: their columns say so (`WithoutOrganizations`). For diesel they may, whose own message
/// for a missing pair is two screens long and advises to add it.
fn refused(schema: &Schema) -> TokenStream {
    let of = |kind| schema.tables.iter().filter(move |table| table.kind == kind);
    let pairs = of(Kind::Platform).flat_map(|platform| {
        of(Kind::Tenant).map(move |tenant| {
            let (there, back) = (one_way(schema, platform, tenant), one_way(schema, tenant, platform));
            quote!(#there #back)
        })
    });
    quote!(#(#pairs)*)
}

fn one_way(schema: &Schema, from: &Table, to: &Table) -> TokenStream {
    let diesel = diesel(schema);
    let (left, right) = (from.path(), to.path());
    let (generics, arguments) =
        if from.kind == Kind::Tenant { (quote!(<__B>), quote!(<__B>)) } else { Default::default() };
    let only = postgres_only::pair(&diesel, from, to);
    quote! {
        impl #generics #diesel::query_source::TableNotEqual<#right::table> for #left::table #arguments {}
        #only
    }
}
