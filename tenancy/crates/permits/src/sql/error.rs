//! Why a question has no answer.

use super::compile::CompileError;
use tenancy::db::Error;

/// Why a check, a list or a look at relationships has no answer. Every error denies.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The model has no such object type.
    #[error("the model has no type `{kind}`")]
    UnknownType {
        /// The type that was named.
        kind: String,
    },
    /// The object type has no such relation or permission.
    #[error("the type `{kind}` has no relation or permission `{permission}`")]
    UnknownPermission {
        /// The object type.
        kind: String,
        /// The name that it lacks.
        permission: String,
    },
    /// A wildcard was the subject of a question.
    #[error("a wildcard cannot be the subject of a question; name an object of the type `{kind}`")]
    WildcardSubject {
        /// The wildcard's type.
        kind: String,
    },
    /// The resources of one question have different types.
    #[error("the resources have different types; ask about one type at a time")]
    MixedTypes,
    /// The nil UUID was named as an organization.
    #[error("the nil UUID is not an organization")]
    NilOrganization,
    /// The relation to the organization is implied, and the question names no organization.
    #[error("`implied_organization` needs an organization")]
    NoOrganization,
    /// A list cannot be complete when the relation to the organization is implied: the resources are not in the
    /// relationships.
    #[error(
        "resources of the type `{kind}` cannot be listed with `implied_organization`; \
         read their ids, and use `check_many`"
    )]
    ImpliedList {
        /// The object type.
        kind: String,
    },
    /// The time of the question lies before 1970.
    #[error("the time of the question lies before 1970; check the clock")]
    Clock,
    /// There are more of them than the limit.
    #[error("there are more than {limit}; nothing is returned in part")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The database's answer has another shape than the question demands.
    #[error("the database's answer is not usable: {0}")]
    Answer(&'static str),
    /// The deadline passed. The connection is closed, and PostgreSQL ends the statement within a second.
    #[error("the deadline passed before the database answered")]
    Timeout,
    /// The explanation takes more steps than it may.
    #[error("the explanation takes more than {limit} steps")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// No connection was available, or the database reported an error.
    #[error(transparent)]
    Database(#[from] Error),
}

impl EngineError {
    /// Returns what kind of failure it is, for logs and metrics. It names no object, no subject and no organization.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownType { .. } => "unknown type",
            Self::UnknownPermission { .. } => "unknown permission",
            Self::WildcardSubject { .. } => "wildcard subject",
            Self::MixedTypes => "mixed types",
            Self::NilOrganization | Self::NoOrganization => "organization",
            Self::ImpliedList { .. } => "implied list",
            Self::Clock => "clock",
            Self::TooMany { .. } => "too many",
            Self::Answer(_) => "answer",
            Self::Timeout => "timeout",
            Self::TooLong { .. } => "too long",
            Self::Database(error) => error.code(),
        }
    }
}

/// Why an engine cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A permission of the model cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The model lacks what a setting names.
    #[error("`{setting}` names `{name}`: {problem}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it names.
        name: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] Error),
}
