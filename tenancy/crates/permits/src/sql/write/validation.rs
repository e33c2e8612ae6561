//! Compares changes with the model, as SpiceDB does.

use super::change::{Change, Operation};
use super::error::WriteError;
use crate::sql::compile::Levels;
use crate::sql::question::seconds;
use crate::{ObjectRef, Relationship, relationship_check};
use std::collections::HashSet;
use std::time::SystemTime;
use tenancy_permission_model::Model;
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
            relationship_check::for_write(model, relationship)?;
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
