//! The type of a table, as emitted code names it.
use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Kind, Table};

/// The table's type as its impls name it. An organization table's is generic over the brand of the scope it came from.
pub(super) struct TableType {
    /// A type parameter with a comma, or nothing.
    pub(super) parameter: TokenStream,
    pub(super) table: TokenStream,
}

impl TableType {
    pub(super) fn of(table: &Table) -> Self {
        match table.kind {
            Kind::Tenant => Self { parameter: quote!(__B,), table: quote!(table<__B>) },
            Kind::Global | Kind::Platform => Self { parameter: TokenStream::new(), table: quote!(table) },
        }
    }
}
