//! The module of one organization table.
//!
//! Compared line by line with `diesel_derives` 2.3.10, `src/table.rs`. What `diesel::table!` writes and this does not:
//!
//! | left out | why |
//! | --- | --- |
//! | a table value, `Default`, `HasTable` | each is a way to a query that names no organization |
//! | `IntoUpdateTarget`, `Insertable<T>` for the table | diesel's `update`, `delete` and `insert_into` start from it |
//! | `StaticQueryFragment` | the FROM clause binds the organization, so it is no constant |
//! | joins with and sources of `Only`, `Tablesample` | they render the bare table inside (A11 in `docs/attacks.md`) |
//! | limits on the number of columns, by feature | `validate` has diesel's last limit; rustc names the feature |
//!
//! What is written in another form: the table carries the rows of its scope and its brand; the value `table` is a
//! [`NeedsOrgScope`](../../tenancy/query/struct.NeedsOrgScope.html); FROM is a derived table; joins flip through one
//! function of `tenancy`, because there is no table value to ask. The columns' differences are in `column`.
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::module::{self, sql_schema, star_method};
use super::query_source;
use crate::model::{OrgType, Schema, Table};

pub(super) fn expand(schema: &Schema, table: &Table) -> TokenStream {
    let items = [
        table_type(table),
        source(table),
        rows(),
        query_source::items(table),
        organization_of_an_alias(),
        explicit_join(),
        tenant_impls(table),
    ];
    module::module(schema, table, &quote!(#(#items)*))
}

fn table_type(table: &Table) -> TokenStream {
    let star = star_method(table);
    quote! {
        /// The rows of one organization. A value comes from a scope: `scope.from(..)`.
        pub struct table<__B = __tenancy::scope::Request> {
            rows: __tenancy::__private::ScopedFrom<table, __B>,
        }

        /// This table before it is given a scope.
        pub const table: __tenancy::query::NeedsOrgScope<table> = __tenancy::query::NeedsOrgScope::new();

        impl<__B> ::core::clone::Clone for table<__B> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<__B> ::core::marker::Copy for table<__B> {}
        impl<__B> ::core::fmt::Debug for table<__B> {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __f.write_str("table")
            }
        }
        impl<__B> diesel::query_builder::QueryId for table<__B> {
            type QueryId = table;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }

        impl<__B> table<__B> {
            #star

            /// Joins on `on` and on the organization, instead of on the declared foreign key.
            pub fn on<__On>(self, __on: __On) -> __tenancy::query::OnInOrganization<Self, __On> {
                __tenancy::query::OnInOrganization::new(self, __on)
            }
        }
    }
}

fn source(table: &Table) -> TokenStream {
    let columns = table.selected();
    quote! {
        impl<__B> diesel::query_source::QuerySource for table<__B> {
            type FromClause = __tenancy::__private::ScopedFrom<table, __B>;
            type DefaultSelection = (#(#columns,)*);
            fn from_clause(&self) -> Self::FromClause {
                self.rows
            }
            fn default_selection(&self) -> Self::DefaultSelection {
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
                self.rows.walk_rows(__out)
            }
        }
    }
}

/// Under an alias, the organization column, which is no diesel column.
fn organization_of_an_alias() -> TokenStream {
    quote! {
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
        impl<__B, __X> diesel::JoinTo<__tenancy::query::NeedsOrgScope<__X>> for table<__B>
        where
            __tenancy::query::AStatement: __tenancy::query::NamesAnOrganization<__X>,
        {
            type FromClause = __tenancy::__private::NoTableValue<__X>;
            type OnClause = <__tenancy::__private::NoTableValue<__X> as diesel::Table>::PrimaryKey;
            fn join_target(_: __tenancy::query::NeedsOrgScope<__X>) -> (Self::FromClause, Self::OnClause) {
                __tenancy::__private::no_join()
            }
        }
    }
}

fn tenant_impls(table: &Table) -> TokenStream {
    let sql_name = &table.sql_name;
    let schema_name = sql_schema(table);
    let (org_sql_name, org_type) = organization(table);
    let alias = table.alias();
    quote! {
        impl __tenancy::schema::TenantTable for table {
            type Scoped<__B> = table<__B>;
            type OrganizationType = __tenancy::sql_types::#org_type;
            const TABLE: __tenancy::schema::TableName =
                __tenancy::schema::TableName::new(#schema_name, #sql_name, #alias);
            const ORGANIZATION: &'static ::core::primitive::str = #org_sql_name;
            fn __scoped<__B>(__rows: __tenancy::__private::ScopedFrom<table, __B>) -> table<__B> {
                table { rows: __rows }
            }
        }
        impl __tenancy::query::ScopeTarget for table {
            type As = __tenancy::query::AsTable;
        }
        impl<__B> __tenancy::query::LeafSource for table<__B> {
            type Under = __tenancy::query::OfBrand<__B>;
        }
    }
}

/// The organization column's name in SQL, and the type that stands for it.
fn organization(table: &Table) -> (&str, Ident) {
    let column = table.org_column.map(|index| &table.columns[index]);
    let text = column.is_some_and(|column| column.org_type() == Some(OrgType::Text));
    let ty = if text { "OrganizationText" } else { "Organization" };
    (column.map(|column| column.sql_name.as_str()).unwrap_or_default(), Ident::new(ty, Span::call_site()))
}
