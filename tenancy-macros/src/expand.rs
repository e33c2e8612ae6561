//! Model to tokens.
use crate::model::Schema;
use proc_macro2::TokenStream;
#[allow(dead_code)]
pub(crate) fn expand(_schema: &Schema) -> TokenStream { TokenStream::new() }
