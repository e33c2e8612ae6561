//! Why a write is refused.

use crate::RelationshipError;
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
    /// The model does not allow the relationship.
    #[error(transparent)]
    Relationship(#[from] RelationshipError),
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
    /// The person stores a relationship that names that person, or lifts a restriction of that person.
    #[error("`{relationship}` names the account that writes: let another account write it")]
    OwnRelationship {
        /// The relationship.
        relationship: String,
    },
    /// No permission of the type guards the relation, so no person may write it.
    #[error(
        "no permission guards the relation `{relation}` of `{kind}`: declare `grant_{relation}` in the model, or name one \
         with `guard` when you build the engine"
    )]
    Unguarded {
        /// The object type.
        kind: String,
        /// The relation.
        relation: String,
    },
    /// One relationship less may give permissions on other objects, which lead to this one by an arrow behind a `-`. Only a guard that
    /// the builder names says who may do that.
    #[error(
        "to take `{relation}` of `{kind}` away may give permissions on other objects: name the permission that guards it with \
         `guard` when you build the engine"
    )]
    GivesOverArrow {
        /// The object type.
        kind: String,
        /// The relation.
        relation: String,
    },
    /// The person does not have the permission that guards the relation.
    #[error("the account may not write this relation of `{resource}`: it does not have `{permission}`")]
    NotPermitted {
        /// The object.
        resource: String,
        /// The permission that guards the relation.
        permission: String,
    },
    /// The person would give what the person does not have.
    #[error("the account cannot give what it does not have: it does not have `{name}` of `{resource}`")]
    NotHeld {
        /// The object.
        resource: String,
        /// The relation or permission that it lacks.
        name: String,
    },
    /// What the relationship gives leads through too many usersets to look at each.
    #[error("the relationship leads to more than {limit} relations through stored usersets: write it with `write`")]
    TooFar {
        /// The limit.
        limit: usize,
    },
    /// The database did not do as asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
