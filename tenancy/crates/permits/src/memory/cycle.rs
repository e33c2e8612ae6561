//! Cycles: a relation or permission of an object that depends on itself.

use super::store::{Moment, Store};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::HashMap;
use tenancy_permission_model::{Expression, Model};

/// A relation or permission of an object.
type Node<'a> = (&'a ObjectRef, &'a str);

/// How far the search is with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// What it depends on is being searched. Meeting it again is a cycle.
    Open,
    /// No cycle was found below it.
    Done,
}

/// Returns whether the stored relationship `added` lies on a cycle, when the other relationships do not form one.
pub(super) fn closed_by(model: &Model, store: &Store, added: &Relationship) -> bool {
    let mut search = Search { model, store, states: HashMap::new() };
    starts(model, added).into_iter().any(|node| search.finds_cycle(node))
}

/// The relations and permissions of the resource that depend on the subject because of this relationship.
fn starts<'a>(model: &'a Model, added: &'a Relationship) -> Vec<Node<'a>> {
    let mut starts = Vec::new();
    if matches!(added.subject, SubjectRef::Userset(..)) {
        starts.push((&added.resource, added.relation.as_str()));
    }
    for permission in model.definition(added.resource.kind()).into_iter().flat_map(|found| &found.permissions) {
        if has_arrow_over(&permission.expression, &added.relation) {
            starts.push((&added.resource, permission.name.as_str()));
        }
    }
    starts
}

fn has_arrow_over(expression: &Expression, relation: &str) -> bool {
    match expression {
        Expression::Nil | Expression::Name(..) => false,
        Expression::Arrow(left, ..) | Expression::AllArrow(left, ..) => left == relation,
        Expression::Union(operands) | Expression::Intersection(operands) => {
            operands.iter().any(|operand| has_arrow_over(operand, relation))
        }
        Expression::Exclusion(base, excluded) => has_arrow_over(base, relation) || has_arrow_over(excluded, relation),
    }
}

struct Search<'a> {
    model: &'a Model,
    store: &'a Store,
    states: HashMap<Node<'a>, State>,
}

impl<'a> Search<'a> {
    /// Depth first, with a stack of its own: a chain of groups can be longer than the thread's stack is deep.
    fn finds_cycle(&mut self, start: Node<'a>) -> bool {
        if self.states.contains_key(&start) {
            return false;
        }
        self.states.insert(start, State::Open);
        let mut stack = vec![(start, self.dependencies(start))];
        while let Some((node, left)) = stack.last_mut() {
            let Some(next) = left.pop() else {
                self.states.insert(*node, State::Done);
                stack.pop();
                continue;
            };
            match self.states.get(&next) {
                Some(State::Open) => return true,
                Some(State::Done) => {}
                None => {
                    self.states.insert(next, State::Open);
                    stack.push((next, self.dependencies(next)));
                }
            }
        }
        false
    }

    fn dependencies(&self, (object, name): Node<'a>) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        if let Some(permission) = self.model.definition(object.kind()).and_then(|found| found.permission(name)) {
            self.operands(&permission.expression, object, &mut found);
        } else if let Some(subjects) = self.store.subjects(object, name) {
            found.extend(subjects.usersets(Moment::Any));
        }
        found
    }

    fn operands(&self, expression: &'a Expression, object: &'a ObjectRef, found: &mut Vec<Node<'a>>) {
        match expression {
            Expression::Nil => {}
            Expression::Name(name, _) => found.push((object, name)),
            Expression::Arrow(relation, name, _) | Expression::AllArrow(relation, name, _) => {
                let subjects = self.store.subjects(object, relation);
                let targets = subjects.into_iter().flat_map(|subjects| subjects.arrow_targets(Moment::Any));
                found.extend(targets.filter(|target| self.has(target, name)).map(|target| (target, name.as_str())));
            }
            Expression::Union(operands) | Expression::Intersection(operands) => {
                operands.iter().for_each(|operand| self.operands(operand, object, found));
            }
            Expression::Exclusion(base, excluded) => {
                self.operands(base, object, found);
                self.operands(excluded, object, found);
            }
        }
    }

    fn has(&self, object: &ObjectRef, name: &str) -> bool {
        self.model.definition(object.kind()).is_some_and(|definition| definition.has(name))
    }
}
