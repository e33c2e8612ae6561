//! Random models, relationships and checks.

use crate::spicedb::Check;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy_permission_model::{Definition, Expression, Model, Permission, Relation, Span, SubjectType};
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};

const KINDS: [&str; 5] = ["user", "team", "folder", "document", "platform"];
const RELATIONS: [&str; 4] = ["member", "parent", "viewer", "banned"];
const PERMISSIONS: [&str; 4] = ["view", "edit", "admin", "access"];
/// Objects of each type.
const OBJECTS: usize = 3;
/// Nested operators of an expression.
const NESTING: usize = 3;
const SPAN: Span = Span { start: 0, end: 0 };

/// Returns a model, of which SpiceDB accepts most.
pub(crate) fn model(rng: &mut Rng) -> Model {
    let kinds = rng.usize(2..=KINDS.len());
    // SpiceDB remembers by the relation's name alone whether it leads to a wildcard, so that a model in which two types
    // share a name is accepted or refused by chance (`pkg/schema/typesystem_validation.go`, `wildcardCheckCache`).
    let wildcards = rng.bool();
    let mut definitions: Vec<_> = (0..kinds).map(|at| outline(rng, at, wildcards)).collect();
    let outlines = definitions.clone();
    for definition in &mut definitions {
        for relation in &mut definition.relations {
            relation.subjects = subjects(rng, &outlines, wildcards);
        }
    }
    let with_wildcards = leading_to_wildcards(&definitions);
    for definition in &mut definitions {
        for relation in &mut definition.relations {
            // SpiceDB refuses another type's userset that leads to a wildcard.
            let refused = |subject: &SubjectType| {
                let userset = subject.relation.clone().map(|name| (subject.definition.clone(), name));
                subject.definition != definition.name && userset.is_some_and(|one| with_wildcards.contains(&one))
            };
            for subject in relation.subjects.iter_mut().filter(|subject| refused(subject)) {
                subject.relation = None;
            }
            let mut seen = Vec::new();
            relation.subjects.retain(|subject| {
                !seen.contains(subject) && {
                    seen.push(subject.clone());
                    true
                }
            });
        }
    }
    for definition in &mut definitions {
        let own = definition.clone();
        for (at, permission) in definition.permissions.iter_mut().enumerate() {
            let arrows = own.relations.iter().map(|relation| relation.name.clone());
            let arrows = arrows.filter(|name| !with_wildcards.contains(&(own.name.clone(), name.clone()))).collect();
            // Permissions of the same object that it may use: those before it, since a cycle among them never ends.
            let names = own.relations.iter().map(|relation| &relation.name);
            let names = names.chain(own.permissions[..at].iter().map(|permission| &permission.name)).cloned().collect();
            permission.expression = Names { names, arrows, own: &own, outlines: &outlines }.expression(rng, NESTING);
        }
    }
    Model { definitions }
}

/// A type with its relations and permissions by name alone.
fn outline(rng: &mut Rng, at: usize, unique_names: bool) -> Definition {
    let user = at == 0;
    let relation = |index: usize| match (unique_names, RELATIONS[index]) {
        (true, name) => format!("{name}_{}", KINDS[at]),
        (false, name) => name.to_owned(),
    };
    let mut count = || if user { rng.usize(0..=1) } else { rng.usize(1..=4) };
    let (relations, permissions) = (count(), count());
    let relations = rng.choose_multiple(0..RELATIONS.len(), relations);
    let permissions = rng.choose_multiple(PERMISSIONS, permissions);
    Definition {
        name: KINDS[at].to_owned(),
        docs: Vec::new(),
        relations: relations
            .into_iter()
            .map(|index| Relation { name: relation(index), docs: Vec::new(), subjects: Vec::new(), span: SPAN })
            .collect(),
        permissions: permissions
            .into_iter()
            .map(|name| Permission { name: name.to_owned(), docs: Vec::new(), expression: Expression::Nil, span: SPAN })
            .collect(),
        span: SPAN,
    }
}

fn subjects(rng: &mut Rng, outlines: &[Definition], wildcards: bool) -> Vec<SubjectType> {
    let mut subjects: Vec<SubjectType> = Vec::new();
    // One flag for a type, for what `expired_beside_a_userset_of_its_type` in `main.rs` shows.
    let expires: Vec<bool> = outlines.iter().map(|_| rng.u8(..4) == 0).collect();
    for _ in 0..rng.usize(1..=4) {
        // Users often, so that most questions have an answer.
        let at = if rng.bool() { 0 } else { rng.usize(..outlines.len()) };
        let wildcard = wildcards && rng.u8(..6) == 0;
        let relation = (!wildcard && rng.bool()).then(|| name_of(rng, &outlines[at])).flatten();
        let subject =
            SubjectType { definition: outlines[at].name.clone(), relation, wildcard, expires: expires[at], span: SPAN };
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    subjects
}

fn name_of(rng: &mut Rng, definition: &Definition) -> Option<String> {
    let relations = definition.relations.iter().map(|relation| &relation.name);
    let names: Vec<_> = relations.chain(definition.permissions.iter().map(|permission| &permission.name)).collect();
    rng.choice(names).cloned()
}

/// The relations that lead to a wildcard, through usersets of relations: no arrow may start there.
fn leading_to_wildcards(definitions: &[Definition]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for definition in definitions {
            for relation in &definition.relations {
                let leads = relation.subjects.iter().any(|subject| {
                    let userset = subject.relation.clone().map(|name| (subject.definition.clone(), name));
                    subject.wildcard || userset.is_some_and(|userset| found.contains(&userset))
                });
                if leads {
                    found.insert((definition.name.clone(), relation.name.clone()));
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// What an expression may use.
struct Names<'a> {
    names: Vec<String>,
    arrows: Vec<String>,
    own: &'a Definition,
    outlines: &'a [Definition],
}

impl Names<'_> {
    fn expression(&self, rng: &mut Rng, nesting: usize) -> Expression {
        let operands = |rng: &mut Rng| (0..rng.usize(2..=3)).map(|_| self.expression(rng, nesting - 1)).collect();
        match if nesting == 0 { 9 } else { rng.u8(..10) } {
            0..=2 => Expression::Union(operands(rng)),
            3 => Expression::Intersection(operands(rng)),
            4 => {
                let base = self.expression(rng, nesting - 1);
                Expression::Exclusion(Box::new(base), Box::new(self.expression(rng, nesting - 1)))
            }
            _ => self.leaf(rng),
        }
    }

    fn leaf(&self, rng: &mut Rng) -> Expression {
        let arrow = if rng.bool() { rng.choice(&self.arrows).cloned() } else { None };
        if let Some(relation) = arrow {
            // Of one of its types: an arrow to another type that lacks the name gives nothing.
            let subjects = self.own.relation(&relation).map_or(&[][..], |relation| &relation.subjects);
            let kind = rng.choice(subjects).map(|subject| &subject.definition);
            let definition = kind.and_then(|kind| self.outlines.iter().find(|outline| outline.name == *kind));
            match definition.and_then(|definition| name_of(rng, definition)) {
                Some(name) if rng.u8(..4) == 0 => return Expression::AllArrow(relation, name, SPAN),
                Some(name) => return Expression::Arrow(relation, name, SPAN),
                None => {}
            }
        }
        match rng.choice(&self.names) {
            Some(name) if rng.u8(..20) > 0 => Expression::Name(name.clone(), SPAN),
            _ => Expression::Nil,
        }
    }
}

fn object(rng: &mut Rng, kind: &str) -> ObjectRef {
    ObjectRef::new(kind, rng.usize(1..=OBJECTS).to_string()).expect("a number")
}

/// Returns relationships, of which the model allows most.
pub(crate) fn relationships(rng: &mut Rng, model: &Model) -> Vec<Relationship> {
    let relations: Vec<_> = model
        .definitions
        .iter()
        .flat_map(|definition| definition.relations.iter().map(move |relation| (definition, relation)))
        .collect();
    let count = rng.usize(5..=80);
    let mut found = Vec::new();
    while let (true, Some((definition, relation))) = (found.len() < count, rng.choice(&relations)) {
        let mut relationship = valid(rng, definition, relation);
        if rng.u8(..20) == 0 {
            spoil(rng, model, &mut relationship);
        }
        found.push(relationship);
    }
    found
}

fn valid(rng: &mut Rng, definition: &Definition, relation: &Relation) -> Relationship {
    let kind = rng.choice(&relation.subjects).expect("a subject");
    Relationship {
        resource: object(rng, &definition.name),
        relation: relation.name.clone(),
        subject: match &kind.relation {
            _ if kind.wildcard => SubjectRef::Wildcard(kind.definition.clone()),
            Some(relation) => SubjectRef::Userset(object(rng, &kind.definition), relation.clone()),
            None => SubjectRef::Object(object(rng, &kind.definition)),
        },
        expires_at: kind.expires.then(|| expiry(rng)),
    }
}

/// In 1980 or in 2100: SpiceDB judges by its own clock.
fn expiry(rng: &mut Rng) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(if rng.bool() { 315_532_800 } else { 4_102_444_800 })
}

/// Changes a relationship so that the model may no longer allow it.
fn spoil(rng: &mut Rng, model: &Model, relationship: &mut Relationship) {
    let definition = rng.choice(&model.definitions).expect("a type");
    match rng.u8(..5) {
        0 => relationship.expires_at = relationship.expires_at.is_none().then(|| expiry(rng)),
        1 => relationship.subject = subject(rng, model),
        2 => relationship.subject = SubjectRef::Wildcard(definition.name.clone()),
        3 => relationship.relation = name_of(rng, definition).unwrap_or_else(|| "missing".to_owned()),
        _ => {
            let kind = KINDS[rng.usize(..KINDS.len())];
            relationship.resource = object(rng, kind);
        }
    }
}

fn subject(rng: &mut Rng, model: &Model) -> SubjectRef {
    let at = if rng.bool() { 0 } else { rng.usize(..model.definitions.len()) };
    let definition = &model.definitions[at];
    match name_of(rng, definition) {
        Some(name) if rng.bool() => SubjectRef::Userset(object(rng, &definition.name), name),
        _ => SubjectRef::Object(object(rng, &definition.name)),
    }
}

/// Returns checks, of which the model knows most names.
pub(crate) fn checks(rng: &mut Rng, model: &Model, count: usize) -> Vec<Check> {
    (0..count)
        .map(|_| {
            // The first type is that of users, which often has no permissions.
            let definition =
                &model.definitions[if rng.u8(..20) == 0 { 0 } else { rng.usize(1..model.definitions.len()) }];
            let unknown = rng.u8(..100) == 0;
            let name = if unknown { None } else { name_of(rng, definition) };
            Check {
                resource: object(rng, &definition.name),
                permission: name.unwrap_or_else(|| "missing".to_owned()),
                subject: match rng.u8(..100) {
                    0 => SubjectRef::Userset(object(rng, &definition.name), "missing".to_owned()),
                    1 => SubjectRef::Object(object(rng, "unknown")),
                    _ => subject(rng, model),
                },
            }
        })
        .collect()
}
