//! Tests of the crate.

mod analysis;
mod errors;
mod evaluate;
mod lint;
mod parsing;
mod random;
mod round_trip;
mod standard;

use crate::{ErrorKind, Model};

/// Reads a text that has no mistakes.
fn model(text: &str) -> Model {
    Model::parse(text).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"))
}

/// Returns the kinds of a text's mistakes, with the text of each place.
fn mistakes(text: &str) -> Vec<(ErrorKind, &str)> {
    let errors = Model::parse(text).err().unwrap_or_default();
    errors.iter().map(|error| (error.kind, &text[error.span.start..error.span.end])).collect()
}
