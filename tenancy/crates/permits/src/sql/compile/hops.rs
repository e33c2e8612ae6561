//! Relations and permissions that depend on themselves, as alternatives that each follow one path.

use super::error::CompileError;
use super::graph::{Body, Graph, NodeIndex};
use std::collections::BTreeSet;
use tenancy_permission_model::{Expression, Relation, SubjectType};

/// A condition that must hold where an alternative is taken. It does not depend on the recursion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard<'m> {
    pub(super) node: NodeIndex,
    pub(super) expression: &'m Expression,
    /// The right operand of `-`: it must not hold.
    pub(super) negated: bool,
}

/// What an alternative says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'m> {
    /// The subject is the userset of this node.
    IsSubject(NodeIndex),
    /// A relationship names the subject.
    Direct(NodeIndex, &'m Relation),
    /// The subject is in a userset that does not lead back.
    Userset(NodeIndex, &'m Relation, (&'m SubjectType, NodeIndex)),
    /// An object of the relation gives a node that does not lead back.
    ArrowTo(NodeIndex, &'m Relation, NodeIndex),
    /// A part of a permission that does not lead back.
    Expression(NodeIndex, &'m Expression),
    /// A relationship leads to another object, which decides.
    Hop(Hop<'m>),
}

/// From a node of one object over its relationships to a node of others.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Hop<'m> {
    /// The relation's type.
    pub(in crate::sql) resource_type: &'m str,
    /// The relation that is followed.
    pub(in crate::sql) relation: &'m Relation,
    /// The subjects that are followed.
    pub(in crate::sql) subject: &'m SubjectType,
    /// The node that decides.
    pub(in crate::sql) to: NodeIndex,
}

/// An alternative.
#[derive(Debug, Clone)]
pub(super) struct Alternative<'m> {
    pub(super) guards: Vec<Guard<'m>>,
    pub(super) step: Step<'m>,
}

/// The hops of a recursive group, each with the node that it starts at. Guards are left out.
///
/// # Errors
/// When a node of the group is not an alternative of single paths.
pub(in crate::sql) fn hops<'m>(
    graph: &Graph<'m>,
    group: &[NodeIndex],
) -> Result<Vec<(NodeIndex, Hop<'m>)>, CompileError> {
    let mut hops = Vec::new();
    for node in group {
        for alternative in alternatives(graph, *node)? {
            if let Step::Hop(hop) = alternative.step {
                hops.push((*node, hop));
            }
        }
    }
    Ok(hops)
}

/// The alternatives of a node that depends on itself. Each leads to at most one other object.
///
/// # Errors
/// When one would need two paths at once, or the absence of one.
pub(super) fn alternatives<'m>(graph: &Graph<'m>, node: NodeIndex) -> Result<Vec<Alternative<'m>>, CompileError> {
    let mut split = Split { graph, path: Vec::new(), guards: Vec::new(), found: Vec::new() };
    split.node(node)?;
    Ok(split.found)
}

struct Split<'g, 'm> {
    graph: &'g Graph<'m>,
    /// The nodes of the same object that led here.
    path: Vec<NodeIndex>,
    guards: Vec<Guard<'m>>,
    found: Vec<Alternative<'m>>,
}

impl<'m> Split<'_, 'm> {
    fn node(&mut self, node: NodeIndex) -> Result<(), CompileError> {
        // A name that leads to itself without a relationship adds nothing.
        if self.path.contains(&node) {
            return Ok(());
        }
        self.path.push(node);
        self.add(Step::IsSubject(node));
        match self.graph.nodes[node].body {
            Body::Relation(relation) => self.relation(node, relation)?,
            Body::Permission(expression) => self.expression(node, expression)?,
        }
        self.path.pop();
        Ok(())
    }

    fn relation(&mut self, node: NodeIndex, relation: &'m Relation) -> Result<(), CompileError> {
        self.add(Step::Direct(node, relation));
        let found = self.graph.nodes[node];
        for subject in &relation.subjects {
            let Some(name) = &subject.relation else { continue };
            let to = self.graph.target(&found, &subject.definition, name)?;
            if self.graph.are_together(node, to) {
                self.add(Step::Hop(Hop { resource_type: &found.definition.name, relation, subject, to }));
            } else {
                self.add(Step::Userset(node, relation, (subject, to)));
            }
        }
        Ok(())
    }

    fn expression(&mut self, node: NodeIndex, expression: &'m Expression) -> Result<(), CompileError> {
        if !self.is_recursive(node, expression)? {
            self.add(Step::Expression(node, expression));
            return Ok(());
        }
        let found = self.graph.nodes[node];
        match expression {
            Expression::Nil => Ok(()),
            Expression::Name(name, _) => self.node(self.graph.target(&found, &found.definition.name, name)?),
            Expression::Arrow(relation, name, _) => self.arrow(node, self.graph.arrow(&found, relation)?, name),
            Expression::AllArrow(..) => Err(CompileError::RecursiveAll { permission: found.path() }),
            Expression::Union(operands) => operands.iter().try_for_each(|operand| self.expression(node, operand)),
            Expression::Intersection(operands) => self.intersection(node, operands),
            Expression::Exclusion(base, excluded) => {
                if self.is_recursive(node, excluded)? {
                    return Err(CompileError::RecursiveExclusion { permission: found.path() });
                }
                self.guards.push(Guard { node, expression: excluded, negated: true });
                self.expression(node, base)?;
                self.guards.pop();
                Ok(())
            }
        }
    }

    fn arrow(&mut self, node: NodeIndex, relation: &'m Relation, name: &str) -> Result<(), CompileError> {
        let resource_type: &'m str = &self.graph.nodes[node].definition.name;
        for to in self.graph.arrow_targets(relation, name) {
            if !self.graph.are_together(node, to) {
                self.add(Step::ArrowTo(node, relation, to));
                continue;
            }
            let kind = &self.graph.nodes[to].definition.name;
            for subject in relation.subjects.iter().filter(|subject| subject.definition == *kind && !subject.wildcard) {
                self.add(Step::Hop(Hop { resource_type, relation, subject, to }));
            }
        }
        Ok(())
    }

    fn intersection(&mut self, node: NodeIndex, operands: &'m [Expression]) -> Result<(), CompileError> {
        let mut recursive = Vec::new();
        let known = self.guards.len();
        for operand in operands {
            if self.is_recursive(node, operand)? {
                recursive.push(operand);
            } else {
                self.guards.push(Guard { node, expression: operand, negated: false });
            }
        }
        let [only] = recursive[..] else {
            return Err(CompileError::RecursiveIntersection { permission: self.graph.nodes[node].path() });
        };
        self.expression(node, only)?;
        self.guards.truncate(known);
        Ok(())
    }

    fn is_recursive(&self, node: NodeIndex, expression: &Expression) -> Result<bool, CompileError> {
        let mut targets = BTreeSet::new();
        self.graph.expression_edges(&self.graph.nodes[node], expression, &mut targets)?;
        Ok(targets.into_iter().any(|target| self.graph.are_together(node, target)))
    }

    fn add(&mut self, step: Step<'m>) {
        self.found.push(Alternative { guards: self.guards.clone(), step });
    }
}
