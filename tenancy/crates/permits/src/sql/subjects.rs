//! Which subjects have a permission of one object.

use super::database::{Cell, Value};
use super::engine::SqlEngine;
use super::error::EngineError;
use super::explain::entries;
use super::in_force::InForce;
use super::question::{Context, until};
use crate::{ObjectRef, SubjectRef};
use std::collections::{BTreeSet, HashSet};
use tenancy_permission_model::{Definition, Expression};

/// How many relations and permissions of objects a list may look at.
const MOST_STEPS: usize = 10_000;

/// The subjects of one type that have a permission of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subjects {
    /// The ids of the subjects that relationships name and that have the permission, sorted.
    pub ids: Vec<String>,
    /// Every other subject of the type has the permission too, but for those of `except`: through a wildcard.
    pub everyone_else: bool,
    /// If `everyone_else`: the ids that relationships name and that do not have the permission, sorted.
    pub except: Vec<String>,
}

impl SqlEngine {
    /// Lists the subjects of the type `kind` that have a permission of an object, for administration.
    ///
    /// It follows the relationships from the object on, and checks each subject of the type that they name. Those checks
    /// decide. It takes one statement for each relation of each object on the way and one for each subject, so that a
    /// write in between may show.
    ///
    /// # Errors
    /// As [`check`](Self::check). When the relationships name more than `limit` subjects of the type, whether or not they
    /// have the permission, when there are more than 10,000 steps, or a relation of an object has more than 10,000
    /// relationships. Nothing is returned in part.
    pub async fn lookup_subjects(
        &self,
        resource: &ObjectRef,
        permission: &str,
        kind: &str,
        limit: usize,
        context: &Context,
    ) -> Result<Subjects, EngineError> {
        self.compiled(resource.kind(), permission)?;
        // No relationship names it: what it has every other subject has that no relationship names.
        let unnamed = ObjectRef::new(kind, format!("unnamed-{}", uuid::Uuid::new_v4()));
        let unnamed = unnamed.map_err(|_| EngineError::Answer("an id is not usable"))?;
        self.subject_exists(&SubjectRef::Object(unnamed.clone()))?;
        until(context.deadline, async {
            let reads = InForce::new(self, resource, context).await?;
            let mut walk = Walk { reads, kind, limit, next: Vec::new(), seen: HashSet::new(), named: BTreeSet::new() };
            walk.all(resource, permission).await?;
            let Walk { mut reads, named, .. } = walk;
            let everyone_else = has(&mut reads, resource, permission, unnamed, context).await?;
            let (mut ids, mut except) = (Vec::new(), Vec::new());
            for id in named {
                let subject = ObjectRef::new(kind, &*id).map_err(|_| EngineError::Answer("an id is not usable"))?;
                let list =
                    if has(&mut reads, resource, permission, subject, context).await? { &mut ids } else { &mut except };
                list.push(id);
            }
            if !everyone_else {
                except.clear();
            }
            reads.session.keep();
            Ok(Subjects { ids, everyone_else, except })
        })
        .await
    }
}

/// The statement of a check, on the connection of the list.
async fn has(
    reads: &mut InForce<'_>,
    resource: &ObjectRef,
    permission: &str,
    subject: ObjectRef,
    context: &Context,
) -> Result<bool, EngineError> {
    let engine = reads.engine;
    let compiled = engine.compiled(resource.kind(), permission)?;
    let subject = SubjectRef::Object(subject);
    let values = engine.values(&subject, Value::Text(resource.id().to_owned()), context)?;
    let rows = reads.session.rows(compiled.check(&subject, context).with(values)).await?;
    match rows.first().map(Vec::as_slice) {
        Some([Cell::Int(allowed @ (0 | 1)), ..]) if rows.len() == 1 => Ok(*allowed == 1),
        _ => Err(EngineError::Answer("a check returned neither yes nor no")),
    }
}

/// Everything that a permission may be computed from, whether it gives or takes.
struct Walk<'a> {
    reads: InForce<'a>,
    kind: &'a str,
    limit: usize,
    next: Vec<(ObjectRef, String)>,
    seen: HashSet<(ObjectRef, String)>,
    /// The subjects of the type that were named.
    named: BTreeSet<String>,
}

impl Walk<'_> {
    async fn all(&mut self, resource: &ObjectRef, permission: &str) -> Result<(), EngineError> {
        self.next.push((resource.clone(), permission.to_owned()));
        while let Some((object, name)) = self.next.pop() {
            if !self.seen.insert((object.clone(), name.clone())) {
                continue;
            }
            if self.seen.len() > MOST_STEPS {
                return Err(EngineError::TooLong { limit: MOST_STEPS });
            }
            let engine = self.reads.engine;
            let Some(definition) = engine.inner.model.definition(object.kind()) else { continue };
            match definition.permission(&name) {
                Some(permission) => self.expression(definition, &permission.expression, &object).await?,
                None => self.relation(definition, &name, &object, None).await?,
            }
        }
        Ok(())
    }

    async fn expression(
        &mut self,
        definition: &Definition,
        expression: &Expression,
        object: &ObjectRef,
    ) -> Result<(), EngineError> {
        let mut parts = vec![expression];
        while let Some(part) = parts.pop() {
            match part {
                Expression::Nil => {}
                Expression::Name(name, _) => self.next.push((object.clone(), name.clone())),
                Expression::Arrow(relation, name, _) | Expression::AllArrow(relation, name, _) => {
                    self.relation(definition, relation, object, Some(name)).await?;
                }
                Expression::Union(operands) | Expression::Intersection(operands) => parts.extend(operands),
                Expression::Exclusion(base, excluded) => parts.extend([&**base, &**excluded]),
            }
        }
        Ok(())
    }

    /// Notes the subjects of a relation, or the objects that an arrow to `target` leads to.
    async fn relation(
        &mut self,
        definition: &Definition,
        relation: &str,
        object: &ObjectRef,
        target: Option<&str>,
    ) -> Result<(), EngineError> {
        let Some(relation) = definition.relation(relation) else { return Ok(()) };
        for row in self.reads.rows(object, relation).await? {
            if entries(relation, &row.subject).next().is_none() {
                continue;
            }
            match (row.subject, target) {
                (SubjectRef::Object(of) | SubjectRef::Userset(of, _), Some(target)) => {
                    self.next.push((of, target.to_owned()));
                }
                (SubjectRef::Userset(of, name), None) => self.next.push((of, name)),
                (SubjectRef::Object(of), None) if of.kind() == self.kind => self.name(of)?,
                (SubjectRef::Object(_) | SubjectRef::Wildcard(_), _) => {}
            }
        }
        Ok(())
    }

    fn name(&mut self, subject: ObjectRef) -> Result<(), EngineError> {
        self.named.insert(subject.id().to_owned());
        if self.named.len() > self.limit { Err(EngineError::TooMany { limit: self.limit }) } else { Ok(()) }
    }
}
