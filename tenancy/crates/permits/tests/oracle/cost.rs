//! How many steps SpiceDB takes for a check. Its library caches nothing, so that a permission that is reached on two ways costs twice, and
//! a dense world costs more memory than a machine has.

use std::collections::HashMap;
use tenancy_permission_model::{Expression, Model};
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};

type Node<'a> = (&'a ObjectRef, &'a str);

/// Returns the steps of the costliest check. The relationships must not form a cycle.
pub(crate) fn of_all_checks(model: &Model, relationships: &[Relationship]) -> u64 {
    let mut cost = Cost { model, relationships, known: HashMap::new() };
    let mut highest = 0;
    for relationship in relationships {
        let resource = &relationship.resource;
        let Some(definition) = model.definition(resource.kind()) else { continue };
        let relations = definition.relations.iter().map(|relation| relation.name.as_str());
        for name in relations.chain(definition.permissions.iter().map(|permission| permission.name.as_str())) {
            highest = highest.max(cost.of((resource, name)));
        }
    }
    highest
}

struct Cost<'a> {
    model: &'a Model,
    relationships: &'a [Relationship],
    known: HashMap<Node<'a>, u64>,
}

impl<'a> Cost<'a> {
    fn of(&mut self, node: Node<'a>) -> u64 {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let mut next = Vec::new();
        match self.model.definition(node.0.kind()).and_then(|definition| definition.permission(node.1)) {
            Some(permission) => self.operands(&permission.expression, node.0, &mut next),
            None => next.extend(self.subjects(node).filter_map(|subject| match subject {
                SubjectRef::Userset(object, relation) => Some((object, relation.as_str())),
                SubjectRef::Object(_) | SubjectRef::Wildcard(_) => None,
            })),
        }
        let cost = next.into_iter().fold(1_u64, |cost, node| cost.saturating_add(self.of(node)));
        self.known.insert(node, cost);
        cost
    }

    fn operands(&self, expression: &'a Expression, object: &'a ObjectRef, next: &mut Vec<Node<'a>>) {
        match expression {
            Expression::Nil => {}
            Expression::Name(name, _) => next.push((object, name)),
            Expression::Arrow(relation, name, _) | Expression::AllArrow(relation, name, _) => {
                next.extend(self.subjects((object, relation)).filter_map(|subject| match subject {
                    SubjectRef::Object(object) | SubjectRef::Userset(object, _) => Some((object, name.as_str())),
                    SubjectRef::Wildcard(_) => None,
                }));
            }
            Expression::Union(operands) | Expression::Intersection(operands) => {
                operands.iter().for_each(|operand| self.operands(operand, object, next));
            }
            Expression::Exclusion(base, excluded) => {
                self.operands(base, object, next);
                self.operands(excluded, object, next);
            }
        }
    }

    fn subjects(&self, (object, relation): Node<'_>) -> impl Iterator<Item = &'a SubjectRef> {
        let found = self.relationships.iter().filter(move |one| one.resource == *object && one.relation == relation);
        found.map(|relationship| &relationship.subject)
    }
}
