//! What a check and a write refuse.

use crate::RelationshipError;

/// Why a check has no answer. Every error is a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
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
    /// The answer depends on more than 50 steps from the resource to the subject.
    #[error("the answer depends on more than 50 steps, at `{at}`")]
    TooDeep {
        /// The object and permission at which the evaluation stopped.
        at: String,
    },
    /// A wildcard was the subject of a check.
    #[error("a wildcard cannot be the subject of a check; name an object of the type `{kind}`")]
    WildcardSubject {
        /// The wildcard's type.
        kind: String,
    },
}

/// Why a relationship was not written or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryWriteError {
    /// The model does not allow the relationship.
    #[error(transparent)]
    Relationship(#[from] RelationshipError),
    /// The relationship closes a cycle, such as two teams that contain each other.
    #[error("`{relationship}` closes a cycle: its subject depends on its resource already, or is a part of it")]
    Cycle {
        /// The relationship.
        relationship: String,
    },
}
