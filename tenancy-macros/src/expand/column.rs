//! The columns of one table.
//!
//! What `diesel::table!` writes and this does not: an impl for each pair of columns (see `tenancy::schema::SameColumn`);
//! and for columns of organization tables, "the primary key covers its table" in a GROUP BY (the functional dependency does not
//! pass through a derived table), and sources of `Only` and `Tablesample`. A column renders by the
//! name that statements give its table (`Table::alias`); an organization table's organization column is another type.
use proc_macro2::TokenStream;
use quote::quote;

use super::operators::operators;
use super::postgres_only;
use super::table_type::TableType;
use crate::model::{Column, Kind, Table};

pub(super) fn expand(table: &Table, index: usize) -> TokenStream {
    let place = place(table, index);
    if table.org_column == Some(index) { organization(table, index, &place) } else { ordinary(table, index, &place) }
}

/// The column's place as a list of bits, least first; as many as the table needs.
fn place(table: &Table, index: usize) -> TokenStream {
    let width = usize::BITS - table.columns.len().leading_zeros();
    (0..width).fold(quote!(()), |rest, bit| {
        let value = if index >> bit & 1 == 1 { quote!(Yes) } else { quote!(No) };
        quote!((__tenancy::schema::#value, #rest))
    })
}

fn organization(table: &Table, index: usize, place: &TokenStream) -> TokenStream {
    let Column { attrs, name, sql_name, .. } = &table.columns[index];
    quote! {
        #(#attrs)*
        pub type #name = __tenancy::schema::OrganizationIsSetByTheScope<table>;
        #[doc(hidden)]
        pub const #name: #name = __tenancy::schema::OrganizationIsSetByTheScope::NEW;
        impl<__B> diesel::SelectableExpression<table<__B>> for #name {}
        impl __tenancy::schema::ColumnOf<table> for #name {
            type Index = #place;
            type Anchors = __tenancy::schema::Yes;
            const NAME: &'static ::core::primitive::str = #sql_name;
        }
    }
}

fn ordinary(table: &Table, index: usize, place: &TokenStream) -> TokenStream {
    let column = &table.columns[index];
    let parts = [
        definition(table, column),
        equality(column),
        selection(table, column),
        grouping(table, column),
        column_of(table, column, place),
        operators(column),
        postgres_only::column(table, column),
    ];
    quote!(#(#parts)*)
}

fn definition(table: &Table, column: &Column) -> TokenStream {
    let Column { attrs, name, sql_name, sql_type, max_length, .. } = column;
    let table_name = table.alias();
    let rendered = match table.kind {
        Kind::Tenant => {
            let (postgres, sqlite) = (qualified(&table_name, sql_name, '"'), qualified(&table_name, sql_name, '`'));
            quote! {
                walk_column(
                    __out,
                    &__tenancy::__private::ColumnName {
                        table: #table_name,
                        column: #sql_name,
                        postgres: #postgres,
                        sqlite: #sqlite,
                    },
                )
            }
        }
        Kind::Global | Kind::Platform => quote!(walk_plain_column::<table, __DB>(__out, #sql_name)),
    };
    let max_length = max_length.as_ref().map(|length| {
        quote! {
            impl diesel::query_source::SizeRestrictedColumn for #name {
                const MAX_LENGTH: ::core::primitive::usize = #length;
            }
        }
    });
    quote! {
        #(#attrs)*
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy, ::core::default::Default)]
        pub struct #name;
        impl diesel::query_builder::QueryId for #name {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl diesel::expression::Expression for #name {
            type SqlType = #sql_type;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB> for #name {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::#rendered
            }
        }
        impl diesel::query_source::Column for #name {
            type Table = table;
            const NAME: &'static ::core::primitive::str = #sql_name;
        }
        #max_length
    }
}

/// `"table"."column"`, with the quotes that diesel writes for a database.
fn qualified(table: &str, column: &str, quote: char) -> String {
    let quoted = |name: &str| format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")));
    format!("{}.{}", quoted(table), quoted(column))
}

/// For `find` and `belonging_to`, which compare keys of any width.
fn equality(column: &Column) -> TokenStream {
    let Column { name, sql_type, .. } = column;
    quote! {
        impl<__T> diesel::EqAll<__T> for #name
        where
            __T: diesel::expression::AsExpression<#sql_type>,
            diesel::dsl::Eq<#name, __T::Expression>: diesel::Expression<SqlType = diesel::sql_types::Bool>,
        {
            type Output = diesel::dsl::Eq<Self, __T::Expression>;
            fn eq_all(self, __rhs: __T) -> Self::Output {
                diesel::expression_methods::ExpressionMethods::eq(self, __rhs)
            }
        }
    }
}

/// From which sources the column can be selected: as `diesel::table!` says it.
fn selection(table: &Table, column: &Column) -> TokenStream {
    let name = &column.name;
    let table_kind = table.kind;
    let TableType { parameter, table } = TableType::of(table);
    let joined = selection_from_joins(column);
    let apart = (table_kind == Kind::Platform).then(|| quote!(+ __tenancy::__private::WithoutOrganizations));
    let select = quote!(diesel::internal::table_macro::SelectStatement<diesel::internal::table_macro::FromClause<__F>>);
    quote! {
        impl<#parameter> diesel::SelectableExpression<#table> for #name {}
        impl<__QS> diesel::AppearsOnTable<__QS> for #name
        where
            __QS: diesel::query_source::AppearsInFromClause<table, Count = diesel::query_source::Once> #apart,
        {
        }
        #joined
        impl<__F> diesel::SelectableExpression<#select> for #name
        where
            __F: diesel::query_source::QuerySource,
            #name: diesel::SelectableExpression<__F> + diesel::AppearsOnTable<#select>,
        {
        }
    }
}

fn selection_from_joins(column: &Column) -> TokenStream {
    let name = &column.name;
    let join = quote!(diesel::internal::table_macro::Join);
    let once = quote!(diesel::query_source::AppearsInFromClause<table>);
    quote! {
        impl<__L, __R> diesel::SelectableExpression<#join<__L, __R, diesel::internal::table_macro::LeftOuter>> for #name
        where
            #name: diesel::AppearsOnTable<#join<__L, __R, diesel::internal::table_macro::LeftOuter>>
                + diesel::SelectableExpression<__L>,
            __R: diesel::query_source::AppearsInFromClause<table, Count = diesel::query_source::Never>
                + diesel::query_source::QuerySource,
            __L: diesel::query_source::QuerySource,
        {
        }
        impl<__L, __R> diesel::SelectableExpression<#join<__L, __R, diesel::internal::table_macro::Inner>> for #name
        where
            #name: diesel::AppearsOnTable<#join<__L, __R, diesel::internal::table_macro::Inner>>
                + diesel::SelectableExpression<
                    <(__L::Count, __R::Count) as diesel::internal::table_macro::Pick<__L, __R>>::Selection,
                >,
            __L: #once + diesel::query_source::QuerySource,
            __R: #once + diesel::query_source::QuerySource,
            (__L::Count, __R::Count): diesel::internal::table_macro::Pick<__L, __R>,
        {
        }
        impl<__J, __On> diesel::SelectableExpression<diesel::internal::table_macro::JoinOn<__J, __On>> for #name where
            #name: diesel::SelectableExpression<__J> + diesel::AppearsOnTable<diesel::internal::table_macro::JoinOn<__J, __On>>
        {
        }
    }
}

fn grouping(table: &Table, column: &Column) -> TokenStream {
    let name = &column.name;
    let contains = contains(table, column);
    quote! {
        impl diesel::expression::ValidGrouping<()> for #name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for #name
        where
            __GB: __tenancy::schema::Groups<#name>,
        {
            type IsAggregate = diesel::expression::is_aggregate::Yes;
        }
        #contains
    }
}

/// A column in a GROUP BY covers itself; the primary key of a table that is in FROM as it is covers its columns.
fn contains(table: &Table, column: &Column) -> TokenStream {
    let name = &column.name;
    if table.kind != Kind::Tenant && is_primary_key(table, column) {
        return quote! {
            impl<__C: __tenancy::schema::ColumnOf<table>> diesel::expression::IsContainedInGroupBy<__C> for #name {
                type Output = diesel::expression::is_contained_in_group_by::Yes;
            }
        };
    }
    quote! {
        impl<__C> diesel::expression::IsContainedInGroupBy<__C> for #name
        where
            __C: __tenancy::schema::ColumnOf<table>,
            <#name as __tenancy::schema::ColumnOf<table>>::Index: __tenancy::schema::SameColumn<__C::Index>,
        {
            type Output =
                <<#name as __tenancy::schema::ColumnOf<table>>::Index as __tenancy::schema::SameColumn<__C::Index>>::Output;
        }
    }
}

fn is_primary_key(table: &Table, column: &Column) -> bool {
    table.primary_key.len() == 1 && table.primary_key[0] == column.name
}

fn column_of(table: &Table, column: &Column, place: &TokenStream) -> TokenStream {
    let Column { name, sql_name, .. } = column;
    let anchors = if is_primary_key(table, column) { quote!(Yes) } else { quote!(No) };
    quote! {
        impl __tenancy::schema::ColumnOf<table> for #name {
            type Index = #place;
            type Anchors = __tenancy::schema::#anchors;
            const NAME: &'static ::core::primitive::str = #sql_name;
        }
    }
}

/// Unless a column has that name.
pub(super) fn star(table: &Table) -> TokenStream {
    if table.columns.iter().any(|column| column.name == "star") {
        return TokenStream::new();
    }
    let columns: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
    let table_name = table.alias();
    let TableType { parameter, table: ty } = TableType::of(table);
    let rendered = match table.kind {
        Kind::Tenant => quote!(walk_star(__out, #table_name)),
        Kind::Global | Kind::Platform => quote!(walk_plain_star::<table, __DB>(__out)),
    };
    quote! {
        /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        pub struct star;
        impl diesel::query_builder::QueryId for star {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for star
        where
            (#(#columns,)*): diesel::expression::ValidGrouping<__GB>,
        {
            type IsAggregate = <(#(#columns,)*) as diesel::expression::ValidGrouping<__GB>>::IsAggregate;
        }
        impl diesel::Expression for star {
            type SqlType = diesel::expression::expression_types::NotSelectable;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB> for star {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::#rendered
            }
        }
        impl<#parameter> diesel::SelectableExpression<#ty> for star {}
        impl<#parameter> diesel::AppearsOnTable<#ty> for star {}
    }
}
