//! The condition of a relation: the subject itself, a wildcard, a userset.

use super::error::CompileError;
use super::expression::{any, literal};
use super::graph::{Node, NodeIndex};
use super::{Emitter, Parameter};
use tenancy_permission_model::{Relation, SubjectType};

impl<'m> Emitter<'_, 'm> {
    /// Whether the subject has the relation of the object.
    pub(super) fn relation(
        &mut self,
        node: &Node<'m>,
        relation: &'m Relation,
        object: &str,
    ) -> Result<String, CompileError> {
        let mut parts = vec![self.direct(node, relation, object)];
        for (subject, target) in self.usersets(node, relation)? {
            parts.push(self.userset(node, relation, (subject, target), object)?);
        }
        self.limited(any(&parts))
    }

    /// The usersets that a relation takes, with the node that each names.
    pub(super) fn usersets(
        &self,
        node: &Node<'m>,
        relation: &'m Relation,
    ) -> Result<Vec<(&'m SubjectType, NodeIndex)>, CompileError> {
        let mut found: Vec<(&SubjectType, NodeIndex)> = Vec::new();
        for subject in &relation.subjects {
            let Some(name) = &subject.relation else { continue };
            let target = self.graph.target(node, &subject.definition, name)?;
            // `team#member | team#member with expiration` is one userset.
            if !found.iter().any(|(_, known)| *known == target) {
                found.push((subject, target));
            }
        }
        Ok(found)
    }

    /// Whether a relationship names the subject, or a wildcard of its type. Only subjects that the relation takes
    /// count, whatever is stored.
    pub(super) fn direct(&mut self, node: &Node<'m>, relation: &Relation, object: &str) -> String {
        let named = self.naming(node, relation, object, false);
        let wildcard = self.naming(node, relation, object, true);
        let stored = any(&[named, wildcard].into_iter().flatten().collect::<Vec<_>>());
        match self.implied_by(node, relation, object) {
            None => stored,
            Some(implied) => {
                let is_organization = format!(
                    "({} = '{}' AND {} = {} AND {} = '')",
                    Parameter::SUBJECT_TYPE,
                    self.levels.organization.as_deref().unwrap_or_default(),
                    Parameter::SUBJECT_ID,
                    Parameter::ORGANIZATION_ID,
                    Parameter::SUBJECT_RELATION,
                );
                format!("((NOT {implied} AND {stored}) OR ({implied} AND {is_organization}))")
            }
        }
    }

    /// Whether a relationship names the subject, or the wildcard of its type.
    fn naming(&mut self, node: &Node<'m>, relation: &Relation, object: &str, wildcard: bool) -> Option<String> {
        let row = self.alias('r');
        let taken: Vec<&SubjectType> =
            relation.subjects.iter().filter(|subject| subject.wildcard == wildcard).collect();
        if taken.is_empty() {
            return None;
        }
        let mut kinds: Vec<String> = taken.iter().map(|subject| kind(subject, &taken, &row)).collect();
        kinds.dedup();
        let (id, of) = if wildcard { ("'*'", "''") } else { (Parameter::SUBJECT_ID, Parameter::SUBJECT_RELATION) };
        Some(format!(
            "EXISTS (SELECT 1 FROM {} AND {row}.subject_type = {} AND {row}.subject_id = {id} \
             AND {row}.subject_relation = {of} AND {})",
            self.rows(&row, node, relation, object),
            Parameter::SUBJECT_TYPE,
            any(&kinds),
        ))
    }

    /// Whether the subject is in a userset that has the relation.
    pub(super) fn userset(
        &mut self,
        node: &Node<'m>,
        relation: &'m Relation,
        (subject, target): (&SubjectType, NodeIndex),
        object: &str,
    ) -> Result<String, CompileError> {
        let row = self.alias('r');
        let rows = format!(
            "{} AND {row}.subject_type = '{}' AND {row}.subject_relation = {}",
            self.rows(&row, node, relation, object),
            subject.definition,
            literal(subject.relation.as_deref()),
        );
        if self.graph.is_recursive(target) {
            return self.recursion(target, |item| format!("SELECT {item}, {row}.subject_id FROM {rows}"));
        }
        let has = self.node(target, &format!("{row}.subject_id"))?;
        Ok(format!("EXISTS (SELECT 1 FROM {rows} AND {has})"))
    }
}

/// Whether a row's subject is of this kind. Where the model demands an expiry, a row without one does not count.
fn kind(subject: &SubjectType, taken: &[&SubjectType], row: &str) -> String {
    let same = |other: &&&SubjectType| other.definition == subject.definition && other.relation == subject.relation;
    let must_expire = taken.iter().filter(same).all(|same| same.expires);
    let expires = if must_expire { format!(" AND {row}.expires_at IS NOT NULL") } else { String::new() };
    let relation = if subject.wildcard {
        String::new()
    } else {
        format!(" AND {row}.subject_relation = {}", literal(subject.relation.as_deref()))
    };
    format!("({row}.subject_type = '{}'{relation}{expires})", subject.definition)
}
