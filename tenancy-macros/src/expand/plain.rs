//! The module of a global or a platform table: what `diesel::table!` writes, in its words where they matter.
//!
//! It is not written by `diesel::table!` itself. That macro's expansion carries attributes that clippy reports at the
//! crate's root, so a crate with one global table would have to give up the ban on declaring tables behind `schema!`'s
//! back (`docs/lints.md`). What differs from diesel's: FROM is a type of `tenancy` that lets no organization's
//! connection render a platform table; columns are told apart by their places; lints of the developer are kept quiet.
use proc_macro2::TokenStream;
use quote::quote;

use super::module::{self, sql_schema, star_method};
use super::{postgres_only, query_source};
use crate::model::{Kind, Schema, Table};

pub(super) fn expand(schema: &Schema, table: &Table) -> TokenStream {
    let kind = if table.kind == Kind::Platform { platform() } else { global(table) };
    let items = [
        table_type(table),
        source(table),
        query_source::items(table),
        postgres_only::table(table),
        writing(),
        plain(table),
        kind,
    ];
    module::module(schema, table, &quote!(#(#items)*))
}

fn table_type(table: &Table) -> TokenStream {
    let star = star_method(table);
    quote! {
        /// The table.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy, ::core::default::Default)]
        pub struct table;
        impl diesel::query_builder::QueryId for table {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl table {
            #star
        }
        impl diesel::associations::HasTable for table {
            type Table = Self;
            fn table() -> Self::Table {
                table
            }
        }
    }
}

fn source(table: &Table) -> TokenStream {
    let columns = table.selected();
    quote! {
        impl diesel::query_source::QuerySource for table {
            type FromClause = __tenancy::__private::PlainFrom<table>;
            type DefaultSelection = (#(#columns,)*);
            fn from_clause(&self) -> Self::FromClause {
                __tenancy::__private::PlainFrom::NEW
            }
            fn default_selection(&self) -> Self::DefaultSelection {
                (#(#columns,)*)
            }
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB> for table {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_plain::<table, __DB>(__out)
            }
        }
    }
}

/// Diesel's own `insert_into`, `update` and `delete`.
fn writing() -> TokenStream {
    let query = quote!(<table as diesel::query_builder::AsQuery>::Query);
    quote! {
        impl diesel::query_builder::IntoUpdateTarget for table {
            type WhereClause = <#query as diesel::query_builder::IntoUpdateTarget>::WhereClause;
            fn into_update_target(self) -> diesel::query_builder::UpdateTarget<Self::Table, Self::WhereClause> {
                diesel::query_builder::IntoUpdateTarget::into_update_target(
                    diesel::query_builder::AsQuery::as_query(self),
                )
            }
        }
        impl<__T> diesel::insertable::Insertable<__T> for table
        where
            #query: diesel::insertable::Insertable<__T>,
        {
            type Values = <#query as diesel::insertable::Insertable<__T>>::Values;
            fn values(self) -> Self::Values {
                diesel::insertable::Insertable::values(diesel::query_builder::AsQuery::as_query(self))
            }
        }
        impl<'a, __T> diesel::insertable::Insertable<__T> for &'a table
        where
            table: diesel::insertable::Insertable<__T>,
        {
            type Values = <table as diesel::insertable::Insertable<__T>>::Values;
            fn values(self) -> Self::Values {
                diesel::insertable::Insertable::values(*self)
            }
        }
    }
}

fn plain(table: &Table) -> TokenStream {
    let (schema, name, platform) = (sql_schema(table), &table.sql_name, table.kind == Kind::Platform);
    let alias = table.alias();
    quote! {
        impl __tenancy::schema::PlainTable for table {
            const SCHEMA: ::core::option::Option<&'static ::core::primitive::str> = #schema;
            const NAME: &'static ::core::primitive::str = #name;
            const ALIAS: &'static ::core::primitive::str = #alias;
            const PLATFORM: ::core::primitive::bool = #platform;
        }
    }
}

/// A platform table is a source on the platform's connections.
fn platform() -> TokenStream {
    let side = side(&quote!(
        __Rhs: __tenancy::query::SourceBrand,
        __tenancy::query::OfThePlatform: __tenancy::query::Agrees<__Rhs::Under>,
    ));
    quote! {
        impl __tenancy::schema::PlatformTable for table {}
        impl __tenancy::__private::WithoutOrganizations for table {}
        impl __tenancy::query::LeafSource for table {
            type Under = __tenancy::query::OfThePlatform;
        }
        #side
    }
}

/// A global table is a source in every scope.
fn global(table: &Table) -> TokenStream {
    let (name, side) = (static_name(table), side(&TokenStream::new()));
    quote! {
        #name
        impl __tenancy::schema::GlobalTable for table {}
        impl __tenancy::__private::WithoutOrganizations for table {}
        impl __tenancy::query::LeafSource for table {
            type Under = __tenancy::query::Anywhere;
        }
        #side
    }
}

/// It has no organization: a join's explicit ON clause stays as it was written.
fn side(bounds: &TokenStream) -> TokenStream {
    quote! {
        impl __tenancy::query::JoinSide for table {
            type Organization = __tenancy::query::NoOrganization;
            fn __organization() -> Self::Organization {
                __tenancy::query::NoOrganization
            }
        }
        impl<__Rhs, __On> diesel::JoinTo<__tenancy::query::OnInOrganization<__Rhs, __On>> for table
        where
            __Rhs: __tenancy::query::JoinSide,
            #bounds
        {
            type FromClause = __Rhs;
            type OnClause = __On;
            fn join_target(
                __rhs: __tenancy::query::OnInOrganization<__Rhs, __On>,
            ) -> (Self::FromClause, Self::OnClause) {
                __rhs.join_from::<Self>()
            }
        }
        impl<__X> diesel::JoinTo<__tenancy::query::NeedsOrgScope<__X>> for table
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

/// The name as a constant, for diesel's COPY. A platform table has none: COPY does not look at the FROM clause.
fn static_name(table: &Table) -> TokenStream {
    let internal = quote!(diesel::internal::table_macro);
    let identifier = quote!(#internal::Identifier);
    let name = &table.sql_name;
    let (ty, value) = match &table.schema {
        Some(schema) => {
            let schema = syn::ext::IdentExt::unraw(schema).to_string();
            (
                quote!(#internal::InfixNode<
                    #identifier<'static>,
                    #identifier<'static>,
                    &'static ::core::primitive::str,
                >),
                quote!(#internal::InfixNode::new(#identifier(#schema), #identifier(#name), ".")),
            )
        }
        None => (quote!(#identifier<'static>), quote!(#identifier(#name))),
    };
    quote! {
        impl #internal::StaticQueryFragment for table {
            type Component = #ty;
            const STATIC_COMPONENT: &'static Self::Component = &#value;
        }
    }
}
