//! A table as a source that diesel reads: how often it appears, under which alias, in which joins.
use proc_macro2::TokenStream;
use quote::quote;

use super::table_type::TableType;
use super::to_diesel::primary_key;
use crate::model::{Kind, Table};

pub(super) fn items(table: &Table) -> TokenStream {
    let form = TableType::of(table);
    let parts = [query(table, &form), appearances(&form), aliases(), joins(table.kind, &form)];
    quote!(#(#parts)*)
}

fn query(table: &Table, TableType { parameter, table: ty }: &TableType) -> TokenStream {
    let columns = table.selected();
    let key = primary_key(table, &TokenStream::new());
    quote! {
        impl<#parameter> diesel::query_builder::AsQuery for #ty {
            type SqlType = SqlType;
            type Query = diesel::internal::table_macro::SelectStatement<diesel::internal::table_macro::FromClause<Self>>;
            fn as_query(self) -> Self::Query {
                diesel::internal::table_macro::SelectStatement::simple(self)
            }
        }
        impl<#parameter> diesel::Table for #ty {
            type PrimaryKey = #key;
            type AllColumns = (#(#columns,)*);
            fn primary_key(&self) -> Self::PrimaryKey {
                #key
            }
            fn all_columns() -> Self::AllColumns {
                (#(#columns,)*)
            }
        }
    }
}

/// How often this table appears in a FROM clause: as `diesel::table!` says it.
fn appearances(TableType { parameter, table: ty }: &TableType) -> TokenStream {
    quote! {
        impl<#parameter> diesel::query_source::AppearsInFromClause<table> for #ty {
            type Count = diesel::query_source::Once;
        }
        impl diesel::query_source::AppearsInFromClause<table> for diesel::internal::table_macro::NoFromClause {
            type Count = diesel::query_source::Never;
        }
        impl<__S: diesel::query_source::AliasSource<Target = table>>
            diesel::internal::table_macro::AliasAppearsInFromClause<__S, table> for table
        {
            type Count = diesel::query_source::Never;
        }
        impl<__S1, __S2> diesel::internal::table_macro::AliasAliasAppearsInFromClause<table, __S2, __S1> for table
        where
            __S1: diesel::query_source::AliasSource<Target = table>
                + diesel::internal::table_macro::AliasAliasAppearsInFromClauseSameTable<__S2, table>,
            __S2: diesel::query_source::AliasSource<Target = table>,
        {
            type Count =
                <__S1 as diesel::internal::table_macro::AliasAliasAppearsInFromClauseSameTable<__S2, table>>::Count;
        }
        impl<#parameter __S: diesel::query_source::AliasSource>
            diesel::query_source::AppearsInFromClause<diesel::query_source::Alias<__S>> for #ty
        {
            type Count = diesel::query_source::Never;
        }
    }
}

/// What a column becomes under an alias of this table: as `diesel::table!` says it.
fn aliases() -> TokenStream {
    quote! {
        impl<__S, __C> diesel::internal::table_macro::FieldAliasMapperAssociatedTypesDisjointnessTrick<table, __S, __C>
            for table
        where
            __S: diesel::query_source::AliasSource<Target = table> + ::core::clone::Clone,
            __C: diesel::query_source::Column<Table = table>,
        {
            type Out = diesel::query_source::AliasedField<__S, __C>;
            fn map(__column: __C, __alias: &diesel::query_source::Alias<__S>) -> Self::Out {
                __alias.field(__column)
            }
        }
    }
}

/// Joins with this table on the left and a join, a select or an alias on the right.
fn joins(kind: Kind, form: &TableType) -> TokenStream {
    let internal = quote!(diesel::internal::table_macro);
    let select = quote!(#internal::SelectStatement<#internal::FromClause<__F>, __S, __D, __W, __O, __L, __Of, __G>);
    let boxed = quote!(#internal::BoxedSelectStatement<'a, #internal::FromClause<__F>, __ST, __DB>);
    let source = quote!(diesel::query_source::QuerySource);
    let brand = &form.parameter;
    let join = |parameters, right, bounds| flipped(kind, form, &parameters, &right, &bounds);
    let joins = [
        join(quote!(#brand __L, __R, __K), quote!(#internal::Join<__L, __R, __K>), quote!(__L: #source, __R: #source)),
        join(quote!(#brand __J, __On), quote!(#internal::JoinOn<__J, __On>), quote!()),
        join(quote!(#brand __F, __S, __D, __W, __O, __L, __Of, __G), select, quote!(__F: #source)),
        join(quote!('a, #brand __F, __ST, __DB), boxed, quote!(__F: #source)),
        join(quote!(#brand __S), quote!(diesel::query_source::Alias<__S>), quote!()),
    ];
    quote!(#(#joins)*)
}

/// `table JOIN right` is what `right JOIN table` is.
pub(super) fn flipped(
    kind: Kind,
    TableType { table, .. }: &TableType,
    parameters: &TokenStream,
    right: &TokenStream,
    bounds: &TokenStream,
) -> TokenStream {
    // There is no value of an organization table to ask.
    let target = match kind {
        Kind::Tenant => quote!(__tenancy::__private::join_flipped::<table, __B, _>(__rhs)),
        Kind::Global | Kind::Platform => quote!(__tenancy::__private::join_flipped_with(table, __rhs)),
    };
    quote! {
        impl<#parameters> diesel::JoinTo<#right> for #table
        where
            #right: diesel::JoinTo<#table>,
            #bounds
        {
            type FromClause = #right;
            type OnClause = <#right as diesel::JoinTo<#table>>::OnClause;
            fn join_target(__rhs: #right) -> (Self::FromClause, Self::OnClause) {
                #target
            }
        }
    }
}
