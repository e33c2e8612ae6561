//! Random models, from a seed.

use crate::{Definition, Expression, Model, Permission, Relation, Span, SubjectType};

/// Marsaglia's xorshift, 64 bits: the same numbers everywhere, and no dependency.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }

    pub(super) fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const TYPES: [&str; 5] = ["user", "team", "org/unit", "folder", "doc"];

/// Makes a model that resolves, without spans.
///
/// Each type has the relations `rel0` and `rel1`, of which `rel1` alone takes wildcards and is never on an arrow's left
/// or behind `#`. Permissions name relations and earlier permissions, so that none is computed from itself.
pub(super) fn model(random: &mut Random) -> Model {
    let count = 1 + random.below(TYPES.len());
    let definitions = TYPES[..count].iter().map(|name| definition(random, name, count)).collect();
    Model { definitions }
}

fn definition(random: &mut Random, name: &str, types: usize) -> Definition {
    let relations = (0..2).map(|index| relation(random, index, types)).collect();
    let permissions = (0..random.below(4))
        .map(|index| Permission {
            name: format!("perm{index}"),
            docs: docs(random),
            expression: expression(random, index, 4),
            span: Span::default(),
        })
        .collect();
    Definition { name: name.to_owned(), docs: docs(random), relations, permissions, span: Span::default() }
}

fn relation(random: &mut Random, index: usize, types: usize) -> Relation {
    let mut subjects: Vec<SubjectType> = Vec::new();
    for _ in 0..1 + random.below(4) {
        let wildcard = index == 1 && random.chance(30);
        let subject = SubjectType {
            definition: (*random.pick(&TYPES[..types])).to_owned(),
            relation: (!wildcard && random.chance(40)).then(|| "rel0".to_owned()),
            wildcard,
            expires: random.chance(20),
            span: Span::default(),
        };
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    Relation { name: format!("rel{index}"), docs: docs(random), subjects, span: Span::default() }
}

fn expression(random: &mut Random, earlier: usize, depth: usize) -> Expression {
    let name = |random: &mut Random| match random.below(earlier + 2) {
        index @ (0 | 1) => format!("rel{index}"),
        index => format!("perm{}", index - 2),
    };
    let target = |random: &mut Random| format!("rel{}", random.below(2));
    match random.below(if depth == 0 { 5 } else { 11 }) {
        0 => Expression::Nil,
        1 | 2 => Expression::Name(name(random), Span::default()),
        3 => Expression::Arrow("rel0".to_owned(), target(random), Span::default()),
        4 => Expression::AllArrow("rel0".to_owned(), target(random), Span::default()),
        5 | 6 => Expression::Union(operands(random, earlier, depth, |it| matches!(it, Expression::Union(_)))),
        7 | 8 => {
            Expression::Intersection(operands(random, earlier, depth, |it| matches!(it, Expression::Intersection(_))))
        }
        _ => Expression::Exclusion(
            Box::new(expression(random, earlier, depth - 1)),
            Box::new(expression(random, earlier, depth - 1)),
        ),
    }
}

/// Two operands or more, none of which is of the kind of the whole: those are flattened by reading.
fn operands(random: &mut Random, earlier: usize, depth: usize, same: fn(&Expression) -> bool) -> Vec<Expression> {
    let mut all = Vec::new();
    let count = 2 + random.below(3);
    while all.len() < count {
        let next = expression(random, earlier, depth - 1);
        if !same(&next) {
            all.push(next);
        }
    }
    all
}

fn docs(random: &mut Random) -> Vec<String> {
    let lines = ["", "Who reads it.", "  indented `code`", "/ a slash", "* a star */ {", "ünïcödé"];
    (0..random.below(8).saturating_sub(4)).map(|_| (*random.pick(&lines)).to_owned()).collect()
}
