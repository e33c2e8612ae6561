//! Model to tokens: for each tenant table the module that `diesel::table!` would write, with the differences that
//! `docs/architecture.md` lists. One function an emitted item.

use crate::model::{Column, Joinable, Kind, Schema, Table};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ItemUse;

/// The whole schema.
pub(crate) fn expand(schema: &Schema) -> TokenStream {
    let passthrough = &schema.passthrough;
    let tables = schema.tables.iter().map(|table| match table.kind {
        Kind::Tenant => tenant::module(schema, table),
        Kind::Global => plain::global(schema, table),
        Kind::Platform => plain::platform(schema, table),
    });
    let joins = schema.joins.iter().map(|join| joins::implicit(schema, join));
    let pairs = schema.pairs.iter().map(|(left, right)| joins::not_equal(schema, left, right));
    quote! {
        #(#passthrough)*
        #(#tables)*
        #(#joins)*
        #(#pairs)*
    }
}

impl Schema {
    fn table(&self, name: &Ident) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    fn is_tenant(&self, name: &Ident) -> bool {
        self.table(name).is_some_and(|table| table.kind == Kind::Tenant)
    }
}

/// Global and platform tables: diesel's own macro, and what marks them.
mod plain {
    use super::*;

    pub(super) fn global(schema: &Schema, table: &Table) -> TokenStream {
        let (krate, name, original) = (&schema.krate, &table.name, &table.original);
        let joined = join_side(schema, table);
        quote! {
            #krate::__private::diesel::table! { #original }
            impl #krate::schema::GlobalTable for #name::table {}
            impl #krate::query::LeafSource for #name::table {
                type Under = #krate::query::Anywhere;
            }
            #joined
        }
    }

    pub(super) fn platform(schema: &Schema, table: &Table) -> TokenStream {
        let (krate, name, original) = (&schema.krate, &table.name, &table.original);
        quote! {
            #krate::__private::diesel::table! { #original }
            impl #krate::schema::PlatformTable for #name::table {}
        }
    }

    /// A global table has no organization: a join's explicit ON clause stays as it was written.
    fn join_side(schema: &Schema, table: &Table) -> TokenStream {
        let (krate, name) = (&schema.krate, &table.name);
        quote! {
            impl #krate::query::JoinSide for #name::table {
                type Organization = #krate::query::NoOrganization;
                fn __organization() -> Self::Organization {
                    #krate::query::NoOrganization
                }
            }
            impl<__Rhs, __On> #krate::__private::diesel::JoinTo<#krate::query::OnInOrganization<__Rhs, __On>> for #name::table
            where
                __Rhs: #krate::query::JoinSide,
            {
                type FromClause = __Rhs;
                type OnClause = __On;
                fn join_target(rhs: #krate::query::OnInOrganization<__Rhs, __On>) -> (Self::FromClause, Self::OnClause) {
                    rhs.join_from::<Self>()
                }
            }
        }
    }
}

/// `joinable!` and `allow_tables_to_appear_in_same_query!`.
mod joins {
    use super::*;

    /// Both directions of a foreign key; between tenant tables with the organization equality.
    pub(super) fn implicit(schema: &Schema, join: &Joinable) -> TokenStream {
        let Joinable { child, parent, .. } = join;
        if !schema.is_tenant(child) && !schema.is_tenant(parent) {
            let (krate, foreign_key) = (&schema.krate, &join.foreign_key);
            return quote!(#krate::__private::diesel::joinable!(#child -> #parent (#foreign_key)););
        }
        let to_parent = one_way(schema, join, child, parent);
        let to_child = one_way(schema, join, parent, child);
        quote!(#to_parent #to_child)
    }

    fn one_way(schema: &Schema, join: &Joinable, left: &Ident, right: &Ident) -> TokenStream {
        let diesel = diesel(schema);
        let (on_type, on_value) = on_clause(schema, join);
        let brands = schema.is_tenant(left) || schema.is_tenant(right);
        let generics = if brands { quote!(<__B>) } else { quote!() };
        let side =
            |table: &Ident| if schema.is_tenant(table) { quote!(#table::table<__B>) } else { quote!(#table::table) };
        let (left, right) = (side(left), side(right));
        quote_spanned! {join.span=>
            impl #generics #diesel::JoinTo<#right> for #left {
                type FromClause = #right;
                type OnClause = #on_type;
                fn join_target(rhs: #right) -> (Self::FromClause, Self::OnClause) {
                    #[allow(unused_imports)]
                    use #diesel::{BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _};
                    (rhs, #on_value)
                }
            }
        }
    }

    /// `child.foreign_key = parent.primary_key [AND child.organization = parent.organization]`.
    fn on_clause(schema: &Schema, join: &Joinable) -> (TokenStream, TokenStream) {
        let (diesel, krate) = (diesel(schema), &schema.krate);
        let Joinable { child, parent, foreign_key, .. } = join;
        let keys = schema.table(parent).map(|table| table.primary_key.as_slice()).unwrap_or_default();
        let key = match keys {
            [one] => quote!(#parent::#one),
            many => quote!((#(#parent::#many,)*)),
        };
        let nullable = quote!(#diesel::internal::table_macro::NullableExpression);
        let keys_type = quote!(#diesel::dsl::Eq<#nullable<#child::#foreign_key>, #nullable<#key>>);
        let keys_value = quote!(#child::#foreign_key.nullable().eq(#key.nullable()));
        if !(schema.is_tenant(child) && schema.is_tenant(parent)) {
            return (keys_type, keys_value);
        }
        let column = |table: &Ident| quote!(#krate::schema::OrganizationIsSetByTheScope::<#table::table>);
        let (child, parent) = (column(child), column(parent));
        (
            quote!(#diesel::dsl::And<#keys_type, #diesel::dsl::Eq<#child, #parent>>),
            quote!(#keys_value.and(#child::NEW.eq(#parent::NEW))),
        )
    }

    /// Two tables that may share a query. Diesel writes eight more impls a pair, for sources that tenant tables lack.
    pub(super) fn not_equal(schema: &Schema, left: &Ident, right: &Ident) -> TokenStream {
        let diesel = diesel(schema);
        let one_way = |from: &Ident, to: &Ident| {
            if schema.is_tenant(from) {
                quote!(impl<__B> #diesel::query_source::TableNotEqual<#to::table> for #from::table<__B> {})
            } else {
                quote!(impl #diesel::query_source::TableNotEqual<#to::table> for #from::table {})
            }
        };
        let (there, back) = (one_way(left, right), one_way(right, left));
        quote!(#there #back)
    }
}

fn diesel(schema: &Schema) -> TokenStream {
    let krate = &schema.krate;
    quote!(#krate::__private::diesel)
}

/// The module of one tenant table.
mod tenant {
    use super::*;

    pub(super) fn module(schema: &Schema, table: &Table) -> TokenStream {
        let Table { attrs, name, .. } = table;
        let krate = &schema.krate;
        let imports = imports(table);
        let column_imports = imports.iter().map(for_submodule);
        let items = [
            names(table),
            table_type(schema, table),
            source(table),
            appearances(),
            joins(),
            tenant_impls(schema, table),
        ];
        let columns = table.columns.iter().enumerate().map(|(index, _)| column::expand(table, index));
        let star = column::star(table);
        quote! {
            #(#attrs)*
            #[allow(unused_imports, dead_code, unreachable_pub, unused_qualifications, missing_docs, non_camel_case_types, non_upper_case_globals)]
            pub mod #name {
                use #krate as __tenancy;
                use #krate::__private::diesel;
                pub use self::columns::*;
                #(#imports)*
                #(#items)*

                /// The columns of this table.
                pub mod columns {
                    use super::table;
                    use super::__tenancy;
                    use super::diesel;
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
        quote! {
            /// The columns, and the table under its module's name: for functions that deal with this table only.
            pub mod dsl {
                #(pub use super::columns::#columns;)*
                pub use super::table as #name;
            }

            /// All columns, in order.
            pub const all_columns: (#(#columns,)*) = (#(#columns,)*);
            /// The SQL type of all columns.
            pub type SqlType = (#(diesel::dsl::SqlTypeOf<#columns>,)*);
            /// A boxed query of this table.
            pub type BoxedQuery<'a, DB, ST = SqlType> =
                diesel::internal::table_macro::BoxedSelectStatement<'a, ST, diesel::internal::table_macro::FromClause<table>, DB>;
        }
    }

    fn table_type(schema: &Schema, _table: &Table) -> TokenStream {
        let _ = schema;
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
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(::core::stringify!(table))
                }
            }
            impl<__B> diesel::query_builder::QueryId for table<__B> {
                type QueryId = table;
                const HAS_STATIC_QUERY_ID: bool = true;
            }

            impl<__B> table<__B> {
                /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
                pub fn star(&self) -> star {
                    star
                }

                /// Joins on `on` and on the organization, instead of on the declared foreign key.
                pub fn on<__On>(self, on: __On) -> __tenancy::query::OnInOrganization<Self, __On> {
                    __tenancy::query::OnInOrganization::new(self, on)
                }
            }
        }
    }

    fn source(table: &Table) -> TokenStream {
        let columns: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
        let key = match table.primary_key.as_slice() {
            [one] => quote!(#one),
            many => quote!((#(#many,)*)),
        };
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
            impl<__DB> diesel::query_builder::QueryFragment<__DB> for table
            where
                __DB: diesel::backend::Backend
                    + diesel::sql_types::HasSqlType<<table as __tenancy::schema::TenantTable>::OrganizationType>,
                __tenancy::scope::ScopeKey:
                    diesel::serialize::ToSql<<table as __tenancy::schema::TenantTable>::OrganizationType, __DB>,
            {
                fn walk_ast<'b>(&'b self, out: diesel::query_builder::AstPass<'_, 'b, __DB>) -> diesel::QueryResult<()> {
                    __tenancy::__private::ScopedFrom::<table>::walk_rows(&self.key, out)
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

    /// How often this table appears in a FROM clause, also as an alias: as `diesel::table!` says it.
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
            impl<__S, __C> diesel::internal::table_macro::FieldAliasMapperAssociatedTypesDisjointnessTrick<table, __S, __C>
                for table
            where
                __S: diesel::query_source::AliasSource<Target = table> + ::core::clone::Clone,
                __C: diesel::query_source::Column<Table = table>,
            {
                type Out = diesel::query_source::AliasedField<__S, __C>;
                fn map(column: __C, alias: &diesel::query_source::Alias<__S>) -> Self::Out {
                    alias.field(column)
                }
            }
            impl<__S: diesel::query_source::AliasSource<Target = table>> __tenancy::query::MapsOrganizationOf<table, __S>
                for table
            {
                type Out = __tenancy::query::AliasedOrganization<__S>;
                fn map(_column: __tenancy::schema::OrganizationIsSetByTheScope<table>) -> Self::Out {
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
        let rights = [
            (quote!(__L, __R, __K,), quote!(#internal::Join<__L, __R, __K>), quote!(__L: #source, __R: #source,)),
            (quote!(__J, __On,), quote!(#internal::JoinOn<__J, __On>), quote!()),
            (quote!(__F, __S, __D, __W, __O, __L, __Of, __G,), select, quote!(__F: #source,)),
            (quote!(__F, __ST, __DB,), boxed, quote!(__F: #source,)),
            (quote!(__S,), quote!(diesel::query_source::Alias<__S>), quote!()),
        ];
        let impls = rights.iter().enumerate().map(|(place, (params, right, bounds))| {
            // A lifetime parameter comes first; only the boxed select has one.
            let lifetime = if place == 3 { quote!('a,) } else { quote!() };
            quote! {
                impl<#lifetime __B, #params> diesel::JoinTo<#right> for table<__B>
                where
                    #right: diesel::JoinTo<table<__B>>,
                    #bounds
                {
                    type FromClause = #right;
                    type OnClause = <#right as diesel::JoinTo<table<__B>>>::OnClause;
                    fn join_target(rhs: #right) -> (Self::FromClause, Self::OnClause) {
                        __tenancy::__private::join_flipped::<table, __B, _>(rhs)
                    }
                }
            }
        });
        quote! {
            #(#impls)*
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
                __tenancy::schema::OrganizationIsSetByTheScope<table>: __tenancy::query::OnClauseOf<__Rhs::Organization, __On>,
            {
                type FromClause = __Rhs;
                type OnClause = <__tenancy::schema::OrganizationIsSetByTheScope<table> as __tenancy::query::OnClauseOf<
                    __Rhs::Organization,
                    __On,
                >>::Clause;
                fn join_target(rhs: __tenancy::query::OnInOrganization<__Rhs, __On>) -> (Self::FromClause, Self::OnClause) {
                    rhs.join_from::<Self>()
                }
            }
        }
    }

    fn tenant_impls(_schema: &Schema, table: &Table) -> TokenStream {
        let sql_name = &table.sql_name;
        let schema_name = match &table.schema {
            Some(schema) => {
                let schema = schema.to_string();
                quote!(::core::option::Option::Some(#schema))
            }
            None => quote!(::core::option::Option::None),
        };
        let organization = table.org_column.map(|index| &table.columns[index]);
        let org_sql_name = organization.map(|column| column.sql_name.clone()).unwrap_or_default();
        let org_type = organization.map_or_else(|| Ident::new("Organization", Span::call_site()), organization_type);
        let key = match table.primary_key.as_slice() {
            [one] if organization.is_none_or(|column| column.name != *one) => quote! {
                impl __tenancy::query::ConflictTarget<table> for #one {
                    fn each_name(visit: &mut dyn ::core::ops::FnMut(&str) -> diesel::QueryResult<()>) -> diesel::QueryResult<()> {
                        visit(<#one as diesel::query_source::Column>::NAME)
                    }
                }
            },
            _ => quote!(),
        };
        quote! {
            impl __tenancy::schema::TenantTable for table {
                type Scoped<__B> = table<__B>;
                type OrganizationType = __tenancy::sql_types::#org_type;
                const SCHEMA: ::core::option::Option<&'static str> = #schema_name;
                const NAME: &'static str = #sql_name;
                const ORGANIZATION: &'static str = #org_sql_name;
                fn __scoped<__B>(key: __tenancy::scope::ScopeKey<__B>) -> table<__B> {
                    table { key }
                }
                fn __key(&self) -> __tenancy::scope::ScopeKey {
                    self.key
                }
            }
            impl<__B> __tenancy::query::LeafSource for table<__B> {
                type Under = __tenancy::query::OfBrand<__B>;
            }
            #key
        }
    }

    /// Text columns hold the UUID as text; everything else in its binary form.
    fn organization_type(column: &Column) -> Ident {
        let text = column.sql_type.path.segments.last().is_some_and(|segment| segment.ident == "Text");
        Ident::new(if text { "OrganizationText" } else { "Organization" }, Span::call_site())
    }
}

/// The columns of one tenant table.
mod column {
    use super::*;

    pub(super) fn expand(table: &Table, index: usize) -> TokenStream {
        let place = place(table, index);
        if table.org_column == Some(index) {
            organization(table, index, &place)
        } else {
            ordinary(table, index, &place)
        }
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
                const NAME: &'static str = #sql_name;
            }
        }
    }

    fn ordinary(table: &Table, index: usize, place: &TokenStream) -> TokenStream {
        let column = &table.columns[index];
        let parts = [
            definition(table, column),
            selection(column),
            grouping(column),
            table_impls(table, column, place),
            operators(column),
        ];
        quote!(#(#parts)*)
    }

    fn definition(table: &Table, column: &Column) -> TokenStream {
        let Column { attrs, name, sql_name, sql_type, max_length, .. } = column;
        let table_name = &table.sql_name;
        let max_length = max_length.as_ref().map(|length| {
            quote! {
                impl diesel::query_source::SizeRestrictedColumn for #name {
                    const MAX_LENGTH: usize = #length;
                }
            }
        });
        quote! {
            #(#attrs)*
            #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, Default)]
            pub struct #name;
            impl diesel::expression::Expression for #name {
                type SqlType = #sql_type;
            }
            impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB> for #name {
                fn walk_ast<'b>(&'b self, out: diesel::query_builder::AstPass<'_, 'b, __DB>) -> diesel::QueryResult<()> {
                    __tenancy::__private::walk_column(out, #table_name, #sql_name)
                }
            }
            impl diesel::query_source::Column for #name {
                type Table = table;
                const NAME: &'static str = #sql_name;
            }
            impl<__T> diesel::EqAll<__T> for #name
            where
                __T: diesel::expression::AsExpression<#sql_type>,
                diesel::dsl::Eq<#name, __T::Expression>: diesel::Expression<SqlType = diesel::sql_types::Bool>,
            {
                type Output = diesel::dsl::Eq<Self, __T::Expression>;
                fn eq_all(self, rhs: __T) -> Self::Output {
                    diesel::expression_methods::ExpressionMethods::eq(self, rhs)
                }
            }
            #max_length
        }
    }

    /// From which sources the column can be selected: as `diesel::table!` says it.
    fn selection(column: &Column) -> TokenStream {
        let name = &column.name;
        let join = quote!(diesel::internal::table_macro::Join);
        let once = quote!(diesel::query_source::AppearsInFromClause<table>);
        quote! {
            impl<__B> diesel::SelectableExpression<table<__B>> for #name {}
            impl<__QS> diesel::AppearsOnTable<__QS> for #name
            where
                __QS: diesel::query_source::AppearsInFromClause<table, Count = diesel::query_source::Once>,
            {
            }
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
            impl<__F> diesel::SelectableExpression<
                diesel::internal::table_macro::SelectStatement<diesel::internal::table_macro::FromClause<__F>>,
            > for #name
            where
                __F: diesel::query_source::QuerySource,
                #name: diesel::SelectableExpression<__F>
                    + diesel::AppearsOnTable<
                        diesel::internal::table_macro::SelectStatement<diesel::internal::table_macro::FromClause<__F>>,
                    >,
            {
            }
        }
    }

    /// A column is covered by itself alone. Diesel's "a primary key covers its table" would fail at run time here: the
    /// functional dependency does not pass through a derived table.
    fn grouping(column: &Column) -> TokenStream {
        let name = &column.name;
        quote! {
            impl diesel::expression::ValidGrouping<()> for #name {
                type IsAggregate = diesel::expression::is_aggregate::No;
            }
            impl<__GB> diesel::expression::ValidGrouping<__GB> for #name
            where
                __GB: diesel::expression::IsContainedInGroupBy<
                    #name,
                    Output = diesel::expression::is_contained_in_group_by::Yes,
                >,
            {
                type IsAggregate = diesel::expression::is_aggregate::Yes;
            }
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

    fn table_impls(table: &Table, column: &Column, place: &TokenStream) -> TokenStream {
        let Column { name, sql_name, .. } = column;
        let anchors =
            if table.primary_key.len() == 1 && table.primary_key[0] == *name { quote!(Yes) } else { quote!(No) };
        quote! {
            impl __tenancy::schema::ColumnOf<table> for #name {
                type Index = #place;
                type Anchors = __tenancy::schema::#anchors;
                const NAME: &'static str = #sql_name;
            }
        }
    }

    /// Arithmetic on numbers, dates and addresses.
    fn operators(column: &Column) -> TokenStream {
        let name = &column.name;
        let operators: &[&str] = match inner_type(column).as_deref() {
            Some(ty) if NUMBERS.contains(&ty) => &["Add", "Sub", "Div", "Mul"],
            Some(ty) if DATES_AND_ADDRESSES.contains(&ty) => &["Add", "Sub"],
            _ => &[],
        };
        let impls = operators.iter().map(|operator| {
            let function = format_ident!("{}", operator.to_lowercase());
            let operator = format_ident!("{operator}");
            quote! {
                impl<__Rhs> ::core::ops::#operator<__Rhs> for #name
                where
                    __Rhs: diesel::expression::AsExpression<
                        <<#name as diesel::Expression>::SqlType as diesel::sql_types::ops::#operator>::Rhs,
                    >,
                {
                    type Output = diesel::internal::table_macro::ops::#operator<Self, __Rhs::Expression>;
                    fn #function(self, rhs: __Rhs) -> Self::Output {
                        diesel::internal::table_macro::ops::#operator::new(self, rhs.as_expression())
                    }
                }
            }
        });
        quote!(#(#impls)*)
    }

    /// The type's name, or the one inside `Nullable<..>` or `Unsigned<..>`.
    fn inner_type(column: &Column) -> Option<String> {
        let last = column.sql_type.path.segments.last()?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return Some(last.ident.to_string());
        };
        match arguments.args.first()? {
            syn::GenericArgument::Type(syn::Type::Path(inner))
                if last.ident == "Nullable" || last.ident == "Unsigned" =>
            {
                Some(inner.path.segments.last()?.ident.to_string())
            }
            _ => None,
        }
    }

    const NUMBERS: &[&str] = &[
        "SmallInt",
        "Int2",
        "Smallint",
        "SmallSerial",
        "Integer",
        "Int4",
        "Serial",
        "BigInt",
        "Int8",
        "Bigint",
        "BigSerial",
        "Decimal",
        "Float",
        "Float4",
        "Float8",
        "Double",
        "Numeric",
    ];
    const DATES_AND_ADDRESSES: &[&str] = &["Time", "Date", "Timestamp", "Timestamptz", "Cidr", "Inet"];

    pub(super) fn star(table: &Table) -> TokenStream {
        let columns: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
        let table_name = &table.sql_name;
        quote! {
            /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
            #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
            pub struct star;
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
                fn walk_ast<'b>(&'b self, mut out: diesel::query_builder::AstPass<'_, 'b, __DB>) -> diesel::QueryResult<()> {
                    if !out.should_skip_from() {
                        out.push_identifier(#table_name)?;
                        out.push_sql(".");
                    }
                    out.push_sql("*");
                    Ok(())
                }
            }
            impl<__B> diesel::SelectableExpression<table<__B>> for star {}
            impl<__B> diesel::AppearsOnTable<table<__B>> for star {}
        }
    }
}
