//! `Identifiable` for records of organization tables.
//!
//! Diesel's own derive returns the table's value from `HasTable::table`, and an organization table's type has no value
//! without a scope. Ours returns a stand-in that is a table to the type checker and refuses every statement:
//! `.id()`, `grouped_by` and diesel's `Associations` work, `update(&record)` and `belonging_to` do not compile.
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::attrs::tuple;
use super::record::{Field, Record};
use crate::errors::Errors;
use crate::paths;

pub(super) fn expand(record: &Record, errors: &mut Errors) -> TokenStream {
    let mut fields = Vec::new();
    for column in &record.primary_key {
        match record.field(column) {
            Ok(field) => fields.push(field),
            Err(error) => errors.push(error),
        }
    }
    let has_table = has_table(record);
    let by_reference = identifiable(record, &fields, &quote!(&'ident));
    let by_reference_twice = identifiable(record, &fields, &quote!(&'_ &'ident));
    let belonging_to = belonging_to(record);
    paths::with_diesel(&record.krate, &quote!(#has_table #by_reference #by_reference_twice #belonging_to))
}

/// Answers diesel's `Child::belonging_to(&parent)` with our message: an associated function comes before a trait's.
fn belonging_to(record: &Record) -> TokenStream {
    let Record { krate, name, table, generics, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics #name #ty_generics #where_clause {
            #[doc(hidden)]
            #[allow(dead_code)]
            pub fn belonging_to<__Parent>(_: __Parent) -> #krate::__private::Unscoped<#table::table>
            where
                __Parent: #krate::query::BelongsThroughAScope<Self>,
            {
                #krate::__private::no_statement()
            }
        }
    }
}

fn has_table(record: &Record) -> TokenStream {
    let Record { krate, name, table, generics, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics __diesel::associations::HasTable for #name #ty_generics #where_clause {
            type Table = #krate::__private::NoTableValue<#table::table>;

            fn table() -> Self::Table {
                #krate::__private::NoTableValue::new()
            }
        }
    }
}

/// The id is one reference for one key column and a tuple for several, as in diesel.
fn identifiable(record: &Record, fields: &[&Field], reference: &TokenStream) -> TokenStream {
    let Record { name, generics, .. } = record;
    let (_, ty_generics, where_clause) = generics.split_for_impl();
    let mut with_lifetime = generics.clone();
    with_lifetime.params.insert(0, parse_quote!('ident));
    let (impl_generics, ..) = with_lifetime.split_for_impl();
    let types = fields.iter().map(|Field { ty, serialize_as, .. }| match serialize_as {
        Some(stored) => quote!(#stored),
        None => quote!(&'ident #ty),
    });
    let values = fields.iter().map(|Field { member, serialize_as, .. }| match serialize_as {
        Some(stored) => quote!(::core::convert::Into::<#stored>::into(::core::clone::Clone::clone(&self.#member))),
        None => quote!(&self.#member),
    });
    let (types, values) = (one_or_tuple(types), one_or_tuple(values));
    quote! {
        impl #impl_generics __diesel::associations::Identifiable for #reference #name #ty_generics #where_clause {
            type Id = #types;

            fn id(self) -> Self::Id {
                #values
            }
        }
    }
}

/// One element stands for itself, several for a tuple.
fn one_or_tuple(elements: impl Iterator<Item = TokenStream>) -> TokenStream {
    let elements = elements.collect::<Vec<_>>();
    match elements.as_slice() {
        [one] => one.clone(),
        _ => tuple(elements),
    }
}
