//! `P06`: a ban that one permission forgets is no ban.

use super::config::holds;
use super::{LintConfig, Linter, Rule};
use crate::{Definition, Expression, Model, Relation};
use std::collections::{BTreeMap, BTreeSet};

impl Linter<'_> {
    pub(super) fn exclusions(&mut self) {
        let bans = Bans::new(self.model, self.config);
        for (definition, permission) in self.permissions() {
            let (type_name, name) = (definition.name.as_str(), permission.name.as_str());
            // What is itself taken away is no access.
            if bans.subtracted.get(type_name).is_some_and(|names| names.contains(name)) {
                continue;
            }
            for ban in bans.of_type(type_name).filter(|ban| !bans.excluding.contains(&(type_name, name, ban))) {
                let message = format!("`{type_name}#{name}` does not exclude `{ban}`; write `(..) - {ban}`");
                self.warn(Rule::Exclusion, permission.span, message);
            }
        }
    }
}

/// A type, one of its permissions, and a ban.
type Key<'a> = (&'a str, &'a str, &'a str);

struct Bans<'a> {
    model: &'a Model,
    config: &'a LintConfig,
    /// By type: the names that stand alone, or in a union, on the right side of an exclusion.
    subtracted: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// By type: the relations among them, and those that have the name of a ban.
    bans: BTreeMap<&'a str, Vec<&'a str>>,
    /// The permissions that every subject of the ban has.
    covering: BTreeSet<Key<'a>>,
    /// The permissions that no subject of the ban has.
    excluding: BTreeSet<Key<'a>>,
}

impl<'a> Bans<'a> {
    fn new(model: &'a Model, config: &'a LintConfig) -> Self {
        let (subtracted, bans) = (BTreeMap::new(), BTreeMap::new());
        let mut all = Self { model, config, subtracted, bans, covering: BTreeSet::new(), excluding: BTreeSet::new() };
        for definition in &model.definitions {
            let subtracted = subtracted_names(definition);
            let is_ban = |relation: &&Relation| {
                subtracted.contains(relation.name.as_str())
                    || holds(&config.ban_relations, &definition.name, &relation.name)
            };
            let bans = definition.relations.iter().filter(is_ban).map(|relation| relation.name.as_str()).collect();
            all.bans.insert(&definition.name, bans);
            all.subtracted.insert(&definition.name, subtracted);
        }
        all.find_covering();
        all.find_excluding();
        all
    }

    fn of_type(&self, definition: &str) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        self.bans.get(definition).into_iter().flatten().copied()
    }

    fn keys(&self) -> Vec<(Key<'a>, &'a Definition, &'a Expression)> {
        let mut keys = Vec::new();
        for definition in &self.model.definitions {
            for permission in &definition.permissions {
                let key = |ban| {
                    ((definition.name.as_str(), permission.name.as_str(), ban), definition, &permission.expression)
                };
                keys.extend(self.of_type(&definition.name).map(key));
            }
        }
        keys
    }

    /// Adds permissions until no other covers a ban.
    fn find_covering(&mut self) {
        let keys = self.keys();
        loop {
            let covers = |(key, _, expression): &&(Key<'a>, &Definition, &Expression)| {
                !self.covering.contains(key) && self.covers(key.0, expression, key.2)
            };
            let found: Vec<_> = keys.iter().filter(covers).map(|(key, ..)| *key).collect();
            if found.is_empty() {
                return;
            }
            self.covering.extend(found);
        }
    }

    /// Starts with all permissions, and removes those that do not exclude a ban. So recursion alone does not count
    /// against one.
    fn find_excluding(&mut self) {
        let keys = self.keys();
        self.excluding = keys.iter().map(|(key, ..)| *key).collect();
        loop {
            let lacks = |(key, definition, expression): &&(Key<'a>, &Definition, &Expression)| {
                self.excluding.contains(key) && !self.excludes(definition, expression, key.2)
            };
            let found: Vec<_> = keys.iter().filter(lacks).map(|(key, ..)| *key).collect();
            if found.is_empty() {
                return;
            }
            for key in found {
                self.excluding.remove(&key);
            }
        }
    }

    /// Returns whether the expression gives something to every subject of the ban.
    fn covers(&self, definition: &str, expression: &Expression, ban: &str) -> bool {
        match expression {
            Expression::Name(name, _) => name == ban || self.covering.contains(&(definition, name, ban)),
            Expression::Union(operands) => operands.iter().any(|operand| self.covers(definition, operand, ban)),
            Expression::Intersection(operands) => operands.iter().all(|operand| self.covers(definition, operand, ban)),
            Expression::Nil | Expression::Arrow(..) | Expression::AllArrow(..) | Expression::Exclusion(..) => false,
        }
    }

    /// Returns whether a subject of the ban never has what the expression gives.
    fn excludes(&self, definition: &Definition, expression: &Expression, ban: &str) -> bool {
        let this = |operand: &Expression| self.excludes(definition, operand, ban);
        match expression {
            Expression::Nil => true,
            // What everyone has cannot be taken away: see `P04`.
            Expression::Name(name, _) => {
                self.excluding.contains(&(&definition.name, name, ban))
                    || definition.relation(name).is_some_and(is_public)
            }
            Expression::Arrow(relation, name, _) | Expression::AllArrow(relation, name, _) => {
                definition.relation(relation).is_some_and(|relation| self.comes_from_above(relation, name))
            }
            Expression::Union(operands) => operands.iter().all(this),
            Expression::Intersection(operands) => operands.iter().any(this),
            Expression::Exclusion(left, right) => this(left) || self.covers(&definition.name, right, ban),
        }
    }

    /// Returns whether an arrow leads to a level above, where that level's own bans hold.
    ///
    /// The bans of a level are made by its own administrators, who must not lock the level above out.
    fn comes_from_above(&self, relation: &Relation, name: &str) -> bool {
        relation.subjects.iter().all(|subject| {
            let above = subject.definition.as_str();
            let guarded = |ban| self.excluding.contains(&(above, name, ban));
            let missing = self.model.definition(above).is_none_or(|definition| !definition.has(name));
            self.config.is_above(above) && (missing || self.of_type(above).all(guarded))
        })
    }
}

fn is_public(relation: &Relation) -> bool {
    !relation.subjects.is_empty() && relation.subjects.iter().all(|subject| subject.wildcard)
}

fn subtracted_names(definition: &Definition) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    definition.permissions.iter().for_each(|permission| walk(&permission.expression, false, &mut found));
    found
}

fn walk<'a>(expression: &'a Expression, subtracted: bool, found: &mut BTreeSet<&'a str>) {
    match expression {
        Expression::Name(name, _) if subtracted => {
            found.insert(name);
        }
        Expression::Union(operands) => operands.iter().for_each(|operand| walk(operand, subtracted, found)),
        Expression::Intersection(operands) => operands.iter().for_each(|operand| walk(operand, false, found)),
        Expression::Exclusion(left, right) => {
            walk(left, false, found);
            walk(right, true, found);
        }
        Expression::Nil | Expression::Name(..) | Expression::Arrow(..) | Expression::AllArrow(..) => {}
    }
}
