//! What is wrong in the text of a model.

use crate::Span;

/// What kind of mistake a [`ModelError`] reports. Stable: a test or an editor can match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A character that the language does not have.
    UnexpectedCharacter,
    /// A comment or a string without an end.
    Unterminated,
    /// A token that cannot be where it is.
    UnexpectedToken,
    /// A name that breaks SpiceDB's rules for names.
    InvalidName,
    /// A text that is too large to read.
    TooLarge,
    /// An expression that is nested too deeply.
    TooDeep,
    /// `caveat name(..) { .. }` or `with some_caveat`.
    UnsupportedCaveat,
    /// `partial name { .. }` or `...name`.
    UnsupportedPartial,
    /// `import "file"`.
    UnsupportedImport,
    /// `use` of a feature other than `expiration`.
    UnsupportedUse,
    /// A type annotation (`permission view: user = ..`) or an `@` annotation.
    UnsupportedAnnotation,
    /// An arrow over an arrow: `a->b->c`.
    NestedArrow,
    /// `use` below a definition.
    UseAfterDefinition,
    /// `with expiration` without `use expiration`.
    MissingUseExpiration,
    /// Two definitions of the same name.
    DuplicateDefinition,
    /// Two relations or permissions of the same name in a definition.
    DuplicateName,
    /// The same subject type twice in a relation.
    DuplicateSubject,
    /// A subject type without a definition.
    UnknownDefinition,
    /// A name that is neither a relation nor a permission of its definition.
    UnknownName,
    /// `team#member`, where `team` has no `member`.
    UnknownSubjectRelation,
    /// `user#member:*`: a wildcard of a relation.
    WildcardOfRelation,
    /// `team#member`, where `member` takes a wildcard.
    WildcardThroughRelation,
    /// An arrow whose left side is a permission.
    ArrowOverPermission,
    /// An arrow whose left side takes a wildcard.
    ArrowOverWildcard,
    /// An arrow whose right side exists on none of the subject types.
    ArrowTargetMissing,
    /// A permission that is computed from itself, without an arrow or a subject relation between.
    SelfReference,
}

/// A mistake in the text of a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct ModelError {
    /// What kind of mistake.
    pub kind: ErrorKind,
    /// Where, in bytes. Always inside of the text, and on character boundaries.
    pub span: Span,
    /// The line of the span's start, from 1.
    pub line: usize,
    /// The column of the span's start, from 1, in characters.
    pub column: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// How many errors are reported of one text.
const MOST_ERRORS: usize = 100;

/// Errors as they are found: a place, and a message.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Vec<(ErrorKind, Span, String)>,
}

impl Errors {
    pub(crate) fn push(&mut self, kind: ErrorKind, span: Span, message: impl Into<String>) {
        // Hostile text must not cost memory without bound.
        if self.found.len() < MOST_ERRORS {
            self.found.push((kind, span, message.into()));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Sorts the errors by their place, and finds lines and columns.
    pub(crate) fn finish(mut self, text: &str) -> Vec<ModelError> {
        self.found.sort_by_key(|(kind, span, _)| (span.start, span.end, *kind));
        self.found
            .into_iter()
            .map(|(kind, span, message)| {
                let (line, column) = position(text, span.start);
                ModelError { kind, span, line, column, message }
            })
            .collect()
    }
}

/// Returns the line and the column of a byte, both from 1.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Shortens a piece of the text for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 64;
    let first_line = text.lines().next().unwrap_or_default();
    if first_line.chars().count() <= LONGEST && first_line.len() == text.len() {
        return text.to_owned();
    }
    let start: String = first_line.chars().take(LONGEST).collect();
    format!("{start}..")
}
