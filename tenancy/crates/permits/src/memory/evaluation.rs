//! The evaluation of a permission, step by step as SpiceDB's check dispatches it (`internal/graph/check.go`).

use super::error::CheckError;
use super::store::{Moment, Store, Subjects};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::HashMap;
use std::time::SystemTime;
use tenancy_permission_model::{Definition, Expression, Model};

/// How many steps an answer may depend on, as in SpiceDB.
pub(super) const MAX_DEPTH: u8 = 50;

type Answer = Result<bool, CheckError>;

/// A relation or permission of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Node<'a> {
    pub(super) object: &'a ObjectRef,
    pub(super) name: &'a str,
}

/// The checks of one subject at one time.
pub(super) struct Evaluation<'a> {
    model: &'a Model,
    store: &'a Store,
    subject: &'a SubjectRef,
    subject_kind: &'a str,
    /// The wildcard that matches the subject.
    wildcard: SubjectRef,
    moment: Moment,
    /// Known answers. The steps that are left are part of the key, so that an answer does not depend on the way to it.
    known: HashMap<(Node<'a>, u8), Answer>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(
        model: &'a Model,
        store: &'a Store,
        subject: &'a SubjectRef,
        now: SystemTime,
    ) -> Result<Self, CheckError> {
        let subject_kind = match subject {
            SubjectRef::Object(object) | SubjectRef::Userset(object, _) => object.kind(),
            SubjectRef::Wildcard(kind) => return Err(CheckError::WildcardSubject { kind: kind.clone() }),
        };
        // SpiceDB looks for the wildcard of the subject's type even when the subject is a userset (`checkDirect`).
        let wildcard = SubjectRef::Wildcard(subject_kind.to_owned());
        let moment = Moment::At(now);
        let evaluation = Self { model, store, subject, subject_kind, wildcard, moment, known: HashMap::new() };
        match subject {
            SubjectRef::Userset(object, relation) => evaluation.require(object.kind(), relation)?,
            SubjectRef::Object(_) | SubjectRef::Wildcard(_) => drop(evaluation.definition(subject_kind)?),
        }
        Ok(evaluation)
    }

    /// Fails unless the type has a relation or permission of this name.
    pub(super) fn require(&self, kind: &str, permission: &str) -> Result<(), CheckError> {
        if self.definition(kind)?.has(permission) { Ok(()) } else { Err(unknown(kind, permission)) }
    }

    /// Returns whether the subject has `permission` of `resource`.
    pub(super) fn check(&mut self, resource: &'a ObjectRef, permission: &'a str) -> Answer {
        self.require(resource.kind(), permission)?;
        self.step(Node { object: resource, name: permission }, MAX_DEPTH)
    }

    pub(super) fn definition(&self, kind: &str) -> Result<&'a Definition, CheckError> {
        self.model.definition(kind).ok_or_else(|| CheckError::UnknownType { kind: kind.to_owned() })
    }

    /// One step: from a relation or permission of an object to another.
    pub(super) fn step(&mut self, node: Node<'a>, depth: u8) -> Answer {
        if depth == 0 {
            return Err(CheckError::TooDeep { at: format!("{}#{}", node.object, node.name) });
        }
        let definition = self.definition(node.object.kind())?;
        let node = self.without_alias(definition, node);
        if self.is_subject(node) {
            return Ok(true);
        }
        if let Some(answer) = self.known.get(&(node, depth)) {
            return answer.clone();
        }
        let answer = if let Some(permission) = definition.permission(node.name) {
            self.expression(&permission.expression, node.object, depth)
        } else if definition.relation(node.name).is_some() {
            self.relation(node, depth)
        } else {
            Err(unknown(node.object.kind(), node.name))
        };
        self.known.insert((node, depth), answer.clone());
        answer
    }

    /// A permission that is another name of a relation or permission costs no step, unless the subject has the type of
    /// the object: it could be what the other name means (`internal/dispatch/graph/graph.go`, `DispatchCheck`).
    fn without_alias(&self, definition: &'a Definition, mut node: Node<'a>) -> Node<'a> {
        if definition.name == self.subject_kind {
            return node;
        }
        // A name that leads to itself is an alias of nothing. The bound ends it, and the depth turns it into an error.
        for _ in 0..definition.permissions.len() {
            match definition.permission(node.name).map(|permission| &permission.expression) {
                Some(Expression::Name(name, _)) => node.name = name,
                _ => break,
            }
        }
        node
    }

    /// A userset has what it names: `team:1#member` is in the members of `team:1`.
    pub(super) fn is_subject(&self, node: Node<'_>) -> bool {
        matches!(self.subject, SubjectRef::Userset(object, relation) if object == node.object && relation == node.name)
    }

    /// Whether a stored subject is the one that is asked about, without following usersets.
    pub(super) fn names_subject(&self, stored: &SubjectRef) -> bool {
        stored == self.subject || *stored == self.wildcard
    }

    /// The relationships of one relation of an object that count now.
    pub(super) fn stored(&self, object: &ObjectRef, relation: &str) -> Vec<Relationship> {
        self.store.relationships(object, relation, self.moment)
    }

    /// The usersets among them.
    pub(super) fn usersets(&self, node: Node<'a>) -> Vec<(&'a ObjectRef, &'a str)> {
        let subjects: Option<&'a Subjects> = self.store.subjects(node.object, node.name);
        subjects.into_iter().flat_map(|subjects| subjects.usersets(self.moment)).collect()
    }

    fn relation(&mut self, node: Node<'a>, depth: u8) -> Answer {
        let Some(subjects) = self.store.subjects(node.object, node.name) else { return Ok(false) };
        if subjects.contains(self.subject, self.moment) || subjects.contains(&self.wildcard, self.moment) {
            return Ok(true);
        }
        any(subjects.usersets(self.moment).map(|(object, name)| self.step(Node { object, name }, depth - 1)))
    }

    pub(super) fn expression(&mut self, expression: &'a Expression, object: &'a ObjectRef, depth: u8) -> Answer {
        match expression {
            Expression::Nil => Ok(false),
            Expression::Name(name, _) => self.target(Node { object, name }, depth),
            Expression::Arrow(relation, name, _) => {
                let objects = self.arrow_targets(object, relation)?;
                any(objects.map(|object| self.arrow_target(Node { object, name }, depth)))
            }
            Expression::AllArrow(relation, name, _) => {
                let mut objects = self.arrow_targets(object, relation)?.peekable();
                // Every one of no objects is a no, not a yes (`checkIntersectionTupleToUserset`).
                if objects.peek().is_none() {
                    return Ok(false);
                }
                all(objects.map(|object| self.arrow_target(Node { object, name }, depth)))
            }
            Expression::Union(operands) => any(operands.iter().map(|each| self.expression(each, object, depth))),
            Expression::Intersection(operands) => all(operands.iter().map(|each| self.expression(each, object, depth))),
            Expression::Exclusion(base, excluded) => {
                Ok(self.expression(base, object, depth)? && !self.expression(excluded, object, depth)?)
            }
        }
    }

    /// The subject itself is recognized without a step (`checkComputedUserset`).
    fn target(&mut self, node: Node<'a>, depth: u8) -> Answer {
        if self.is_subject(node) { Ok(true) } else { self.step(node, depth - 1) }
    }

    /// An object whose type lacks the name gives nothing, and is no error.
    pub(super) fn arrow_target(&mut self, node: Node<'a>, depth: u8) -> Answer {
        if self.definition(node.object.kind())?.has(node.name) { self.target(node, depth) } else { Ok(false) }
    }

    pub(super) fn arrow_targets(
        &self,
        object: &'a ObjectRef,
        relation: &str,
    ) -> Result<impl Iterator<Item = &'a ObjectRef> + use<'a>, CheckError> {
        if self.definition(object.kind())?.relation(relation).is_none() {
            return Err(unknown(object.kind(), relation));
        }
        let moment = self.moment;
        let subjects: Option<&'a Subjects> = self.store.subjects(object, relation);
        Ok(subjects.into_iter().flat_map(move |subjects| subjects.arrow_targets(moment)))
    }
}

fn unknown(kind: &str, permission: &str) -> CheckError {
    CheckError::UnknownPermission { kind: kind.to_owned(), permission: permission.to_owned() }
}

/// Yes if any answer is yes. An error counts where no answer is yes, since the answer then depends on it.
fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut failed = None;
    for answer in answers {
        match answer {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(false), Err)
}

/// No if any answer is no. An error counts where no answer is no.
fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    any(answers.map(|answer| answer.map(|yes| !yes))).map(|some_no| !some_no)
}
