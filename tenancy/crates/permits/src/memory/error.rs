//! What a check and a write refuse.

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
pub enum WriteError {
    /// The model has no such object type.
    #[error("the model has no type `{kind}`")]
    UnknownType {
        /// The type that was named.
        kind: String,
    },
    /// The object type has no such relation or permission.
    #[error("the type `{kind}` has no relation or permission `{relation}`")]
    UnknownRelation {
        /// The object type.
        kind: String,
        /// The name that it lacks.
        relation: String,
    },
    /// The relationship names a permission, which is computed and never stored.
    #[error("`{permission}` is a permission of `{kind}`; write to one of the relations that it is computed from")]
    Permission {
        /// The object type.
        kind: String,
        /// The permission.
        permission: String,
    },
    /// The relation does not take this kind of subject.
    #[error("the relation `{relation}` of `{kind}` does not take the subject `{subject}`")]
    SubjectNotAllowed {
        /// The object type.
        kind: String,
        /// The relation.
        relation: String,
        /// The subject's kind: `user`, `user:*` or `team#member`.
        subject: String,
    },
    /// The model says `with expiration` for this kind of subject, and the relationship has no expiry.
    #[error(
        "the relation `{relation}` of `{kind}` takes the subject `{subject}` with an expiry only; set `expires_at`"
    )]
    ExpiryRequired {
        /// The object type.
        kind: String,
        /// The relation.
        relation: String,
        /// The subject's kind.
        subject: String,
    },
    /// The relationship has an expiry, and the model does not say `with expiration` for this kind of subject.
    #[error("the relation `{relation}` of `{kind}` takes the subject `{subject}` without an expiry only")]
    ExpiryNotAllowed {
        /// The object type.
        kind: String,
        /// The relation.
        relation: String,
        /// The subject's kind.
        subject: String,
    },
    /// The relationship closes a cycle, such as two teams that contain each other.
    #[error("`{relationship}` closes a cycle: its subject depends on its resource already, or is a part of it")]
    Cycle {
        /// The relationship.
        relationship: String,
    },
}
