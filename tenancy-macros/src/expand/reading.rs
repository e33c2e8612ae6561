//! A tenant table as a query source: what it selects, where it appears, what it joins.
use proc_macro2::TokenStream;
use quote::quote;

use super::primary_key;
use crate::model::Table;

pub(super) fn items(table: &Table) -> TokenStream {
    let parts = [source(table), rows(), appearances(), aliases(), joins(), explicit_join()];
    quote!(#(#parts)*)
}

fn source(table: &Table) -> TokenStream {
    let columns = table.selected();
    let key = primary_key(table, &TokenStream::new());
    quote! {
        impl<__B> diesel::query_source::QuerySource for table<__B> {
            type FromClause = __tenancy::__private::ScopedFrom<table>;
            type DefaultSelection = (#(#columns,)*);
            fn from_clause(&self) -> Self::FromClause {
                __tenancy::__private::ScopedFrom::new(self.key)
            }
            fn default_selection(&self) -> Self::DefaultSelection {
                (#(#columns,)*)
            }
        }
        impl<__B> diesel::query_builder::AsQuery for table<__B> {
            type SqlType = SqlType;
            type Query = diesel::internal::table_macro::SelectStatement<diesel::internal::table_macro::FromClause<Self>>;
            fn as_query(self) -> Self::Query {
                diesel::internal::table_macro::SelectStatement::simple(self)
            }
        }
        impl<__B> diesel::Table for table<__B> {
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

/// The organization's rows without a name, for an alias, which adds its own.
fn rows() -> TokenStream {
    quote! {
        impl<__DB> diesel::query_builder::QueryFragment<__DB> for table
        where
            __DB: diesel::backend::Backend
                + diesel::sql_types::HasSqlType<<table as __tenancy::schema::TenantTable>::OrganizationType>,
            __tenancy::scope::ScopeKey:
                diesel::serialize::ToSql<<table as __tenancy::schema::TenantTable>::OrganizationType, __DB>,
        {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::ScopedFrom::<table>::walk_rows(&self.key, __out)
            }
        }
    }
}

/// How often this table appears in a FROM clause: as `diesel::table!` says it.
fn appearances() -> TokenStream {
    quote! {
        impl<__B> diesel::query_source::AppearsInFromClause<table> for table<__B> {
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
        impl<__B, __S: diesel::query_source::AliasSource>
            diesel::query_source::AppearsInFromClause<diesel::query_source::Alias<__S>> for table<__B>
        {
            type Count = diesel::query_source::Never;
        }
    }
}

/// What a column becomes under an alias of this table: as `diesel::table!` says it, and the organization column, which
/// is no diesel column.
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
        impl<__S: diesel::query_source::AliasSource<Target = table>> __tenancy::query::MapsOrganizationOf<table, __S>
            for table
        {
            type Out = __tenancy::query::AliasedOrganization<__S>;
            fn map(_: __tenancy::schema::OrganizationIsSetByTheScope<table>) -> Self::Out {
                __tenancy::query::AliasedOrganization::NEW
            }
        }
    }
}

/// Joins with this table on the left and a join, a select or an alias on the right.
fn joins() -> TokenStream {
    let internal = quote!(diesel::internal::table_macro);
    let select = quote!(#internal::SelectStatement<#internal::FromClause<__F>, __S, __D, __W, __O, __L, __Of, __G>);
    let boxed = quote!(#internal::BoxedSelectStatement<'a, #internal::FromClause<__F>, __ST, __DB>);
    let source = quote!(diesel::query_source::QuerySource);
    let joins = [
        flipped(
            &quote!(__B, __L, __R, __K),
            &quote!(#internal::Join<__L, __R, __K>),
            &quote!(__L: #source, __R: #source),
        ),
        flipped(&quote!(__B, __J, __On), &quote!(#internal::JoinOn<__J, __On>), &quote!()),
        flipped(&quote!(__B, __F, __S, __D, __W, __O, __L, __Of, __G), &select, &quote!(__F: #source)),
        flipped(&quote!('a, __B, __F, __ST, __DB), &boxed, &quote!(__F: #source)),
        flipped(&quote!(__B, __S), &quote!(diesel::query_source::Alias<__S>), &quote!()),
    ];
    quote!(#(#joins)*)
}

/// `table JOIN right` is what `right JOIN table` is.
fn flipped(parameters: &TokenStream, right: &TokenStream, bounds: &TokenStream) -> TokenStream {
    quote! {
        impl<#parameters> diesel::JoinTo<#right> for table<__B>
        where
            #right: diesel::JoinTo<table<__B>>,
            #bounds
        {
            type FromClause = #right;
            type OnClause = <#right as diesel::JoinTo<table<__B>>>::OnClause;
            fn join_target(__rhs: #right) -> (Self::FromClause, Self::OnClause) {
                __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
            }
        }
    }
}

/// `.on(..)`: the organization equality is added, and the brands must agree.
fn explicit_join() -> TokenStream {
    quote! {
        impl<__B> __tenancy::query::JoinSide for table<__B> {
            type Organization = __tenancy::schema::OrganizationIsSetByTheScope<table>;
            fn __organization() -> Self::Organization {
                __tenancy::schema::OrganizationIsSetByTheScope::NEW
            }
        }
        impl<__B, __Rhs, __On> diesel::JoinTo<__tenancy::query::OnInOrganization<__Rhs, __On>> for table<__B>
        where
            __Rhs: __tenancy::query::JoinSide + __tenancy::query::SourceBrand,
            __tenancy::query::OfBrand<__B>: __tenancy::query::Agrees<__Rhs::Under>,
            __tenancy::schema::OrganizationIsSetByTheScope<table>:
                __tenancy::query::OnClauseOf<__Rhs::Organization, __On>,
        {
            type FromClause = __Rhs;
            type OnClause = <__tenancy::schema::OrganizationIsSetByTheScope<table> as __tenancy::query::OnClauseOf<
                __Rhs::Organization,
                __On,
            >>::Clause;
            fn join_target(
                __rhs: __tenancy::query::OnInOrganization<__Rhs, __On>,
            ) -> (Self::FromClause, Self::OnClause) {
                __rhs.join_from::<Self>()
            }
        }
    }
}
