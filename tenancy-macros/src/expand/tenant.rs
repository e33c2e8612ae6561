//! The module of one tenant table.
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
//! What is written in another form: the table carries its scope's key and brand; the value `table` is a
//! [`NeedsOrgScope`](../../tenancy/query/struct.NeedsOrgScope.html); FROM is a derived table; joins flip through one
//! function of `tenancy`, because there is no table value to ask. The columns' differences are in `column`.
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Ident, ItemUse};

use super::{column, primary_key, reading};
use crate::model::{OrgType, Schema, Table};

pub(super) fn module(schema: &Schema, table: &Table) -> TokenStream {
    let Table { attrs, name, .. } = table;
    let krate = &schema.krate;
    let imports = imports(table);
    let column_imports = imports.iter().map(for_submodule);
    let items = [names(table), table_type(table), reading::items(table), tenant_impls(table)];
    let columns = (0..table.columns.len()).map(|index| column::expand(table, index));
    let star = column::star(table);
    quote! {
        #(#attrs)*
        #[allow(
            unused_imports, dead_code, unreachable_pub, unused_qualifications, missing_docs,
            non_camel_case_types, non_upper_case_globals
        )]
        pub mod #name {
            use #krate as __tenancy;
            use #krate::__private::diesel;
            pub use self::columns::*;
            #(#imports)*
            #(#items)*

            /// The columns of this table.
            pub mod columns {
                use super::{__tenancy, diesel, table};
                #(#column_imports)*
                #star
                #(#columns)*
            }
        }
    }
}

fn imports(table: &Table) -> Vec<ItemUse> {
    if table.imports.is_empty() {
        vec![syn::parse_quote!(
            use diesel::sql_types::*;
        )]
    } else {
        table.imports.clone()
    }
}

/// One module deeper: an import that starts with `super` gets one more.
fn for_submodule(import: &ItemUse) -> ItemUse {
    let mut import = import.clone();
    if let syn::UseTree::Path(path) = &mut import.tree
        && path.ident == "super"
    {
        let inner = path.clone();
        *path.tree = syn::UseTree::Path(inner);
    } else if let syn::UseTree::Path(path) = &mut import.tree
        && path.ident == "self"
    {
        path.ident = Ident::new("super", path.ident.span());
    }
    import
}

fn names(table: &Table) -> TokenStream {
    let name = &table.name;
    let columns: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
    let selected = table.selected();
    quote! {
        /// The columns, and the table under its module's name: for functions that deal with this table only.
        pub mod dsl {
            pub use super::columns::{#(#columns,)*};
            pub use super::table as #name;
        }

        /// All columns but the organization's, in order: what is selected unless a query says otherwise.
        pub const all_columns: (#(#selected,)*) = (#(#selected,)*);
        /// The SQL type of `all_columns`.
        pub type SqlType = (#(diesel::dsl::SqlTypeOf<#selected>,)*);
        /// A boxed query of this table.
        pub type BoxedQuery<'a, DB, ST = SqlType> = diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            ST,
            diesel::internal::table_macro::FromClause<table>,
            DB,
        >;
    }
}

fn table_type(table: &Table) -> TokenStream {
    // A column of that name takes its place, as an item takes a glob import's.
    let star = table.columns.iter().all(|column| column.name != "star").then(|| {
        quote! {
            /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
            pub fn star(&self) -> star {
                star
            }
        }
    });
    quote! {
        /// The rows of one organization. A value comes from a scope: `scope.from(..)`.
        pub struct table<__B = __tenancy::scope::Request> {
            key: __tenancy::scope::ScopeKey<__B>,
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

fn tenant_impls(table: &Table) -> TokenStream {
    let sql_name = &table.sql_name;
    let schema_name = match &table.schema {
        Some(schema) => {
            let schema = schema.unraw().to_string();
            quote!(::core::option::Option::Some(#schema))
        }
        None => quote!(::core::option::Option::None),
    };
    let (org_sql_name, org_type) = organization(table);
    let anchor = anchor(table);
    quote! {
        impl __tenancy::schema::TenantTable for table {
            type Scoped<__B> = table<__B>;
            type OrganizationType = __tenancy::sql_types::#org_type;
            const SCHEMA: ::core::option::Option<&'static ::core::primitive::str> = #schema_name;
            const NAME: &'static ::core::primitive::str = #sql_name;
            const ORGANIZATION: &'static ::core::primitive::str = #org_sql_name;
            fn __scoped<__B>(__key: __tenancy::scope::ScopeKey<__B>) -> table<__B> {
                table { key: __key }
            }
            fn __key(&self) -> __tenancy::scope::ScopeKey {
                self.key
            }
        }
        impl<__B> __tenancy::query::LeafSource for table<__B> {
            type Under = __tenancy::query::OfBrand<__B>;
        }
        #anchor
    }
}

/// The organization column's name in SQL, and the type that stands for it.
fn organization(table: &Table) -> (&str, Ident) {
    let column = table.org_column.map(|index| &table.columns[index]);
    let text = column.is_some_and(|column| column.org_type() == Some(OrgType::Text));
    let ty = if text { "OrganizationText" } else { "Organization" };
    (column.map(|column| column.sql_name.as_str()).unwrap_or_default(), Ident::new(ty, Span::call_site()))
}

/// An upsert may name the primary key alone, when that is one column: its rows are the statement's to change.
fn anchor(table: &Table) -> TokenStream {
    let organization = table.org_column.map(|index| &table.columns[index].name);
    let [one] = table.primary_key.as_slice() else {
        return TokenStream::new();
    };
    if organization == Some(one) {
        return TokenStream::new();
    }
    let key = primary_key(table, &TokenStream::new());
    quote! {
        impl __tenancy::query::ConflictTarget<table> for #key {
            fn each_name(
                __visit: &mut dyn ::core::ops::FnMut(&::core::primitive::str) -> diesel::QueryResult<()>,
            ) -> diesel::QueryResult<()> {
                __visit(<#key as diesel::query_source::Column>::NAME)
            }
        }
    }
}
