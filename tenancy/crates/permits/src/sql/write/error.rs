//! Why a write is refused.

use crate::sql::error::EngineError;

/// Why relationships are not written. Nothing of the write has happened, except where the database did not answer its
/// commit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The write names no account or no reason.
    #[error("a write needs the account that makes it and a reason: set `by` and `reason`")]
    Unattributed,
    /// The write has more changes than one write may have.
    #[error("a write has at most {limit} changes: split it so that each part is safe alone")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// Two changes of one write are about the same relationship.
    #[error("`{relationship}` is changed twice in one write")]
    Duplicate {
        /// The relationship.
        relationship: String,
    },
    /// The model has no such object type.
    #[error("the model has no type `{kind}`")]
    UnknownType {
        /// The type that was named.
        kind: String,
    },
    /// The object type has no such relation.
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
    /// The relationship has ended already.
    #[error("`{relationship}` expires in the past; delete it instead")]
    Expired {
        /// The relationship.
        relationship: String,
    },
    /// The relationship is about an organization, and says that it belongs to another one or to none.
    #[error(
        "`{resource}` is an organization: its relationships belong to itself; set the change's `organization` to its id"
    )]
    NotOwnOrganization {
        /// The organization's object.
        resource: String,
    },
    /// The relationship is about an object above organizations, and says that it belongs to one.
    #[error("objects of the type `{kind}` belong to no organization; set the change's `organization` to `None`")]
    AboveOrganizations {
        /// The object type.
        kind: String,
    },
    /// The relationship is about an object that belongs to an organization, and says that it belongs to none. It would
    /// count for the object of that id in each organization.
    #[error("objects of the type `{kind}` belong to an organization; set the change's `organization`")]
    OrganizationRequired {
        /// The object type.
        kind: String,
    },
    /// The relationship that a change creates is stored already.
    #[error("`{relationship}` is stored already; touch it instead")]
    Exists {
        /// The relationship.
        relationship: String,
    },
    /// The relationship closes a cycle, such as two teams that contain each other.
    #[error("`{relationship}` closes a cycle")]
    Cycle {
        /// The relationship.
        relationship: String,
    },
    /// The object would be left without a direct, unexpiring subject in a relation that always has one.
    #[error("`{resource}` would have no direct `{relation}` without an expiry; add another one first")]
    LastHolder {
        /// The object.
        resource: String,
        /// The relation.
        relation: String,
    },
    /// The database did not do as asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
