//! `joinable!`.
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::to_diesel::diesel;
use crate::model::{Joinable, Kind, Schema, Table};

/// Both directions of a foreign key; between organization tables with the organization equality.
pub(super) fn implicit(schema: &Schema, join: &Joinable) -> TokenStream {
    let (child, parent) = join.tables(schema);
    let to_parent = one_way(schema, join, child, parent);
    let to_child = one_way(schema, join, parent, child);
    quote!(#to_parent #to_child)
}

fn one_way(schema: &Schema, join: &Joinable, left: &Table, right: &Table) -> TokenStream {
    let diesel = diesel(schema);
    let (on_type, on_value) = on_clause(schema, join);
    let side = |table: &Table| {
        let path = table.path();
        if table.kind == Kind::Tenant { quote!(#path::table<__B>) } else { quote!(#path::table) }
    };
    let generics = [left, right].iter().any(|table| table.kind == Kind::Tenant).then(|| quote!(<__B>));
    let (left, right) = (side(left), side(right));
    quote_spanned! {join.span=>
        impl #generics #diesel::JoinTo<#right> for #left {
            type FromClause = #right;
            type OnClause = #on_type;
            fn join_target(__rhs: #right) -> (Self::FromClause, Self::OnClause) {
                #[allow(unused_imports)]
                use #diesel::{BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _};
                (__rhs, #on_value)
            }
        }
    }
}

/// `child.foreign_key = parent.key [AND child.organization = parent.organization]`.
fn on_clause(schema: &Schema, join: &Joinable) -> (TokenStream, TokenStream) {
    let (diesel, krate, foreign_key) = (diesel(schema), &schema.krate, &join.foreign_key);
    let (child, parent) = join.tables(schema);
    let both = child.kind == Kind::Tenant && parent.kind == Kind::Tenant;
    let (child, parent_path) = (child.path(), parent.path());
    // One, which `validate` has seen to.
    let keys = join.keys(schema);
    let key = quote!(#(#parent_path::#keys)*);
    let nullable = quote!(#diesel::internal::table_macro::NullableExpression);
    let keys_type = quote!(#diesel::dsl::Eq<#nullable<#child::#foreign_key>, #nullable<#key>>);
    let keys_value = quote!(#child::#foreign_key.nullable().eq(#key.nullable()));
    if !both {
        return (keys_type, keys_value);
    }
    let column = |table: &TokenStream| quote!(#krate::schema::OrganizationIsSetByTheScope::<#table::table>);
    let (child, parent) = (column(&child), column(&parent_path));
    (
        quote!(#diesel::dsl::And<#keys_type, #diesel::dsl::Eq<#child, #parent>>),
        quote!(#keys_value.and(#child::NEW.eq(#parent::NEW))),
    )
}
