//! Checks that every name leads somewhere, and what SpiceDB checks when a schema is written to it.
//!
//! Follows `TypeSystem.Validate` in SpiceDB's `pkg/schema/typesystem_validation.go`. Two checks are stricter. SpiceDB
//! only warns of an arrow whose right side exists on none of the subject types, and of a permission that is computed
//! from itself.

mod arrows;
mod cycles;

use crate::error::{ErrorKind, Errors, excerpt};
use crate::{Definition, Expression, Model, Relation, Span, SubjectType};
use arrows::WildcardRelations;
use std::collections::{HashMap, HashSet};

/// Reports what does not resolve.
pub(crate) fn resolve(model: &Model, errors: &mut Errors) {
    let names = Names::new(model, errors);
    let wildcards = WildcardRelations::new(&names);
    for definition in &model.definitions {
        Resolver { names: &names, wildcards: &wildcards, definition, errors }.definition();
    }
    cycles::check(model, errors);
}

/// What a definition declares, by name.
#[derive(Clone, Copy)]
pub(crate) enum Declared<'model> {
    Relation(&'model Relation),
    Permission,
}

/// Every name of the model. Of names that are declared twice, the first counts.
pub(crate) struct Names<'model> {
    of: HashMap<&'model str, HashMap<&'model str, Declared<'model>>>,
}

impl<'model> Names<'model> {
    fn new(model: &'model Model, errors: &mut Errors) -> Self {
        let mut of = HashMap::new();
        for definition in &model.definitions {
            let names = declared(definition, errors);
            if of.contains_key(definition.name.as_str()) {
                let name = excerpt(&definition.name);
                let message = format!("`{name}` is defined twice; remove one definition, or rename it");
                errors.push(ErrorKind::DuplicateDefinition, definition.span, message);
            } else {
                of.insert(definition.name.as_str(), names);
            }
        }
        Self { of }
    }

    pub(crate) fn definition(&self, name: &str) -> Option<&HashMap<&'model str, Declared<'model>>> {
        self.of.get(name)
    }

    pub(crate) fn has(&self, definition: &str, name: &str) -> bool {
        self.definition(definition).is_some_and(|names| names.contains_key(name))
    }

    /// Returns every relation, with the name of its definition.
    fn relations(&self) -> impl Iterator<Item = (&'model str, &'model Relation)> {
        self.of.iter().flat_map(|(definition, names)| {
            names.values().filter_map(move |declared| match declared {
                Declared::Relation(relation) => Some((*definition, *relation)),
                Declared::Permission => None,
            })
        })
    }
}

fn declared<'model>(definition: &'model Definition, errors: &mut Errors) -> HashMap<&'model str, Declared<'model>> {
    let relations =
        definition.relations.iter().map(|relation| (&relation.name, relation.span, Declared::Relation(relation)));
    let permissions =
        definition.permissions.iter().map(|permission| (&permission.name, permission.span, Declared::Permission));
    let mut all: Vec<_> = relations.chain(permissions).collect();
    all.sort_by_key(|(_, span, _)| span.start);
    let mut names = HashMap::new();
    for (name, span, declared) in all {
        if names.contains_key(name.as_str()) {
            let (name, definition) = (excerpt(name), excerpt(&definition.name));
            let message = format!("`{definition}` has two relations or permissions named `{name}`; rename one");
            errors.push(ErrorKind::DuplicateName, span, message);
        } else {
            names.insert(name.as_str(), declared);
        }
    }
    names
}

struct Resolver<'a, 'model> {
    names: &'a Names<'model>,
    wildcards: &'a WildcardRelations<'model>,
    definition: &'model Definition,
    errors: &'a mut Errors,
}

impl Resolver<'_, '_> {
    fn definition(&mut self) {
        let definition = self.definition;
        for relation in &definition.relations {
            let mut seen = HashSet::new();
            for subject in &relation.subjects {
                let key = (subject.definition.as_str(), &subject.relation, subject.wildcard, subject.expires);
                if !seen.insert(key) {
                    let message = format!("`{}` takes this subject type twice; remove one", excerpt(&relation.name));
                    self.errors.push(ErrorKind::DuplicateSubject, subject.span, message);
                }
                self.subject(subject);
            }
        }
        for permission in &definition.permissions {
            self.expression(&permission.expression);
        }
    }

    fn subject(&mut self, subject: &SubjectType) {
        let type_name = excerpt(&subject.definition);
        let Some(names) = self.names.definition(&subject.definition) else {
            let message = format!("no definition is named `{type_name}`; add `definition {type_name} {{}}`");
            return self.errors.push(ErrorKind::UnknownDefinition, subject.span, message);
        };
        let Some(relation) = &subject.relation else { return };
        if !names.contains_key(relation.as_str()) {
            let message = missing(&type_name, relation, names.keys().copied());
            return self.errors.push(ErrorKind::UnknownSubjectRelation, subject.span, message);
        }
        // SpiceDB looks only at other types here.
        let other = subject.definition != self.definition.name;
        if let Some(found) = self.wildcards.reached(&subject.definition, relation).filter(|_| other) {
            let message = format!(
                "`{type_name}#{}` takes {found}, and a wildcard cannot be used through a relation; remove the \
                 wildcard, or write it here",
                excerpt(relation)
            );
            self.errors.push(ErrorKind::WildcardThroughRelation, subject.span, message);
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Nil => {}
            Expression::Name(name, span) => {
                if !self.names.has(&self.definition.name, name) {
                    self.unknown(name, *span);
                }
            }
            Expression::Arrow(relation, target, span) | Expression::AllArrow(relation, target, span) => {
                self.arrow(relation, target, *span);
            }
            Expression::Union(operands) | Expression::Intersection(operands) => {
                operands.iter().for_each(|operand| self.expression(operand));
            }
            Expression::Exclusion(left, right) => {
                self.expression(left);
                self.expression(right);
            }
        }
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let definition = &self.definition.name;
        let names = self.names.definition(definition).into_iter().flat_map(|names| names.keys().copied());
        let message = missing(&excerpt(definition), name, names);
        self.errors.push(ErrorKind::UnknownName, span, message);
    }
}

/// Says that a type has no such name, and which it has.
fn missing<'a>(type_name: &str, name: &str, names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 8;
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let more = if names.len() > MOST { ", .." } else { "" };
    let shown: Vec<String> = names.into_iter().take(MOST).map(|name| format!("`{}`", excerpt(name))).collect();
    let has = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
    let name = excerpt(name);
    format!("`{type_name}` has no relation or permission `{name}`; declare it, or use one that it has: {has}{more}")
}
