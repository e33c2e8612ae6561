//! Whether a model allows a relationship, as SpiceDB decides it (`internal/relationships/validation.go`).

use crate::{ObjectRef, Relationship, SubjectRef};
use tenancy_permission_model::{Definition, Model, Relation, SubjectType};

/// Why a model does not allow a relationship.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelationshipError {
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
}

/// Fails unless the relationship can be written.
pub(crate) fn for_write(model: &Model, relationship: &Relationship) -> Result<(), RelationshipError> {
    let relation = named(model, relationship)?;
    let expires = relationship.expires_at.is_some();
    let allowed: Vec<_> = relation.subjects.iter().filter(|kind| takes(kind, &relationship.subject)).collect();
    // `user | user with expiration` takes both.
    if allowed.iter().any(|kind| kind.expires == expires) {
        return Ok(());
    }
    let (kind, relation) = (relationship.resource.kind().to_owned(), relation.name.clone());
    let subject = described(&relationship.subject);
    Err(match (allowed.is_empty(), expires) {
        (true, _) => RelationshipError::SubjectNotAllowed { kind, relation, subject },
        (false, false) => RelationshipError::ExpiryRequired { kind, relation, subject },
        (false, true) => RelationshipError::ExpiryNotAllowed { kind, relation, subject },
    })
}

/// Fails unless such a relationship could have been written with some expiry.
pub(crate) fn for_delete(model: &Model, relationship: &Relationship) -> Result<(), RelationshipError> {
    let relation = named(model, relationship)?;
    if relation.subjects.iter().any(|kind| takes(kind, &relationship.subject)) {
        return Ok(());
    }
    Err(RelationshipError::SubjectNotAllowed {
        kind: relationship.resource.kind().to_owned(),
        relation: relation.name.clone(),
        subject: described(&relationship.subject),
    })
}

/// Returns the relation, after looking up every name of the relationship in the model.
fn named<'a>(model: &'a Model, relationship: &Relationship) -> Result<&'a Relation, RelationshipError> {
    let resource = definition(model, relationship.resource.kind())?;
    if !resource.has(&relationship.relation) {
        return Err(unknown(resource, &relationship.relation));
    }
    match &relationship.subject {
        SubjectRef::Object(object) => drop(definition(model, object.kind())?),
        SubjectRef::Wildcard(kind) => drop(definition(model, kind)?),
        SubjectRef::Userset(object, relation) => has(model, object, relation)?,
    }
    resource.relation(&relationship.relation).ok_or_else(|| RelationshipError::Permission {
        kind: resource.name.clone(),
        permission: relationship.relation.clone(),
    })
}

fn definition<'a>(model: &'a Model, kind: &str) -> Result<&'a Definition, RelationshipError> {
    model.definition(kind).ok_or_else(|| RelationshipError::UnknownType { kind: kind.to_owned() })
}

fn has(model: &Model, object: &ObjectRef, relation: &str) -> Result<(), RelationshipError> {
    let definition = definition(model, object.kind())?;
    if definition.has(relation) { Ok(()) } else { Err(unknown(definition, relation)) }
}

fn unknown(definition: &Definition, relation: &str) -> RelationshipError {
    RelationshipError::UnknownRelation { kind: definition.name.clone(), relation: relation.to_owned() }
}

/// Whether an entry of a relation takes the subject, whatever its expiry.
fn takes(entry: &SubjectType, subject: &SubjectRef) -> bool {
    let (kind, relation, wildcard) = match subject {
        SubjectRef::Object(object) => (object.kind(), None, false),
        SubjectRef::Userset(object, relation) => (object.kind(), Some(relation), false),
        SubjectRef::Wildcard(kind) => (kind.as_str(), None, true),
    };
    entry.definition == kind && entry.relation.as_ref() == relation && entry.wildcard == wildcard
}

/// The subject as a model writes it.
fn described(subject: &SubjectRef) -> String {
    match subject {
        SubjectRef::Object(object) => object.kind().to_owned(),
        SubjectRef::Userset(object, relation) => format!("{}#{relation}", object.kind()),
        SubjectRef::Wildcard(kind) => format!("{kind}:*"),
    }
}
