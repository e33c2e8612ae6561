//! What two models are said to give, beside what they give: random pairs of models, and random relationships.

use super::random;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::time::SystemTime;
use tenancy_permission_model::{ChangeKind, Model};
use tenancy_permits::{MemoryEngine, MemoryWriteError, ObjectRef, Relationship, SubjectRef};

/// How often each kind was said, and how often it was seen to be true.
#[derive(Debug, Default)]
struct Seen {
    narrower: usize,
    narrower_and_lost: usize,
    wider: usize,
    wider_and_won: usize,
    changed_and_won: usize,
}

#[test]
fn no_permission_is_given_to_more_subjects_without_being_reported() {
    let mut seen = Seen::default();
    for seed in 0..500 {
        let mut rng = Rng::with_seed(seed);
        let old = random::model(&mut rng);
        // Models that have nothing in common are seldom comparable.
        let new = if seed % 10 == 0 { random::model(&mut rng) } else { random::changed(&mut rng, &old) };
        let kinds = kinds(&old, &new);
        for _ in 0..4 {
            let stored = random::relationships(&mut rng, [&old, &new]);
            let engines = engines(&old, &new, &stored);
            compare(&engines, &kinds, &mut seen, &format!("seed {seed}\n{old}\n{new}\n{stored:?}"));
        }
    }
    // The comparison decides much, and what it decides happens.
    assert!(seen.narrower > 300 && seen.wider > 300, "{seen:?}");
    assert!(seen.narrower_and_lost > 50 && seen.wider_and_won > 50 && seen.changed_and_won > 50, "{seen:?}");
}

type Kinds = BTreeMap<(String, String), ChangeKind>;

fn kinds(old: &Model, new: &Model) -> Kinds {
    let changes = new.changes_since(old).into_iter();
    changes.map(|change| ((change.definition, change.name), change.kind)).collect()
}

/// Engines of both models with the same relationships, as far as each model takes them. One that closes a circle under
/// one of the models is in neither.
fn engines(old: &Model, new: &Model, stored: &[Relationship]) -> [MemoryEngine; 2] {
    let mut engines = [old, new].map(|model| MemoryEngine::new(model.clone()));
    for relationship in stored {
        let results = engines.each_mut().map(|engine| engine.write(relationship.clone()));
        if results.iter().any(|result| matches!(result, Err(MemoryWriteError::Cycle { .. }))) {
            for (engine, _) in engines.iter_mut().zip(&results).filter(|(_, result)| result.is_ok()) {
                engine.delete(relationship).expect("it was written");
            }
        }
    }
    engines
}

fn compare(engines: &[MemoryEngine; 2], kinds: &Kinds, seen: &mut Seen, case: &str) {
    let now = SystemTime::now();
    for (resource, name) in questions() {
        let kind = kinds.get(&(resource.kind().to_owned(), name.to_owned())).copied();
        seen.narrower += usize::from(kind == Some(ChangeKind::Narrower));
        seen.wider += usize::from(kind == Some(ChangeKind::Wider));
        for subject in subjects(kinds) {
            // An error is a denial.
            let answers =
                engines.each_ref().map(|engine| engine.check(&resource, name, &subject, now).unwrap_or_default());
            let question = || format!("{resource}#{name}@{subject}\n{case}");
            match (answers, kind) {
                ([false, true], None | Some(ChangeKind::Narrower | ChangeKind::Removed)) => {
                    panic!("{kind:?}, and more have it: {}", question())
                }
                ([true, false], None | Some(ChangeKind::Wider | ChangeKind::Added)) => {
                    panic!("{kind:?}, and fewer have it: {}", question())
                }
                ([false, true], Some(ChangeKind::Wider)) => seen.wider_and_won += 1,
                ([false, true], Some(ChangeKind::Changed)) => seen.changed_and_won += 1,
                ([true, false], Some(ChangeKind::Narrower)) => seen.narrower_and_lost += 1,
                _ => {}
            }
        }
    }
}

/// Every relation and permission of every object.
fn questions() -> Vec<(ObjectRef, &'static str)> {
    let names = || random::RELATIONS.into_iter().chain(random::PERMISSIONS);
    let objects = random::KINDS[1..].iter().flat_map(|kind| ["1", "2"].map(|id| ObjectRef::new(*kind, id)));
    objects.flat_map(|object| names().map(move |name| (object.clone().expect("an id"), name))).collect()
}

/// Users, objects and usersets. A userset that one of the models lacks is not comparable.
fn subjects(kinds: &Kinds) -> Vec<SubjectRef> {
    let mut found = Vec::new();
    for kind in random::KINDS {
        found.extend(["1", "2"].map(|id| SubjectRef::Object(ObjectRef::new(kind, id).expect("an id"))));
        for name in ["rel_a", "rel_b", "per_a"].into_iter().filter(|_| kind != "user") {
            let one_sided = kinds.get(&(kind.to_owned(), name.to_owned()));
            if !matches!(one_sided, Some(ChangeKind::Added | ChangeKind::Removed)) {
                found.push(SubjectRef::Userset(ObjectRef::new(kind, "1").expect("an id"), name.to_owned()));
            }
        }
    }
    found
}
