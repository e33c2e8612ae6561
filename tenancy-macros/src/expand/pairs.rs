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
    let unreachable = unreachable(schema);
    quote!(#(#pairs)* #unreachable)
}

/// An organization's table and a platform table in one statement: an impl under a condition that nothing meets, so that the
/// compiler's message is the condition's.
fn unreachable(schema: &Schema) -> TokenStream {
    let (diesel, krate) = (diesel(schema), &schema.krate);
    let of = |kind| schema.tables.iter().filter(move |table| table.kind == kind).map(Table::path);
    let pairs = of(Kind::Tenant).flat_map(|tenant| of(Kind::Platform).map(move |platform| (tenant.clone(), platform)));
    let impls = pairs.map(|(tenant, platform)| {
        // Of every lifetime: a condition that is false without one is refused where it is written.
        let reaches =
            quote!(for<'a> &'a #krate::schema::AnOrganization: #krate::schema::ReachesThePlatform<#platform::table>);
        quote! {
            impl<__B> #diesel::query_source::TableNotEqual<#platform::table> for #tenant::table<__B> where #reaches {}
            impl #diesel::query_source::TableNotEqual<#tenant::table> for #platform::table where #reaches {}
        }
    });
    quote!(#(#impls)*)
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
