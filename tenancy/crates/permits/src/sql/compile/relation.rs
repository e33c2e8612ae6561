//! The condition of a relation: the subject itself, a wildcard, a userset.

use super::error::CompileError;
use super::expression::{Implied, any, literal};
use super::graph::{Node, NodeIndex};
use super::{Emitter, PERSON, Parameter};
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
            Implied::No => stored,
            // Its subject is an organization, and no person.
            Implied::Yes => "FALSE".to_owned(),
            Implied::If(implied) if self.of_person.is_some() => format!("(NOT {implied} AND {stored})"),
            Implied::If(implied) => {
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
        let taken: Vec<&SubjectType> = relation
            .subjects
            .iter()
            .filter(|subject| subject.wildcard == wildcard && (self.of_person.is_none() || is_person(subject)))
            .collect();
        if taken.is_empty() {
            return None;
        }
        let row = self.alias('r');
        let mut kinds: Vec<String> = taken.iter().map(|subject| kind(subject, &taken, &row)).collect();
        kinds.dedup();
        let (subject, of, kinds) = match self.of_person {
            // All kinds that are left are this one.
            Some(_) => (format!("'{PERSON}'"), "''", must_expire(&taken, &row)),
            None => (Parameter::SUBJECT_TYPE.to_owned(), Parameter::SUBJECT_RELATION, format!(" AND {}", any(&kinds))),
        };
        let (id, of) = if wildcard { ("'*'", "''") } else { (Parameter::SUBJECT_ID, of) };
        // A statement that reads all that is permitted may begin with the subject too.
        let by_subject = match self.by_index {
            true => String::new(),
            false => format!(" AND {} = {subject}", self.dialect.by_subject(&format!("{row}.subject_type"))),
        };
        Some(self.exists(&format!(
            "{} AND {row}.subject_type = {subject} AND {row}.subject_id = {id} AND {row}.subject_relation = {of}{by_subject}{kinds}",
            self.rows(&row, node, relation, object),
        )))
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
            let recursion = self.recursion(target, |item| format!("SELECT {item}, {row}.subject_id FROM {rows}"))?;
            return self.limited(self.after_a_look(&rows, recursion));
        }
        let has = self.node(target, &format!("{row}.subject_id"))?;
        Ok(self.exists(&format!("{rows} AND {has}")))
    }
}

/// Whether the relation takes a person or all of them, and not a userset.
fn is_person(subject: &SubjectType) -> bool {
    subject.definition == PERSON && subject.relation.is_none()
}

/// Whether a row's subject is of this kind. Where the model demands an expiry, a row without one does not count.
fn kind(subject: &SubjectType, taken: &[&SubjectType], row: &str) -> String {
    let same = |other: &&&SubjectType| other.definition == subject.definition && other.relation == subject.relation;
    let of_kind: Vec<&SubjectType> = taken.iter().filter(same).copied().collect();
    let expires = must_expire(&of_kind, row);
    let relation = if subject.wildcard {
        String::new()
    } else {
        format!(" AND {row}.subject_relation = {}", literal(subject.relation.as_deref()))
    };
    format!("({row}.subject_type = '{}'{relation}{expires})", subject.definition)
}

/// The condition of rows where the model takes the kind with an expiry only.
fn must_expire(of_kind: &[&SubjectType], row: &str) -> String {
    if of_kind.iter().all(|subject| subject.expires) {
        format!(" AND {row}.expires_at IS NOT NULL")
    } else {
        String::new()
    }
}
