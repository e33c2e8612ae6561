//! Random models, small changes of models, and random relationships.

use fastrand::Rng;
use std::time::{Duration, SystemTime};
use tenancy_permission_model::{Definition, Expression, Model, Permission, Relation, Span, SubjectType};
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};

pub(super) const KINDS: [&str; 4] = ["user", "team", "folder", "document"];
/// `rel_c` alone takes wildcards, and no arrow starts at it.
pub(super) const RELATIONS: [&str; 3] = ["rel_a", "rel_b", "rel_c"];
pub(super) const PERMISSIONS: [&str; 3] = ["per_a", "per_b", "per_c"];
const SPAN: Span = Span { start: 0, end: 0 };

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// Reads the model's text again, so that nothing is compared that a user could not write.
fn read(model: &Model) -> Option<Model> {
    Model::parse(&model.to_string()).ok()
}

pub(super) fn model(rng: &mut Rng) -> Model {
    loop {
        let definitions = KINDS.iter().enumerate().map(|(at, kind)| definition(rng, kind, at > 0)).collect();
        if let Some(model) = read(&Model { definitions }) {
            return model;
        }
    }
}

fn definition(rng: &mut Rng, kind: &str, with_content: bool) -> Definition {
    let relation = |rng: &mut Rng, name: &str| {
        let subjects = (0..rng.usize(1..4)).map(|_| subject_type(rng, name)).collect();
        let mut relation = Relation { name: name.to_owned(), docs: Vec::new(), subjects, span: SPAN };
        without_repetition(&mut relation);
        relation
    };
    let permission = |rng: &mut Rng, at: usize| {
        let expression = expression(rng, at, 2);
        Permission { name: PERMISSIONS[at].to_owned(), docs: Vec::new(), expression, span: SPAN }
    };
    let relations = RELATIONS.iter().filter(|_| with_content).map(|name| relation(rng, name)).collect();
    let count = if with_content { rng.usize(1..=PERMISSIONS.len()) } else { 0 };
    let permissions = (0..count).map(|at| permission(rng, at)).collect();
    Definition { name: kind.to_owned(), docs: Vec::new(), relations, permissions, span: SPAN }
}

fn without_repetition(relation: &mut Relation) {
    let mut seen: Vec<SubjectType> = Vec::new();
    relation.subjects.retain(|subject| {
        let is_new = !seen.contains(subject);
        seen.push(subject.clone());
        is_new
    });
}

fn subject_type(rng: &mut Rng, relation: &str) -> SubjectType {
    let entry = |definition: &str, relation: Option<&str>, wildcard, expires| SubjectType {
        definition: definition.to_owned(),
        relation: relation.map(str::to_owned),
        wildcard,
        expires,
        span: SPAN,
    };
    match rng.usize(..10) {
        0..=3 => entry("user", None, false, false),
        4 => entry("user", None, false, rng.bool()),
        5 if relation == "rel_c" => entry("user", None, true, false),
        6 | 7 => entry(pick(rng, &KINDS[1..]), Some(pick(rng, &["rel_a", "rel_b", "per_a"])), false, false),
        _ => entry(pick(rng, &KINDS[1..]), None, false, false),
    }
}

/// An expression over the relations, and over the permissions before it.
fn expression(rng: &mut Rng, earlier: usize, depth: usize) -> Expression {
    let operands = |rng: &mut Rng| (0..rng.usize(2..4)).map(|_| expression(rng, earlier, depth - 1)).collect();
    match rng.usize(..if depth == 0 { 7 } else { 14 }) {
        0..=2 => Expression::Name(pick(rng, &RELATIONS).to_owned(), SPAN),
        3 if earlier > 0 => Expression::Name(pick(rng, &PERMISSIONS[..earlier]).to_owned(), SPAN),
        3 => Expression::Nil,
        4 | 5 => Expression::Arrow(pick(rng, &RELATIONS[..2]).to_owned(), any_name(rng), SPAN),
        6 => Expression::AllArrow(pick(rng, &RELATIONS[..2]).to_owned(), any_name(rng), SPAN),
        7..=9 => Expression::Union(operands(rng)),
        10 | 11 => Expression::Intersection(operands(rng)),
        _ => {
            let base = Box::new(expression(rng, earlier, depth - 1));
            Expression::Exclusion(base, Box::new(expression(rng, earlier, depth - 1)))
        }
    }
}

fn any_name(rng: &mut Rng) -> String {
    let names = if rng.bool() { RELATIONS } else { PERMISSIONS };
    pick(rng, &names).to_owned()
}

/// One to three small changes.
pub(super) fn changed(rng: &mut Rng, model: &Model) -> Model {
    loop {
        let mut new = model.clone();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(1..new.definitions.len());
            change(rng, &mut new.definitions[at]);
        }
        if let Some(new) = read(&new) {
            return new;
        }
    }
}

fn change(rng: &mut Rng, definition: &mut Definition) {
    let count = definition.permissions.len();
    match rng.usize(..8) {
        0 if count > 1 => drop(definition.permissions.pop()),
        1 if count < PERMISSIONS.len() => {
            let (name, expression) = (PERMISSIONS[count].to_owned(), expression(rng, count, 1));
            definition.permissions.push(Permission { name, docs: Vec::new(), expression, span: SPAN });
        }
        2 | 3 => {
            let relation = &mut definition.relations[rng.usize(..RELATIONS.len())];
            if rng.bool() && relation.subjects.len() > 1 {
                relation.subjects.swap_remove(rng.usize(..relation.subjects.len()));
            } else {
                let more = subject_type(rng, &relation.name);
                relation.subjects.push(more);
            }
            without_repetition(relation);
        }
        _ => {
            let at = rng.usize(..count);
            change_expression(rng, at, &mut definition.permissions[at].expression);
        }
    }
}

fn change_expression(rng: &mut Rng, earlier: usize, expression: &mut Expression) {
    let old = expression.clone();
    let more = self::expression(rng, earlier, 0);
    *expression = match (rng.usize(..6), old) {
        (0, old) => Expression::Union(vec![old, more]),
        (1, old) => Expression::Intersection(vec![old, more]),
        (2, old) => Expression::Exclusion(Box::new(old), Box::new(more)),
        (3, Expression::Union(mut operands) | Expression::Intersection(mut operands)) => {
            operands.swap_remove(rng.usize(..operands.len()))
        }
        (3, Expression::Exclusion(base, _)) => *base,
        (_, mut old) => {
            match &mut old {
                Expression::Union(operands) | Expression::Intersection(operands) => {
                    let at = rng.usize(..operands.len());
                    change_expression(rng, earlier, &mut operands[at]);
                }
                Expression::Exclusion(base, right) => {
                    let side = if rng.bool() { base } else { right };
                    change_expression(rng, earlier, side);
                }
                leaf => *leaf = more,
            }
            old
        }
    };
}

pub(super) fn object(rng: &mut Rng, kind: &str) -> ObjectRef {
    ObjectRef::new(kind, rng.usize(1..3).to_string()).expect("an id")
}

/// Relationships of which one of the models takes each.
pub(super) fn relationships(rng: &mut Rng, models: [&Model; 2]) -> Vec<Relationship> {
    let mut found: Vec<Relationship> = Vec::new();
    for _ in 0..40 {
        let model = models[rng.usize(..2)];
        let definition = &model.definitions[rng.usize(1..model.definitions.len())];
        let relation = &definition.relations[rng.usize(..definition.relations.len())];
        let taken = &relation.subjects[rng.usize(..relation.subjects.len())];
        let subject = match &taken.relation {
            Some(name) => SubjectRef::Userset(object(rng, &taken.definition), name.clone()),
            None if taken.wildcard => SubjectRef::Wildcard(taken.definition.clone()),
            None => SubjectRef::Object(object(rng, &taken.definition)),
        };
        let expires_at = taken.expires.then(|| SystemTime::now() + Duration::from_secs(3600));
        let (resource, relation) = (object(rng, &definition.name), relation.name.clone());
        let is_new =
            |one: &Relationship| (&one.resource, &one.relation, &one.subject) != (&resource, &relation, &subject);
        if found.iter().all(is_new) {
            found.push(Relationship { resource, relation, subject, expires_at });
        }
    }
    found
}
