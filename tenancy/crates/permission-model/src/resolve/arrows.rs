//! Checks arrows.

use super::{Declared, Names, Resolver, missing};
use crate::Span;
use crate::error::{ErrorKind, excerpt};
use crate::graph::subject_types;
use std::collections::HashMap;

/// The relations that take a wildcard, themselves or through `team#member`.
pub(super) struct WildcardRelations<'model> {
    /// Where the wildcard is written: the relation, and the type of the wildcard.
    found: HashMap<(&'model str, &'model str), Place<'model>>,
}

type Place<'model> = (&'model str, &'model str, &'model str);

impl<'model> WildcardRelations<'model> {
    /// Walks from each wildcard to the relations that take it as a subject.
    pub(super) fn new(names: &Names<'model>) -> Self {
        let mut takers: HashMap<(&str, &str), Vec<(&str, &str)>> = HashMap::new();
        let mut open: Vec<((&str, &str), Place<'_>)> = Vec::new();
        for (definition, relation) in names.relations() {
            let here = (definition, relation.name.as_str());
            for subject in &relation.subjects {
                if subject.wildcard {
                    open.push((here, (here.0, here.1, subject.definition.as_str())));
                } else if let Some(name) = &subject.relation {
                    takers.entry((subject.definition.as_str(), name.as_str())).or_default().push(here);
                }
            }
        }
        // The order decides which wildcard a message names.
        open.sort_unstable();
        open.reverse();
        let mut found = HashMap::new();
        while let Some((here, place)) = open.pop() {
            if found.insert(here, place).is_none() {
                open.extend(takers.get(&here).into_iter().flatten().map(|taker| (*taker, place)));
            }
        }
        Self { found }
    }

    /// Describes the wildcard that this relation takes, if it takes one.
    pub(super) fn reached(&self, definition: &str, relation: &str) -> Option<String> {
        let (definition, relation, wildcard) = self.found.get(&(definition, relation))?;
        let (definition, relation, wildcard) = (excerpt(definition), excerpt(relation), excerpt(wildcard));
        Some(format!("the wildcard `{wildcard}:*` of `{definition}#{relation}`"))
    }
}

impl Resolver<'_, '_> {
    pub(super) fn arrow(&mut self, relation: &str, target: &str, span: Span) {
        let definition = self.definition.name.as_str();
        let declared = self.names.definition(definition).and_then(|names| names.get(relation));
        let name = excerpt(relation);
        let found = match declared {
            None => return self.unknown(relation, span),
            Some(Declared::Permission) => {
                let message = format!("an arrow starts from a relation, and `{name}` is a permission; name a relation");
                return self.errors.push(ErrorKind::ArrowOverPermission, span, message);
            }
            Some(Declared::Relation(found)) => *found,
        };
        if let Some(wildcard) = self.wildcards.reached(definition, relation) {
            let message = format!("an arrow cannot lead over `{name}`, which takes {wildcard}; remove the wildcard");
            return self.errors.push(ErrorKind::ArrowOverWildcard, span, message);
        }
        let types = subject_types(found);
        // An unknown type is an error of its own.
        let known = types.iter().all(|subject| self.names.definition(subject).is_some());
        if known && !types.is_empty() && !types.iter().any(|subject| self.names.has(subject, target)) {
            let message = self.no_target(&types, &name, target);
            self.errors.push(ErrorKind::ArrowTargetMissing, span, message);
        }
    }

    fn no_target(&self, types: &[&str], relation: &str, target: &str) -> String {
        if let [only] = types {
            let names = self.names.definition(only).into_iter().flat_map(|names| names.keys().copied());
            return missing(&excerpt(only), target, names);
        }
        let target = excerpt(target);
        format!("none of the types that `{relation}` takes has a relation or permission `{target}`; declare it on one")
    }
}
