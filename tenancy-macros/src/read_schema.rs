//! Every step of `schema!` but the expansion: parse, lower, validate.
use std::path::Path;

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::model::Schema;
use crate::parse::Input;
use crate::{lower, parse, validate};

/// What was understood of a `schema!` and what is wrong with it.
pub(crate) struct Outcome {
    pub(crate) schema: Schema,
    pub(crate) errors: Errors,
    /// The first token of the tracked file, for `file_spans`.
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
