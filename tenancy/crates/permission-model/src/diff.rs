//! What a new model gives that an old one did not, decided from the texts alone.

mod order;

use crate::{Definition, Expression, Model, Permission, Relation, Span};
use order::Order;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

/// How a relation or permission of a new model compares with the one of the same name in an old model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Every subject that had it has it, and others may have it too.
    Wider,
    /// Neither direction could be proven: treat it as wider.
    Changed,
    /// The old model does not have it.
    Added,
    /// No subject has it that did not have it before.
    Narrower,
    /// The new model does not have it.
    Removed,
}

impl ChangeKind {
    /// Returns whether a subject may have the permission under the new model that did not have it under the old one.
    #[must_use]
    pub const fn is_widening(self) -> bool {
        matches!(self, Self::Wider | Self::Changed)
    }

    /// Returns the name in small letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Narrower => "narrower",
            Self::Removed => "removed",
        }
    }
}

impl Display for ChangeKind {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.pad(self.name())
    }
}

/// A relation or permission that two models do not give alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The object type.
    pub definition: String,
    /// The relation or permission.
    pub name: String,
    /// How it compares.
    pub kind: ChangeKind,
    /// What the old model says of it: subject types, or an expression.
    pub before: Option<String>,
    /// What the new model says of it.
    pub after: Option<String>,
    /// What it is computed from and that changed, as `type#name`. Empty when both models have it with another text.
    pub through: Vec<String>,
    /// Where it is in the text of the new model.
    pub span: Option<Span>,
}

impl Model {
    /// Returns which relations and permissions may give more, or less, than in `old`, in the order of this model's text.
    /// Removed ones come last.
    ///
    /// It compares what follows **from the same relationships**, for all of them. An operand that was added to a union
    /// is wider, one that was removed is narrower, and so on through the names that an expression reaches. Whatever is
    /// not provably one of these is [`ChangeKind::Changed`]. The limit of 50 steps is left out: a check that failed at
    /// the limit may succeed under a shorter expression.
    #[must_use]
    pub fn changes_since(&self, old: &Self) -> Vec<Change> {
        let order = Order::new(self, old);
        let mut changes = Vec::new();
        for (definition, name) in names(self) {
            changes.extend(change(&order, definition, name));
        }
        for (definition, name) in names(old) {
            if item(self, definition, name).is_none() {
                changes.extend(change(&order, definition, name));
            }
        }
        changes
    }
}

/// A relation or a permission.
#[derive(Clone, Copy)]
enum Item<'m> {
    Relation(&'m Relation),
    Permission(&'m Permission),
}

impl<'m> Item<'m> {
    fn span(self) -> Span {
        match self {
            Self::Relation(relation) => relation.span,
            Self::Permission(permission) => permission.span,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Permission(permission) => permission.expression.to_string(),
            Self::Relation(relation) => {
                let subjects: Vec<String> = relation.subjects.iter().map(ToString::to_string).collect();
                subjects.join(" | ")
            }
        }
    }

    /// What it is computed from: types and names.
    fn references(self, definition: &'m Definition) -> BTreeSet<(&'m str, &'m str)> {
        let mut found = BTreeSet::new();
        match self {
            Self::Permission(permission) => references(&permission.expression, definition, &mut found),
            Self::Relation(relation) => {
                let usersets = relation.subjects.iter();
                found.extend(usersets.filter_map(|one| Some((one.definition.as_str(), one.relation.as_deref()?))));
            }
        }
        found
    }
}

fn references<'m>(of: &'m Expression, definition: &'m Definition, found: &mut BTreeSet<(&'m str, &'m str)>) {
    match of {
        Expression::Nil => {}
        Expression::Name(name, _) => drop(found.insert((&definition.name, name))),
        Expression::Arrow(left, name, _) | Expression::AllArrow(left, name, _) => {
            found.insert((&definition.name, left));
            let subjects = definition.relation(left).into_iter().flat_map(|relation| &relation.subjects);
            found.extend(subjects.map(|subject| (subject.definition.as_str(), name.as_str())));
        }
        Expression::Union(operands) | Expression::Intersection(operands) => {
            operands.iter().for_each(|operand| references(operand, definition, found));
        }
        Expression::Exclusion(left, right) => {
            references(left, definition, found);
            references(right, definition, found);
        }
    }
}

/// Every type with each of its relations and permissions.
fn names(model: &Model) -> impl Iterator<Item = (&str, &str)> {
    model.definitions.iter().flat_map(|definition| {
        let relations = definition.relations.iter().map(|relation| relation.name.as_str());
        let permissions = definition.permissions.iter().map(|permission| permission.name.as_str());
        relations.chain(permissions).map(|name| (definition.name.as_str(), name))
    })
}

fn item<'m>(model: &'m Model, definition: &str, name: &str) -> Option<Item<'m>> {
    let definition = model.definition(definition)?;
    let permission = || definition.permission(name).map(Item::Permission);
    definition.relation(name).map(Item::Relation).or_else(permission)
}

fn change(order: &Order<'_>, definition: &str, name: &str) -> Option<Change> {
    let (new, old) = (item(order.new_model(), definition, name), item(order.old_model(), definition, name));
    let kind = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Removed,
        (Some(_), Some(_)) => match (order.may_give_more(definition, name), order.may_give_less(definition, name)) {
            (false, false) => return None,
            (true, false) => ChangeKind::Wider,
            (false, true) => ChangeKind::Narrower,
            (true, true) => ChangeKind::Changed,
        },
    };
    let (before, after) = (old.map(Item::text), new.map(Item::text));
    let through = if before == after { through(order, definition, new) } else { Vec::new() };
    let span = new.map(Item::span);
    Some(Change { definition: definition.to_owned(), name: name.to_owned(), kind, before, after, through, span })
}

fn through(order: &Order<'_>, definition: &str, new: Option<Item<'_>>) -> Vec<String> {
    let Some((definition, item)) = order.new_model().definition(definition).zip(new) else { return Vec::new() };
    let changed = |(kind, name): &(&str, &str)| order.may_give_more(kind, name) || order.may_give_less(kind, name);
    let changed = item.references(definition).into_iter().filter(changed);
    changed.map(|(definition, name)| format!("{definition}#{name}")).collect()
}
