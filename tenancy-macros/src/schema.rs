//! `schema!`: read, then expand.
use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::read_schema::{Outcome, read};
use crate::{expand, fallback, file_spans};

/// The whole macro.
pub(crate) fn schema(tokens: TokenStream, root: &Path) -> TokenStream {
    let Outcome { schema, mut errors, file_span } = read(tokens.clone(), root);
    let expansion = if errors.is_empty() {
        expand::expand(&schema)
    } else {
        if file_span.is_some() {
            file_spans::locate(&mut errors, &tokens, root);
        }
        fallback::expand(&schema, &errors)
    };
    // Cargo watches what `include_bytes!` reads; with errors too, so that correcting the file is noticed.
    let tracked = &schema.tracked_files;
    quote! {
        #(const _: &[u8] = ::core::include_bytes!(#tracked);)*
        #expansion
    }
}
