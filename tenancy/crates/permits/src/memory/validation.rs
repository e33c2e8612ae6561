//! Whether a model allows a relationship, as SpiceDB decides it (`internal/relationships/validation.go`).

use super::error::WriteError;
use crate::{ObjectRef, Relationship, SubjectRef};
use tenancy_permission_model::{Definition, Model, Relation, SubjectType};

/// Fails unless the relationship can be written.
pub(super) fn for_write(model: &Model, relationship: &Relationship) -> Result<(), WriteError> {
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
        (true, _) => WriteError::SubjectNotAllowed { kind, relation, subject },
        (false, false) => WriteError::ExpiryRequired { kind, relation, subject },
        (false, true) => WriteError::ExpiryNotAllowed { kind, relation, subject },
    })
}

/// Fails unless such a relationship could have been written with some expiry.
pub(super) fn for_delete(model: &Model, relationship: &Relationship) -> Result<(), WriteError> {
    let relation = named(model, relationship)?;
    if relation.subjects.iter().any(|kind| takes(kind, &relationship.subject)) {
        return Ok(());
    }
    Err(WriteError::SubjectNotAllowed {
        kind: relationship.resource.kind().to_owned(),
        relation: relation.name.clone(),
        subject: described(&relationship.subject),
    })
}

/// Returns the relation, after looking up every name of the relationship in the model.
fn named<'a>(model: &'a Model, relationship: &Relationship) -> Result<&'a Relation, WriteError> {
    let resource = definition(model, relationship.resource.kind())?;
    if !resource.has(&relationship.relation) {
        return Err(unknown(resource, &relationship.relation));
    }
    match &relationship.subject {
        SubjectRef::Object(object) => drop(definition(model, object.kind())?),
        SubjectRef::Wildcard(kind) => drop(definition(model, kind)?),
        SubjectRef::Userset(object, relation) => has(model, object, relation)?,
    }
    resource.relation(&relationship.relation).ok_or_else(|| WriteError::Permission {
        kind: resource.name.clone(),
        permission: relationship.relation.clone(),
    })
}

fn definition<'a>(model: &'a Model, kind: &str) -> Result<&'a Definition, WriteError> {
    model.definition(kind).ok_or_else(|| WriteError::UnknownType { kind: kind.to_owned() })
}

fn has(model: &Model, object: &ObjectRef, relation: &str) -> Result<(), WriteError> {
    let definition = definition(model, object.kind())?;
    if definition.has(relation) { Ok(()) } else { Err(unknown(definition, relation)) }
}

fn unknown(definition: &Definition, relation: &str) -> WriteError {
    WriteError::UnknownRelation { kind: definition.name.clone(), relation: relation.to_owned() }
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
