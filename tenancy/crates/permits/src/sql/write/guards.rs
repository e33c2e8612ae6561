//! What the model says of writing on behalf of a person: which permission guards a relation, and what the relation gives.

use std::collections::{BTreeSet, HashMap};
use tenancy_permission_model::{Definition, Expression, Model};

/// A guard that the builder names: type, relation, permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct NamedGuard {
    pub(in crate::sql) kind: String,
    pub(in crate::sql) relation: String,
    pub(in crate::sql) permission: String,
}

impl NamedGuard {
    /// # Errors
    /// When the model lacks the relation or the permission.
    pub(in crate::sql) fn fits(&self, model: &Model) -> Result<(), &'static str> {
        let Some(definition) = model.definition(&self.kind) else { return Err("the model has no such type") };
        if definition.relation(&self.relation).is_none() {
            return Err("the model has no such relation");
        }
        if definition.permission(&self.permission).is_none() {
            return Err("the type has no permission of the guard's name");
        }
        Ok(())
    }
}

/// What a relationship of one relation gives its subject.
#[derive(Debug, Default)]
pub(super) struct Relation {
    /// The permission that guards the relation.
    pub(super) guard: Option<String>,
    /// The permissions of the same type of which a relationship more can give more.
    pub(super) gives: Vec<String>,
    /// The permissions of the same type of which a relationship more can take away, so that one less can give more.
    pub(super) takes: Vec<String>,
    /// The relation is asked for by its own name: by an arrow, or by the service alone.
    pub(super) is_asked: bool,
    /// One relationship less may give permissions on objects that lead here by an arrow, and the builder names no guard.
    pub(super) gives_over_arrow: bool,
}

/// The relations of a model, by type and name.
#[derive(Debug)]
pub(in crate::sql) struct Guards {
    relations: HashMap<String, HashMap<String, Relation>>,
}

impl Guards {
    pub(in crate::sql) fn of(model: &Model, named: &[NamedGuard]) -> Self {
        let negative = model.relations_used_negatively();
        let of_type = |definition: &Definition| {
            let of_relation = |name: &String| {
                let named = named.iter().find(|guard| guard.kind == definition.name && guard.relation == *name);
                let guard = named.map(|guard| guard.permission.clone());
                let guard = guard.or_else(|| default_guard(definition, name));
                let (gives, takes) = effects(definition, name);
                let unused = gives.is_empty() && takes.is_empty() && !is_userset(model, &definition.name, name);
                let is_target = |name: &String| is_arrows_target(model, &definition.name, name);
                let is_asked = unused || is_target(name);
                let is_arrowed = is_target(name) || gives.iter().any(is_target);
                let gives_over_arrow =
                    named.is_none() && is_arrowed && negative.contains(&(definition.name.as_str(), name.as_str()));
                (name.clone(), Relation { guard, gives, takes, is_asked, gives_over_arrow })
            };
            let relations = definition.relations.iter().map(|relation| of_relation(&relation.name));
            (definition.name.clone(), relations.collect())
        };
        Self { relations: model.definitions.iter().map(of_type).collect() }
    }

    pub(super) fn relation(&self, kind: &str, relation: &str) -> Option<&Relation> {
        self.relations.get(kind)?.get(relation)
    }
}

/// `grant_owner` for `owner`, or `manage_members` for `member`, or `ban` for `banned`, as in the standard model.
fn default_guard(definition: &Definition, relation: &str) -> Option<String> {
    let ban = (relation == "banned").then(|| "ban".to_owned());
    let names = [Some(format!("grant_{relation}")), Some(format!("manage_{relation}s")), ban];
    names.into_iter().flatten().find(|name| definition.permission(name).is_some())
}

/// The permissions of the type that a relationship more may give, and those that it may take away.
fn effects(definition: &Definition, relation: &str) -> (Vec<String>, Vec<String>) {
    let mut grows = BTreeSet::from([relation]);
    let mut shrinks = BTreeSet::new();
    // Each round finds the permissions that name those of the round before. No permission names itself.
    loop {
        let before = (grows.len(), shrinks.len());
        for permission in &definition.permissions {
            if depends(&permission.expression, &grows, &shrinks) {
                grows.insert(&*permission.name);
            }
            if depends(&permission.expression, &shrinks, &grows) {
                shrinks.insert(&*permission.name);
            }
        }
        if before == (grows.len(), shrinks.len()) {
            break;
        }
    }
    let gives = grows.into_iter().filter(|name| *name != relation).map(str::to_owned).collect();
    (gives, shrinks.into_iter().map(str::to_owned).collect())
}

/// Whether an expression names one of `same`, or one of `opposite` behind a `-`.
fn depends(expression: &Expression, same: &BTreeSet<&str>, opposite: &BTreeSet<&str>) -> bool {
    match expression {
        Expression::Nil => false,
        Expression::Name(name, _) | Expression::Arrow(name, ..) => same.contains(name.as_str()),
        // One more object gives to those who have it of no other one yet, and takes from those who do not have it of this one.
        Expression::AllArrow(name, ..) => same.contains(name.as_str()) || opposite.contains(name.as_str()),
        Expression::Union(operands) | Expression::Intersection(operands) => {
            operands.iter().any(|operand| depends(operand, same, opposite))
        }
        Expression::Exclusion(base, excluded) => depends(base, same, opposite) || depends(excluded, opposite, same),
    }
}

/// Whether a relation takes `kind#relation`.
fn is_userset(model: &Model, kind: &str, relation: &str) -> bool {
    let relations = model.definitions.iter().flat_map(|definition| &definition.relations);
    relations
        .flat_map(|found| &found.subjects)
        .any(|subject| subject.definition == kind && subject.relation.as_deref() == Some(relation))
}

/// Whether an arrow leads to the relation itself. An arrow to a permission gives nothing that the permission does not.
fn is_arrows_target(model: &Model, kind: &str, relation: &str) -> bool {
    model.definitions.iter().any(|definition| {
        let leads = |over: &str| {
            let over = definition.relation(over);
            over.is_some_and(|over| over.subjects.iter().any(|subject| subject.definition == kind))
        };
        definition.permissions.iter().any(|permission| has_arrow(&permission.expression, relation, &leads))
    })
}

fn has_arrow(expression: &Expression, to: &str, leads: &impl Fn(&str) -> bool) -> bool {
    match expression {
        Expression::Nil | Expression::Name(..) => false,
        Expression::Arrow(over, name, _) | Expression::AllArrow(over, name, _) => name == to && leads(over),
        Expression::Union(operands) | Expression::Intersection(operands) => {
            operands.iter().any(|operand| has_arrow(operand, to, leads))
        }
        Expression::Exclusion(base, excluded) => has_arrow(base, to, leads) || has_arrow(excluded, to, leads),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guards(text: &str) -> Guards {
        Guards::of(&Model::parse(text).unwrap_or_else(|error| panic!("{error:?}")), &[])
    }

    #[test]
    fn the_standard_model_guards_each_role_and_no_edge() {
        let guards = Guards::of(&Model::standard(), &[]);
        for (kind, relation, guard) in [
            ("organization", "owner", Some("grant_owner")),
            ("organization", "banned", Some("ban")),
            ("organization", "support", Some("grant_support")),
            ("team", "member", Some("manage_members")),
            ("organization", "tenant", None),
            ("team", "organization", None),
            ("tenant", "platform", None),
        ] {
            let found = guards.relation(kind, relation).expect("a relation");
            assert_eq!(found.guard.as_deref(), guard, "{kind}#{relation}");
        }
        let owner = guards.relation("organization", "owner").expect("a relation");
        assert!(owner.gives.iter().any(|name| name == "change_payout") && !owner.is_asked, "{owner:?}");
        let member = guards.relation("organization", "member").expect("a relation");
        assert_eq!(member.gives, ["edit", "view"]);
        let banned = guards.relation("organization", "banned").expect("a relation");
        assert!(banned.gives.is_empty() && !banned.is_asked, "{banned:?}");
        let member = guards.relation("team", "member").expect("a relation");
        assert!(member.gives.is_empty() && !member.is_asked, "{member:?}");
    }

    #[test]
    fn what_a_relation_gives_is_followed_over_permissions_and_exclusions() {
        let guards = guards(
            "definition user {}
             definition doc {
                 relation base: user
                 relation one: user
                 relation two: user
                 relation alone: user
                 relation target: user
                 relation parent: doc
                 permission inner = base - one
                 permission outer = base - inner
                 permission both = outer & two
                 permission over = parent->target
             }",
        );
        for (relation, gives, is_asked) in [
            ("base", vec!["both", "inner", "outer"], false),
            // Behind two exclusions one more gives.
            ("one", vec!["both", "outer"], false),
            ("two", vec!["both"], false),
            ("alone", vec![], true),
            ("target", vec![], true),
            ("parent", vec!["over"], false),
        ] {
            let found = guards.relation("doc", relation).expect("a relation");
            assert_eq!(
                (found.gives.iter().map(String::as_str).collect(), found.is_asked),
                (gives, is_asked),
                "{relation}"
            );
        }
    }
}
