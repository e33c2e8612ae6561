//! The relationships that an answer rests on.

use super::error::CheckError;
use super::evaluation::{Evaluation, MAX_DEPTH, Node};
use crate::{ObjectRef, Relationship};
use tenancy_permission_model::Expression;

/// What was walked so far.
type Path = Vec<Relationship>;

impl<'a> Evaluation<'a> {
    /// Returns the relationships that give the subject `permission` of `resource`, or `None` where it does not have it.
    pub(super) fn explain(&mut self, resource: &'a ObjectRef, permission: &'a str) -> Result<Option<Path>, CheckError> {
        if !self.check(resource, permission)? {
            return Ok(None);
        }
        let mut path = Path::new();
        self.walk(Node { object: resource, name: permission }, &mut path)?;
        Ok(Some(path))
    }

    /// Walks from a node whose answer is yes. It ends: relationships form no circle.
    fn walk(&mut self, node: Node<'a>, path: &mut Path) -> Result<(), CheckError> {
        if self.is_subject(node) {
            return Ok(());
        }
        match self.definition(node.object.kind())?.permission(node.name) {
            Some(permission) => self.walk_expression(&permission.expression, node.object, path),
            None => self.walk_relation(node, path),
        }
    }

    fn walk_relation(&mut self, node: Node<'a>, path: &mut Path) -> Result<(), CheckError> {
        let stored = self.stored(node.object, node.name);
        if let Some(direct) = stored.iter().find(|one| self.names_subject(&one.subject)) {
            path.push(direct.clone());
            return Ok(());
        }
        for (object, name) in self.usersets(node) {
            let next = Node { object, name };
            if self.step(next, MAX_DEPTH) == Ok(true) {
                path.extend(stored.into_iter().find(|one| one.subject.is_userset(object, name)));
                return self.walk(next, path);
            }
        }
        Ok(())
    }

    fn walk_expression(
        &mut self,
        expression: &'a Expression,
        object: &'a ObjectRef,
        path: &mut Path,
    ) -> Result<(), CheckError> {
        match expression {
            Expression::Nil => Ok(()),
            Expression::Name(name, _) => self.walk(Node { object, name }, path),
            Expression::Arrow(relation, name, _) => self.walk_arrow(object, (relation, name), false, path),
            Expression::AllArrow(relation, name, _) => self.walk_arrow(object, (relation, name), true, path),
            Expression::Union(operands) => {
                let yes = operands.iter().find(|each| self.expression(each, object, MAX_DEPTH) == Ok(true));
                yes.map_or(Ok(()), |operand| self.walk_expression(operand, object, path))
            }
            Expression::Intersection(operands) => {
                operands.iter().try_for_each(|each| self.walk_expression(each, object, path))
            }
            Expression::Exclusion(base, _) => self.walk_expression(base, object, path),
        }
    }

    fn walk_arrow(
        &mut self,
        object: &'a ObjectRef,
        (relation, name): (&'a str, &'a str),
        every: bool,
        path: &mut Path,
    ) -> Result<(), CheckError> {
        let stored = self.stored(object, relation);
        let targets: Vec<&'a ObjectRef> = self.arrow_targets(object, relation)?.collect();
        for target in targets {
            let next = Node { object: target, name };
            if self.arrow_target(next, MAX_DEPTH) == Ok(true) {
                path.extend(stored.iter().find(|one| one.subject.object() == Some(target)).cloned());
                self.walk(next, path)?;
                if !every {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
