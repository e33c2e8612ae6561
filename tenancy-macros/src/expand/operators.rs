//! Arithmetic on numbers, dates and addresses, for the types for which `diesel::table!` writes it.
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::Column;

pub(super) fn operators(column: &Column) -> TokenStream {
    let operators: &[&str] = match inner_type(column).as_deref() {
        Some(ty) if NUMBERS.contains(&ty) => &["Add", "Sub", "Div", "Mul"],
        Some(ty) if DATES_AND_ADDRESSES.contains(&ty) => &["Add", "Sub"],
        _ => &[],
    };
    operators.iter().map(|operator| one(column, operator)).collect()
}

fn one(column: &Column, operator: &str) -> TokenStream {
    let name = &column.name;
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
            fn #function(self, __rhs: __Rhs) -> Self::Output {
                diesel::internal::table_macro::ops::#operator::new(self, __rhs.as_expression())
            }
        }
    }
}

/// The type's name, or the one inside `Nullable<..>` or `Unsigned<..>`.
fn inner_type(column: &Column) -> Option<String> {
    let last = column.sql_type.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Some(last.ident.to_string());
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(syn::Type::Path(inner)) if last.ident == "Nullable" || last.ident == "Unsigned" => {
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
