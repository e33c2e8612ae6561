//! Random models and relationships.

use crate::{ObjectRef, Relationship, SubjectRef};
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};
use tenancy_permission_model::Model;

/// Ids of objects: as many of each type.
pub(super) const IDS: [&str; 4] = ["1", "2", "3", "x/y=|-_+4"];

/// The type of organizations, and of relations to them. Its objects have the ids of `ORGANIZATIONS`.
pub(super) const ORGANIZATION: &str = "organization";

/// `A` and `B` of the tests.
pub(super) const ORGANIZATIONS: [&str; 2] =
    ["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"];

/// The ids of a type's objects.
pub(super) fn ids(kind: &str) -> &'static [&'static str] {
    if kind == ORGANIZATION { &ORGANIZATIONS } else { &IDS }
}

/// SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("a small number")
    }

    pub(super) fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const TYPES: [&str; 3] = ["team", "folder", "doc"];
const RELATIONS: [&str; 3] = ["rel0", "rel1", "rel2"];
const PERMISSIONS: [&str; 3] = ["perm0", "perm1", "perm2"];

/// Arrows start at `rel0` and `rel1`, which take no wildcards. Usersets are of those,
/// or of permissions.
fn subject_type(random: &mut Random, wildcards: bool) -> String {
    let kind = *random.pick(&TYPES);
    let mut text = match random.below(8) {
        2 | 5 if !wildcards => kind.to_owned(),
        0 | 1 => "user".to_owned(),
        2 => "user:*".to_owned(),
        3 => kind.to_owned(),
        4 => format!("{kind}#{}", random.pick(&PERMISSIONS)),
        5 => format!("{kind}:*"),
        _ => format!("{kind}#{}", random.pick(&RELATIONS[..2])),
    };
    if random.one_in(5) {
        text.push_str(" with expiration");
    }
    text
}

/// `before`: how many permissions the expression may name, so that none is computed from itself without a relationship.
/// `belongs`: the type has a relation to its organization.
fn expression(random: &mut Random, depth: usize, before: usize, belongs: bool) -> String {
    let binary = |random: &mut Random, operator: &str| {
        let [one, other] = [0; 2].map(|_| expression(random, depth - 1, before, belongs));
        format!("({one} {operator} {other})")
    };
    let name = |random: &mut Random, of: usize| match random.below(3) {
        0 if of > 0 => (*random.pick(&PERMISSIONS[..of])).to_owned(),
        _ => (*random.pick(&RELATIONS)).to_owned(),
    };
    if belongs && random.one_in(3) {
        return match random.below(6) {
            0 => ORGANIZATION.to_owned(),
            1 => format!("{ORGANIZATION}.all({})", name(random, 3)),
            _ => format!("{ORGANIZATION}->{}", name(random, 3)),
        };
    }
    match random.below(if depth == 0 { 8 } else { 14 }) {
        0 => "nil".to_owned(),
        1..=3 => name(random, before),
        4..=6 => format!("{}->{}", random.pick(&RELATIONS[..2]), name(random, 3)),
        7 => format!("{}.all({})", random.pick(&RELATIONS[..2]), name(random, 3)),
        8..=10 => binary(random, "+"),
        11 => binary(random, "&"),
        _ => binary(random, "-"),
    }
}

/// The type of organizations. Its relations take users, so that no organization leads to a type that belongs to one,
/// and teams now and then, which is refused where they do.
fn organizations(random: &mut Random) -> String {
    let mut text = format!("definition {ORGANIZATION} {{\n");
    for relation in RELATIONS {
        let subjects = match random.below(12) {
            0 if relation == "rel2" => "user | user:*",
            1 => "user | team#rel0",
            2 if relation != "rel2" => ORGANIZATION,
            _ => "user",
        };
        let _ = writeln!(text, "  relation {relation}: {subjects}");
    }
    for (before, permission) in PERMISSIONS.iter().enumerate() {
        let _ = writeln!(text, "  permission {permission} = {}", expression(random, 1, before, false));
    }
    text + "}\n"
}

/// A model, if the text is one.
pub(super) fn model(random: &mut Random) -> Option<Model> {
    let mut text = "use expiration\n\ndefinition user {}\n".to_owned();
    let with_organizations = random.below(4) > 0;
    if with_organizations {
        text.push_str(&organizations(random));
    }
    for kind in TYPES {
        let _ = writeln!(text, "definition {kind} {{");
        let belongs = with_organizations && random.below(3) > 0;
        if belongs {
            let _ = writeln!(text, "  relation {ORGANIZATION}: {ORGANIZATION}");
        }
        for relation in RELATIONS {
            let mut subjects: Vec<String> =
                (0..=random.below(3)).map(|_| subject_type(random, relation == "rel2")).collect();
            // An arrow needs a type that may have its name.
            if relation != "rel2" && subjects.iter().all(|subject| subject.starts_with("user")) {
                subjects.push((*random.pick(&TYPES)).to_owned());
            }
            subjects.sort();
            subjects.dedup();
            let _ = writeln!(text, "  relation {relation}: {}", subjects.join(" | "));
        }
        for (before, permission) in PERMISSIONS.iter().enumerate() {
            let _ = writeln!(text, "  permission {permission} = {}", expression(random, 2, before, belongs));
        }
        text.push_str("}\n");
    }
    Model::parse(&text).ok()
}

/// A relationship that the model allows, if the chosen relation takes any.
pub(super) fn relationship(random: &mut Random, model: &Model, now: SystemTime) -> Option<Relationship> {
    let definition = random.pick(&model.definitions);
    if definition.relations.is_empty() {
        return None;
    }
    let relation = random.pick(&definition.relations);
    let entry = random.pick(&relation.subjects);
    let object = |random: &mut Random, kind: &str| ObjectRef::new(kind, *random.pick(ids(kind))).expect("an id");
    let subject = if entry.wildcard {
        SubjectRef::Wildcard(entry.definition.clone())
    } else {
        let of = object(random, &entry.definition);
        match &entry.relation {
            Some(name) => SubjectRef::Userset(of, name.clone()),
            None => SubjectRef::Object(of),
        }
    };
    // Written with an hour left, or a day; asked in between.
    let expires_at = entry.expires.then(|| now + Duration::from_secs(if random.one_in(2) { 3_600 } else { 86_400 }));
    Some(Relationship {
        resource: object(random, &definition.name),
        relation: relation.name.clone(),
        subject,
        expires_at,
    })
}

/// A subject of checks.
pub(super) fn subject(random: &mut Random, model: &Model) -> SubjectRef {
    let definition = random.pick(&model.definitions);
    let names: Vec<&str> = definition
        .relations
        .iter()
        .map(|relation| relation.name.as_str())
        .chain(definition.permissions.iter().map(|permission| permission.name.as_str()))
        .collect();
    if random.below(3) > 0 || names.is_empty() {
        let kind = if random.one_in(4) { definition.name.as_str() } else { "user" };
        return SubjectRef::Object(ObjectRef::new(kind, *random.pick(ids(kind))).expect("an id"));
    }
    let name = (*random.pick(&names)).to_owned();
    let id = *random.pick(ids(&definition.name));
    SubjectRef::Userset(ObjectRef::new(definition.name.as_str(), id).expect("an id"), name)
}
