//! A direct evaluator for models without recursion over arrows: what the tests of the standard model ask.

use crate::{Expression, Model};

/// Stored relationships: `"organization:1#owner@user:ann"`.
pub(super) struct Store<'a> {
    pub(super) model: &'a Model,
    pub(super) relationships: Vec<String>,
}

impl Store<'_> {
    /// Returns whether `user` has `name` on `object`: `check("organization:1", "view", "user:ann")`.
    pub(super) fn check(&self, object: &str, name: &str, user: &str) -> bool {
        let definition = object.split(':').next().and_then(|name| self.model.definition(name)).expect("declared");
        assert!(definition.has(name), "{object}#{name}");
        match definition.permission(name) {
            Some(permission) => self.evaluate(object, &permission.expression, user),
            None => self.subjects(object, name).any(|subject| match subject.split_once('#') {
                Some((group, relation)) => self.check(group, relation, user),
                None => subject == user,
            }),
        }
    }

    fn evaluate(&self, object: &str, expression: &Expression, user: &str) -> bool {
        let this = |operand: &Expression| self.evaluate(object, operand, user);
        match expression {
            Expression::Nil => false,
            Expression::Name(name, _) => self.check(object, name, user),
            Expression::Arrow(relation, name, _) => {
                self.subjects(object, relation).any(|it| self.check(it, name, user))
            }
            Expression::AllArrow(relation, name, _) => {
                self.subjects(object, relation).next().is_some()
                    && self.subjects(object, relation).all(|it| self.check(it, name, user))
            }
            Expression::Union(operands) => operands.iter().any(this),
            Expression::Intersection(operands) => operands.iter().all(this),
            Expression::Exclusion(left, right) => this(left) && !this(right),
        }
    }

    fn subjects<'a>(&'a self, object: &str, relation: &str) -> impl Iterator<Item = &'a str> {
        let start = format!("{object}#{relation}@");
        self.relationships.iter().filter_map(move |relationship| relationship.strip_prefix(&start))
    }
}
