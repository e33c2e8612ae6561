//! Writes on behalf of a person, who gives nothing that the person does not have.

use super::change::{Change, Operation, Written};
use super::error::WriteError;
use crate::sql::database::{Cell, Session, Value};
use crate::sql::engine::SqlEngine;
use crate::sql::error::EngineError;
use crate::sql::question::{Context, seconds};
use crate::sql::read::stored;
use crate::{ObjectRef, SubjectRef};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// How many relations one relationship may lead to through stored usersets.
const MOST_RELATIONS: usize = 1_000;

/// A relation or permission of an object, among what counts for an organization.
type Name = (Option<Uuid>, ObjectRef, String);

impl SqlEngine {
    /// Applies changes on behalf of a person, as [`write`](Self::write) does, if the person may make each of them.
    ///
    /// - **Guard**: the person has the permission that guards the relation, of the object that the relationship is about:
    ///   `grant_owner` for `owner`, or else `manage_owners`, and `ban` for `banned`. [`guard`](super::super::SqlEngineBuilder::guard)
    ///   names another one. A relation without a guard is not written.
    /// - **Holding**: to store a relationship, the person has its relation, or every permission of the object's type that the
    ///   relation gives. The same holds for each relation whose stored subject is that relation: a team's member gets what
    ///   the team has.
    /// - **Taking away**: where the relation, or one that it leads to so, takes permissions away (`banned`), the person has its guard;
    ///   to delete such a relationship, or to give it an end, the person has the permissions too that it takes. Which objects lead to
    ///   it by an arrow is not looked up: there the builder names the guard, or it is not deleted.
    /// - **Own relationships**: no person stores a relationship that names that person as its subject. To give up a role
    ///   needs no guard.
    ///
    /// The rights count as they are before the write, and are read in its transaction: another writer waits until it ends.
    /// What the person holds until later may be granted for longer.
    ///
    /// # Errors
    /// As [`write`](Self::write), and when the person may not make one of the changes. Nothing has happened then. The text
    /// of these errors names relations of objects: do not show it to clients.
    pub async fn write_as(&self, actor: &ObjectRef, changes: &[Change], reason: &str) -> Result<Written, WriteError> {
        self.subject_exists(&SubjectRef::Object(actor.clone()))?;
        self.write_by(changes, &actor.to_string(), reason, Some(actor)).await
    }

    /// Fails unless the person may make the changes. Under the lock of the write, and before its first change.
    pub(super) async fn may_write(
        &self,
        session: &mut dyn Session,
        actor: &ObjectRef,
        changes: &[Change],
    ) -> Result<(), WriteError> {
        let actor = SubjectRef::Object(actor.clone());
        // The time is read under the lock: what expired while the write waited does not count.
        let context = Context::new(None, Duration::ZERO);
        let mut rights = Rights { engine: self, session, actor, context, known: HashMap::new() };
        for change in changes {
            rights.allow(change).await?;
        }
        Ok(())
    }
}

/// What a person may give and take.
struct Rights<'a> {
    engine: &'a SqlEngine,
    session: &'a mut dyn Session,
    actor: SubjectRef,
    context: Context,
    known: HashMap<Name, bool>,
}

impl Rights<'_> {
    async fn allow(&mut self, change: &Change) -> Result<(), WriteError> {
        let relationship = &change.relationship;
        let (kind, relation) = (relationship.resource.kind(), &relationship.relation);
        if relationship.subject == self.actor {
            let takes = self.engine.inner.negative.contains(&(kind.to_owned(), relation.clone()));
            if change.operation == Operation::Delete && !takes {
                return Ok(());
            }
            return Err(WriteError::OwnRelationship { relationship: relationship.to_string() });
        }
        let unguarded = || WriteError::Unguarded { kind: kind.to_owned(), relation: relation.clone() };
        let engine = self.engine;
        let guard = engine.inner.guards.relation(kind, relation).and_then(|found| found.guard.as_ref());
        let guard = guard.ok_or_else(unguarded)?;
        if !self.has(change.organization, &relationship.resource, guard).await? {
            let resource = relationship.resource.to_string();
            return Err(WriteError::NotPermitted { resource, permission: guard.clone() });
        }
        let name = (change.organization, relationship.resource.clone(), relation.clone());
        if change.operation != Operation::Delete {
            self.hold(name.clone()).await?;
        }
        // An expiry may be earlier than the one that is stored.
        let gives_back = change.operation == Operation::Delete || relationship.expires_at.is_some();
        self.may_take(name, gives_back).await
    }

    /// Fails unless the person has the guard of each relation that takes permissions away, wherever the relationship leads; and,
    /// where it gives them back, has those permissions.
    async fn may_take(&mut self, first: Name, gives_back: bool) -> Result<(), WriteError> {
        let engine = self.engine;
        let (mut next, mut seen) = (vec![first], HashSet::new());
        while let Some(name) = next.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            if seen.len() > MOST_RELATIONS {
                return Err(WriteError::TooFar { limit: MOST_RELATIONS });
            }
            let (organization, object, relation) = &name;
            let found = engine.inner.guards.relation(object.kind(), relation);
            if gives_back && found.is_some_and(|found| found.gives_over_arrow) {
                let (kind, relation) = (object.kind().to_owned(), relation.clone());
                return Err(WriteError::GivesOverArrow { kind, relation });
            }
            if let Some(found) = found.filter(|found| !found.takes.is_empty()) {
                let unguarded = || WriteError::Unguarded { kind: object.kind().to_owned(), relation: relation.clone() };
                let guard = found.guard.as_ref().ok_or_else(unguarded)?;
                if !self.has(*organization, object, guard).await? {
                    return Err(WriteError::NotPermitted { resource: object.to_string(), permission: guard.clone() });
                }
                for permission in found.takes.iter().filter(|_| gives_back) {
                    if !self.has(*organization, object, permission).await? {
                        return Err(WriteError::NotHeld { resource: object.to_string(), name: permission.clone() });
                    }
                }
            }
            next.extend(self.usersets(*organization, object, relation).await?);
        }
        Ok(())
    }

    /// Fails unless the person has what the relation gives, wherever it leads.
    async fn hold(&mut self, first: Name) -> Result<(), WriteError> {
        let (mut next, mut seen) = (vec![first], HashSet::new());
        while let Some(name) = next.pop() {
            if seen.contains(&name) {
                continue;
            }
            if seen.len() >= MOST_RELATIONS {
                return Err(WriteError::TooFar { limit: MOST_RELATIONS });
            }
            let (organization, object, relation) = &name;
            // What follows from the relation then follows for this person too.
            if !self.has(*organization, object, relation).await? {
                self.hold_all(&name).await?;
                next.extend(self.usersets(*organization, object, relation).await?);
            }
            seen.insert(name);
        }
        Ok(())
    }

    /// Fails unless the person has every permission that the relation gives.
    async fn hold_all(&mut self, (organization, object, relation): &Name) -> Result<(), WriteError> {
        let engine = self.engine;
        let Some(found) = engine.inner.guards.relation(object.kind(), relation) else {
            // A permission, which the person does not have.
            return Err(WriteError::NotHeld { resource: object.to_string(), name: relation.clone() });
        };
        if found.is_asked {
            return Err(WriteError::NotHeld { resource: object.to_string(), name: relation.clone() });
        }
        for permission in &found.gives {
            if !self.has(*organization, object, permission).await? {
                return Err(WriteError::NotHeld { resource: object.to_string(), name: permission.clone() });
            }
        }
        Ok(())
    }

    /// The relations whose subject is the relation of the object. What is above organizations counts in each of them.
    async fn usersets(
        &mut self,
        organization: Option<Uuid>,
        object: &ObjectRef,
        relation: &str,
    ) -> Result<Vec<Name>, WriteError> {
        let fixed = &self.engine.inner.fixed;
        let mut values = vec![
            Value::Text(object.kind().to_owned()),
            Value::Text(object.id().to_owned()),
            Value::Text(relation.to_owned()),
            Value::Int(seconds(self.context.now)?),
            Value::Int(i64::try_from(MOST_RELATIONS).unwrap_or(i64::MAX).saturating_add(1)),
        ];
        let text = match organization {
            None => &fixed.of_userset,
            Some(_) => {
                values.push(Value::Org(organization));
                &fixed.of_userset_within
            }
        };
        let rows = self.session.rows(text.with(values)).await?;
        if rows.len() > MOST_RELATIONS {
            return Err(WriteError::TooFar { limit: MOST_RELATIONS });
        }
        let mut names = Vec::new();
        for row in rows {
            let found = stored(row)?;
            let relationship = found.relationship;
            // What the model does not have has no effect.
            if self.engine.inner.guards.relation(relationship.resource.kind(), &relationship.relation).is_some() {
                names.push((found.organization.or(organization), relationship.resource, relationship.relation));
            }
        }
        Ok(names)
    }

    /// Whether the person has a relation or permission, by the statement of every check.
    async fn has(&mut self, organization: Option<Uuid>, object: &ObjectRef, name: &str) -> Result<bool, WriteError> {
        let key = (organization, object.clone(), name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let compiled = self.engine.compiled(object.kind(), name)?;
        // An object of an organization belongs to it, as in the checks of a scope.
        let context = Context { organization, implied_organization: organization.is_some(), ..self.context };
        let values = self.engine.values(&self.actor, Value::Text(object.id().to_owned()), &context)?;
        let rows = self.session.rows(compiled.check(&self.actor, &context).with(values)).await?;
        let allowed = match rows.first().map(Vec::as_slice) {
            Some([Cell::Int(allowed @ (0 | 1)), ..]) if rows.len() == 1 => *allowed == 1,
            _ => return Err(EngineError::Answer("a check returned neither yes nor no").into()),
        };
        self.known.insert(key, allowed);
        Ok(allowed)
    }
}
