//! `schema!`: parse, lower, validate, expand.
use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::model::Schema;
use crate::parse::Input;
use crate::{expand, fallback, locate, lower, parse, validate};

/// What was understood of a `schema!` and what is wrong with it.
pub(crate) struct Outcome {
    pub(crate) schema: Schema,
    pub(crate) errors: Errors,
    /// The first token of the tracked file, for `locate`.
    pub(crate) file_span: Option<proc_macro2::Span>,
}

/// Every step but the expansion. `root` is the package's directory.
pub(crate) fn read(tokens: TokenStream, root: &Path) -> Outcome {
    let mut errors = Errors::default();
    let input: Input = parse::parse(tokens, root, &mut errors);
    let (incomplete, file_span) = (input.incomplete, input.file_span);
    let schema = lower::lower(input, &mut errors);
    validate::validate(&schema, incomplete, &mut errors);
    Outcome { schema, errors, file_span }
}

/// The whole macro.
pub(crate) fn schema(tokens: TokenStream, root: &Path) -> TokenStream {
    let Outcome { schema, mut errors, file_span } = read(tokens.clone(), root);
    let expansion = if errors.is_empty() {
        expand::expand(&schema)
    } else {
        if file_span.is_some() {
            locate::locate(&mut errors, &tokens, root);
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
