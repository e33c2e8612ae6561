//! Diesel, and a table's key as diesel has it, for emitted code.
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Schema, Table};

/// Diesel, by a path that holds where the developer wrote `schema!`.
pub(super) fn diesel(schema: &Schema) -> TokenStream {
    let krate = &schema.krate;
    quote!(#krate::__private::diesel)
}

/// The key of a table as diesel has it: one column, or a tuple. `prefix` leads to the columns.
pub(super) fn primary_key(table: &Table, prefix: &TokenStream) -> TokenStream {
    match table.primary_key.as_slice() {
        [one] => quote!(#prefix #one),
        many => quote!((#(#prefix #many,)*)),
    }
}
