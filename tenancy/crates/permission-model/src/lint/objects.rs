//! `P07`, `P08`: which object a relationship means, and whose it is.

use super::{LintConfig, Linter, Rule};
use crate::{Definition, SubjectType};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Linter<'a> {
    pub(super) fn confusable_types(&mut self) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for definition in &self.model.definitions {
            match seen.get(&skeleton(&definition.name)) {
                Some(first) => {
                    let message = format!(
                        "the types `{first}` and `{}` are easily confused in a hand-written `type:id`; rename one",
                        definition.name
                    );
                    self.warn(Rule::ObjectIds, definition.span, message);
                }
                None => drop(seen.insert(skeleton(&definition.name), &definition.name)),
            }
        }
    }

    pub(super) fn ownership(&mut self) {
        let organization = &self.config.organization;
        // Models without organizations are checked by the other rules alone.
        if self.model.definition(organization).is_none() {
            return;
        }
        let owned = self.owned_types();
        for definition in &self.model.definitions {
            let empty = definition.relations.is_empty() && definition.permissions.is_empty();
            let exempt = self.config.is_above(&definition.name) || self.config.users.contains(&definition.name);
            if !empty && !exempt && !owned.contains(definition.name.as_str()) {
                let message = format!(
                    "no relation of `{}` leads to `{organization}`, so nothing ties its objects to one organization; \
                     add `relation {organization}: {organization}`",
                    definition.name
                );
                self.warn(Rule::Ownership, definition.span, message);
            }
        }
    }

    /// Returns the organization, and the types with a relation to it or to a type that has one.
    fn owned_types(&self) -> BTreeSet<&'a str> {
        let mut children: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
        for (definition, relation) in self.relations() {
            for subject in relation.subjects.iter().filter(is_object) {
                children.entry(subject.definition.as_str()).or_default().push(definition.name.as_str());
            }
        }
        let config: &'a LintConfig = self.config;
        let mut owned = BTreeSet::new();
        let mut open: Vec<&'a str> = vec![config.organization.as_str()];
        while let Some(name) = open.pop() {
            if owned.insert(name) {
                let is_below = |child: &&str| self.model.definition(child).is_some_and(|it| self.is_below(it));
                open.extend(children.get(name).into_iter().flatten().copied().filter(is_below));
            }
        }
        owned
    }

    fn is_below(&self, definition: &Definition) -> bool {
        !self.config.is_above(&definition.name) && !self.config.users.contains(&definition.name)
    }
}

fn is_object(subject: &&SubjectType) -> bool {
    subject.relation.is_none() && !subject.wildcard
}

/// Returns a name without its prefix, its underscores and a plural's `s`.
fn skeleton(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.trim_end_matches('s').replace('_', "")
}
