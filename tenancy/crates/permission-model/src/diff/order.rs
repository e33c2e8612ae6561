//! Proofs that one expression gives nothing that another does not give.
//!
//! A name is provable until a round refutes it, and rounds go on until one refutes nothing. So a permission that is
//! computed from itself over relationships compares by everything but itself, which is sound: relationships form no
//! circle, and of those that do the engines compute the least answer.

use super::{Item, item, names};
use crate::{Expression, Model, Relation, SubjectType};
use std::collections::{BTreeSet, HashMap};

/// Which model's expression gives no more than the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Direction {
    /// The new model gives no more than the old one.
    NewWithinOld,
    /// The old model gives no more than the new one.
    OldWithinNew,
}

impl Direction {
    fn reversed(self) -> Self {
        match self {
            Self::NewWithinOld => Self::OldWithinNew,
            Self::OldWithinNew => Self::NewWithinOld,
        }
    }
}

/// What is proven of two models.
pub(super) struct Order<'m> {
    new: &'m Model,
    old: &'m Model,
    refuted: BTreeSet<Refuted<'m>>,
}

/// By direction (whether it is the new model's that should give no more), type and name.
type Refuted<'m> = (bool, &'m str, &'m str);

impl<'m> Order<'m> {
    pub(super) fn new(new: &'m Model, old: &'m Model) -> Self {
        let all: BTreeSet<(&str, &str)> = names(new).chain(names(old)).collect();
        let mut order = Self { new, old, refuted: BTreeSet::new() };
        loop {
            let before = order.refuted.len();
            for direction in [Direction::NewWithinOld, Direction::OldWithinNew] {
                for (kind, name) in &all {
                    if order.is_within(direction, kind, name) && !order.proves(direction, kind, name) {
                        order.refuted.insert((direction == Direction::NewWithinOld, kind, name));
                    }
                }
            }
            if order.refuted.len() == before {
                return order;
            }
        }
    }

    pub(super) fn new_model(&self) -> &'m Model {
        self.new
    }

    pub(super) fn old_model(&self) -> &'m Model {
        self.old
    }

    pub(super) fn may_give_more(&self, kind: &str, name: &str) -> bool {
        !self.is_within(Direction::NewWithinOld, kind, name)
    }

    pub(super) fn may_give_less(&self, kind: &str, name: &str) -> bool {
        !self.is_within(Direction::OldWithinNew, kind, name)
    }

    fn is_within(&self, direction: Direction, kind: &str, name: &str) -> bool {
        !self.refuted.contains(&(direction == Direction::NewWithinOld, kind, name))
    }

    /// The model that should give no more, and the other.
    fn models(&self, direction: Direction) -> (&'m Model, &'m Model) {
        match direction {
            Direction::NewWithinOld => (self.new, self.old),
            Direction::OldWithinNew => (self.old, self.new),
        }
    }

    fn proves(&self, direction: Direction, kind: &str, name: &str) -> bool {
        let (smaller, larger) = self.models(direction);
        match (item(smaller, kind, name), item(larger, kind, name)) {
            // An arrow over a type that lacks the name gives nothing.
            (None, _) => true,
            (Some(Item::Relation(left)), Some(Item::Relation(right))) => {
                let mut usersets =
                    left.subjects.iter().filter_map(|one| Some((&one.definition, one.relation.as_ref()?)));
                takes_no_more(left, right) && usersets.all(|(kind, name)| self.is_within(direction, kind, name))
            }
            (Some(Item::Permission(left)), Some(Item::Permission(right))) => {
                let mut proof = Proof { order: self, kind, known: HashMap::new() };
                proof.within(direction, &left.expression, &right.expression)
            }
            _ => false,
        }
    }
}

/// Whether each relationship that `left` takes is one that `right` takes.
fn takes_no_more(left: &Relation, right: &Relation) -> bool {
    left.subjects.iter().all(|subject| {
        let same = |other: &SubjectType| {
            (&other.definition, &other.relation, other.wildcard, other.expires)
                == (&subject.definition, &subject.relation, subject.wildcard, subject.expires)
        };
        right.subjects.iter().any(same)
    })
}

/// A proof for the expressions of one type.
struct Proof<'p, 'm> {
    order: &'p Order<'m>,
    kind: &'p str,
    /// By the expressions' addresses: without it, nested operations would be compared again and again.
    known: HashMap<(*const Expression, *const Expression), bool>,
}

impl Proof<'_, '_> {
    /// Whether `left`, of the direction's first model, provably gives no more than `right`, of the other.
    fn within(&mut self, direction: Direction, left: &Expression, right: &Expression) -> bool {
        let key = (std::ptr::from_ref(left), std::ptr::from_ref(right));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let proven = match (left, right) {
            (Expression::Nil, _) => true,
            (Expression::Union(operands), _) => operands.iter().all(|each| self.within(direction, each, right)),
            (_, Expression::Intersection(operands)) => {
                !operands.is_empty() && operands.iter().all(|each| self.within(direction, left, each))
            }
            (_, Expression::Exclusion(base, without)) => {
                self.within(direction, left, base) && self.lacks(direction, left, without)
            }
            _ => self.has_part_within(direction, left, right) || self.is_within_part(direction, left, right),
        };
        self.known.insert(key, proven);
        proven
    }

    /// Whether a part of `left` that limits it is within `right`.
    fn has_part_within(&mut self, direction: Direction, left: &Expression, right: &Expression) -> bool {
        match left {
            Expression::Intersection(operands) => operands.iter().any(|each| self.within(direction, each, right)),
            Expression::Exclusion(base, _) => self.within(direction, base, right),
            _ => self.leaf(direction, left, right),
        }
    }

    /// Whether `left` is within one operand of the union `right`.
    fn is_within_part(&mut self, direction: Direction, left: &Expression, right: &Expression) -> bool {
        matches!(right, Expression::Union(operands) if operands.iter().any(|each| self.within(direction, left, each)))
    }

    /// Whether `left` provably gives nothing of what `without`, of the other model, gives.
    fn lacks(&mut self, direction: Direction, left: &Expression, without: &Expression) -> bool {
        match (left, without) {
            (Expression::Nil, _) | (_, Expression::Nil) => true,
            (_, Expression::Union(operands)) => operands.iter().all(|each| self.lacks(direction, left, each)),
            (Expression::Union(operands), _) => operands.iter().all(|each| self.lacks(direction, each, without)),
            (Expression::Intersection(operands), _) => operands.iter().any(|each| self.lacks(direction, each, without)),
            (Expression::Exclusion(base, right), _) => {
                self.within(direction.reversed(), without, right) || self.lacks(direction, base, without)
            }
            _ => false,
        }
    }

    fn leaf(&self, direction: Direction, left: &Expression, right: &Expression) -> bool {
        match (left, right) {
            (Expression::Name(left, _), Expression::Name(right, _)) => {
                left == right && self.order.is_within(direction, self.kind, left)
            }
            // All of some objects is no more than any of them.
            (
                Expression::Arrow(left, name, _) | Expression::AllArrow(left, name, _),
                Expression::Arrow(right, other, _),
            ) => (left, name) == (right, other) && self.arrow(direction, left, name),
            // One more object can take away what all of them give.
            (Expression::AllArrow(left, name, _), Expression::AllArrow(right, other, _)) => {
                (left, name) == (right, other)
                    && self.arrow(direction, left, name)
                    && self.leads_to_no_more(direction.reversed(), left)
            }
            _ => false,
        }
    }

    fn arrow(&self, direction: Direction, relation: &str, name: &str) -> bool {
        let (smaller, _) = self.order.models(direction);
        let mut subjects = self.relation(smaller, relation).into_iter().flat_map(|relation| &relation.subjects);
        self.leads_to_no_more(direction, relation)
            && subjects.all(|subject| self.order.is_within(direction, &subject.definition, name))
    }

    /// Whether a relation leads an arrow to no more objects. An arrow over `team#member` asks the team, and not its
    /// members.
    fn leads_to_no_more(&self, direction: Direction, relation: &str) -> bool {
        let (smaller, larger) = self.order.models(direction);
        match (self.relation(smaller, relation), self.relation(larger, relation)) {
            (Some(left), Some(right)) => takes_no_more(left, right),
            _ => false,
        }
    }

    fn relation<'a>(&self, model: &'a Model, name: &str) -> Option<&'a Relation> {
        model.definition(self.kind)?.relation(name)
    }
}
