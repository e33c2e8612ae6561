//! Compares changes with the model, as SpiceDB does.

use super::change::{Change, Operation};
use super::error::WriteError;
use crate::sql::compile::Levels;
use crate::sql::question::{parts, seconds};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::HashSet;
use std::time::SystemTime;
use tenancy_permission_model::{Model, Relation};
use uuid::Uuid;

/// How many changes one write may have, as in SpiceDB.
const MOST_CHANGES: usize = 1_000;

/// # Errors
/// When the model or the kind of the write does not allow one of the changes.
pub(super) fn validate(model: &Model, levels: &Levels, changes: &[Change], now: SystemTime) -> Result<(), WriteError> {
    if changes.len() > MOST_CHANGES {
        return Err(WriteError::TooMany { limit: MOST_CHANGES });
    }
    let mut seen = HashSet::new();
    for Change { operation, organization: of, relationship } in changes {
        let Relationship { resource, relation, subject, .. } = relationship;
        if !seen.insert((of, resource, relation, subject)) {
            return Err(WriteError::Duplicate { relationship: relationship.to_string() });
        }
        if of.is_some_and(|of| of.is_nil()) {
            return Err(crate::sql::error::EngineError::NilOrganization.into());
        }
        of_level(levels, *operation, *of, resource)?;
        // What the model no longer allows can still be deleted.
        if *operation != Operation::Delete {
            allowed(model, relationship)?;
            not_expired(relationship, now)?;
        }
    }
    Ok(())
}

/// Whether the object may belong to the organization, or to the levels above for `None`. What is stored and should not
/// be can still be deleted.
fn of_level(levels: &Levels, operation: Operation, of: Option<Uuid>, resource: &ObjectRef) -> Result<(), WriteError> {
    let kind = resource.kind();
    let is_own = || of.is_some_and(|of| of.to_string() == resource.id());
    if levels.organization.as_deref() == Some(kind) && !is_own() {
        return Err(WriteError::NotOwnOrganization { resource: resource.to_string() });
    }
    match of {
        _ if operation == Operation::Delete => Ok(()),
        Some(_) if levels.above.contains(kind) => Err(WriteError::AboveOrganizations { kind: kind.to_owned() }),
        None if levels.within.contains(kind) => Err(WriteError::OrganizationRequired { kind: kind.to_owned() }),
        _ => Ok(()),
    }
}

/// Whether it has effect now. A time before 1970 has none.
fn not_expired(relationship: &Relationship, now: SystemTime) -> Result<(), WriteError> {
    let Some(expires) = relationship.expires_at else { return Ok(()) };
    let now = seconds(now)?;
    if seconds(expires).is_ok_and(|expires| expires > now) {
        return Ok(());
    }
    Err(WriteError::Expired { relationship: relationship.to_string() })
}

/// Whether the model allows the relationship.
fn allowed(model: &Model, relationship: &Relationship) -> Result<(), WriteError> {
    let Relationship { resource, relation: name, subject, expires_at } = relationship;
    let kind = resource.kind();
    let Some(definition) = model.definition(kind) else {
        return Err(WriteError::UnknownType { kind: kind.to_owned() });
    };
    let Some(relation) = definition.relation(name) else {
        let (kind, name) = (kind.to_owned(), name.clone());
        return Err(match definition.permission(&name) {
            Some(_) => WriteError::Permission { kind, permission: name },
            None => WriteError::UnknownRelation { kind, relation: name },
        });
    };
    let described = || (kind.to_owned(), name.clone(), described(subject));
    match expiries(relation, subject)[..] {
        [] => {
            let (kind, relation, subject) = described();
            Err(WriteError::SubjectNotAllowed { kind, relation, subject })
        }
        ref allowed if allowed.contains(&expires_at.is_some()) => Ok(()),
        _ if expires_at.is_some() => {
            let (kind, relation, subject) = described();
            Err(WriteError::ExpiryNotAllowed { kind, relation, subject })
        }
        _ => {
            let (kind, relation, subject) = described();
            Err(WriteError::ExpiryRequired { kind, relation, subject })
        }
    }
}

/// Whether the relation's entries for the subject demand an expiry, one value each.
fn expiries(relation: &Relation, subject: &SubjectRef) -> Vec<bool> {
    let (kind, _, name) = parts(subject);
    let wildcard = matches!(subject, SubjectRef::Wildcard(_));
    // A userset without a name is no subject of any relation: an object has its own form.
    let named = matches!(subject, SubjectRef::Userset(..)).then_some(name);
    let entries = relation
        .subjects
        .iter()
        .filter(|entry| entry.definition == kind && entry.wildcard == wildcard && entry.relation.as_deref() == named);
    entries.map(|entry| entry.expires).collect()
}

fn described(subject: &SubjectRef) -> String {
    match subject {
        SubjectRef::Object(object) => object.kind().to_owned(),
        SubjectRef::Userset(object, relation) => format!("{}#{relation}", object.kind()),
        SubjectRef::Wildcard(kind) => format!("{kind}:*"),
    }
}
