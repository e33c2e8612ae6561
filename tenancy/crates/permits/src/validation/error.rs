//! Why a validation file cannot be read.

use crate::ParseRelationshipError;
use tenancy_permission_model::ModelError;

/// Why a validation file cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ValidationFileError {
    /// The text is not YAML, or has a key that validation files do not have.
    #[error("{message}")]
    Yaml {
        /// What is wrong, and where.
        message: String,
    },
    /// The file has no schema.
    #[error("the schema is missing: add `schema` or `schemaFile`")]
    NoSchema,
    /// The file has a schema and names the file of another.
    #[error("both `schema` and `schemaFile` are given: remove one of them")]
    TwoSchemas,
    /// The file names the file of its schema, and [`ValidationFile::parse`](super::ValidationFile::parse) reads no
    /// other files.
    #[error("the schema is in `{path}`: read the file with `ValidationFile::parse_with`")]
    SchemaFile {
        /// The path in the file.
        path: String,
    },
    /// The file of the schema cannot be read.
    #[error("the schema in `{path}` cannot be read: {message}")]
    SchemaUnreadable {
        /// The path in the file.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The file has a schema that says something else than the model that it is to be read for.
    #[error("the schema of the file is not the given model: remove `schema` from the file, or bring it up to date")]
    OtherSchema,
    /// The schema has mistakes.
    #[error("the schema has mistakes: {}", listed(.0))]
    Schema(Vec<ModelError>),
    /// A relationship cannot be read.
    #[error("in the relationship `{text}`: {source}")]
    Relationship {
        /// The line.
        text: String,
        /// What is wrong.
        source: ParseRelationshipError,
    },
    /// A relationship is in the file twice. Its expiry makes no difference.
    #[error("the relationship `{text}` is given twice")]
    RepeatedRelationship {
        /// The second line.
        text: String,
    },
    /// An assertion cannot be read.
    #[error("in the assertion `{text}`: {source}")]
    Assertion {
        /// The assertion.
        text: String,
        /// What is wrong.
        source: ParseRelationshipError,
    },
    /// An assertion has a context for caveats.
    #[error("caveats are not supported: remove the context of the assertion `{text}`")]
    AssertionContext {
        /// The assertion.
        text: String,
    },
    /// An assertion has an expiry.
    #[error("an assertion takes no expiry: remove it from `{text}`")]
    AssertionExpiry {
        /// The assertion.
        text: String,
    },
    /// An assertion expects an answer that depends on a caveat.
    #[error("caveats are not supported: remove `{text}` from `assertCaveated`")]
    CaveatedAssertion {
        /// The assertion.
        text: String,
    },
}

fn listed(errors: &[ModelError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
