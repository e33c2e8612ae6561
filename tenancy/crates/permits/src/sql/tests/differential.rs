//! Random models and relationships: both databases answer as the reference evaluation does.
//!
//! `TENANCY_PERMITS_CHECKS` sets how many answers each database gives at least, `TENANCY_PERMITS_SEED` the first seed.

use super::random::{self, ORGANIZATION, Random, ids};
use super::world::World;
use super::{A, B, Context, Decision, SqlEngine, context};
use crate::{ObjectRef, SubjectRef};
use std::env;
use std::time::{Duration, SystemTime};
use tenancy_test_support::pg::Database;

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// What a run saw.
#[derive(Debug, Default)]
struct Seen {
    models: u64,
    refused: u64,
    answers: u64,
    allowed: u64,
    /// Allowed where the question implies the organization of the resource.
    implied: u64,
    /// Relationships of B with the names of one of A or above.
    same_names: u64,
    without_answer: u64,
    /// Objects in lists.
    listed: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_models_have_the_answers_of_the_reference_evaluation() {
    let (first, wanted) = (number("TENANCY_PERMITS_SEED", 1), number("TENANCY_PERMITS_CHECKS", 12_000));
    let database = Database::create();
    let mut seen = Seen::default();
    let mut seed = first;
    while seen.answers < wanted {
        one(seed, &database, &mut seen).await;
        seed += 1;
    }
    eprintln!("seeds {first} to {}: {seen:?}", seed - 1);
    assert!(seen.allowed > seen.answers / 50, "a run in which little is allowed shows little: {seen:?}");
    assert!(seen.implied > seen.answers / 400 && seen.same_names > seen.models, "{seen:?}");
    assert!(seen.listed > seen.models, "{seen:?}");
}

async fn one(seed: u64, database: &Database, seen: &mut Seen) {
    let mut random = Random(seed);
    let Some(model) = random::model(&mut random) else { return };
    let sqlite = match SqlEngine::sqlite(":memory:", model.clone()).await {
        Ok(engine) => engine,
        Err(super::super::BuildError::Compile(_)) => {
            seen.refused += 1;
            return;
        }
        Err(error) => panic!("seed {seed}: {error}"),
    };
    let postgres = SqlEngine::postgres(database.url(), model.clone()).expect("an engine");
    let engines = [(sqlite, "SQLite"), (postgres, "PostgreSQL")];
    let world = World::random(&mut random, &model);
    seen.same_names += world.same_names();
    for (engine, name) in &engines {
        engine.migrate().await.expect("the tables");
        clear(engine).await;
        let written = engine.write(&world.changes, "test", "a seed").await;
        let _ = written.unwrap_or_else(|error| panic!("seed {seed}, {name}: {error}\n{model}"));
    }
    seen.models += 1;
    for round in 0..4 {
        let asked = Asked {
            lists: round == 0,
            of: random::subject(&mut random, &model),
            now: SystemTime::now() + Duration::from_secs(if random.one_in(2) { 60 } else { 7_200 }),
            place: random.below(2),
            implied: random.one_in(2),
        };
        for (engine, name) in &engines {
            compare(engine, &world, &asked, &format!("seed {seed}, {name}, {asked:?}"), seen).await;
        }
    }
}

/// The tables of the seed before. No function deletes the relationships above organizations.
async fn clear(engine: &SqlEngine) {
    let mut session = engine.session().await.expect("a connection");
    session.script("DELETE FROM permission_relationships").await.expect("deleted");
    session.keep();
}

/// Who is asked about, and in which of the two organizations.
#[derive(Debug)]
pub(super) struct Asked {
    of: SubjectRef,
    now: SystemTime,
    pub(super) place: usize,
    pub(super) implied: bool,
    /// Whether the subjects of each permission are listed too.
    lists: bool,
}

async fn compare(engine: &SqlEngine, world: &World, asked: &Asked, place: &str, seen: &mut Seen) {
    let Asked { of, now, .. } = asked;
    let mut context = context(Some([A, B][asked.place]));
    (context.now, context.implied_organization) = (*now, asked.implied);
    for definition in &engine.model().definitions {
        let kind = &*definition.name;
        let relations = definition.relations.iter().map(|relation| &relation.name);
        for name in relations.chain(definition.permissions.iter().map(|permission| &permission.name)) {
            let place = format!("{place}: {kind}#{name}@{of}\n{}", engine.model());
            let resources: Vec<ObjectRef> =
                ids(kind).iter().map(|id| ObjectRef::new(kind, *id).expect("an id")).collect();
            let answers = engine.check_many(&resources, name, of, &context).await;
            let answers = answers.unwrap_or_else(|error| panic!("{place}: {error:?}"));
            lists(engine, (kind, name, of, &context), resources.iter().zip(&answers), &place, seen).await;
            let mut expected = Vec::new();
            for (resource, answer) in resources.iter().zip(answers) {
                let Ok(expects) = world.reference(asked, resource).check(resource, name, of, *now) else {
                    seen.without_answer += 1;
                    continue;
                };
                seen.answers += 1;
                seen.allowed += u64::from(expects);
                seen.implied += u64::from(expects && asked.implied && definition.relation(ORGANIZATION).is_some());
                if expects {
                    expected.push(resource.id().to_owned());
                }
                assert_eq!(answer.allowed, expects, "check_many, {resource}, {place}");
                if asked.lists || resource.id() == ids(kind)[0] {
                    let question = super::Question { resource, permission: name, subject: of, context };
                    agrees(engine, &question, expects, &place).await;
                    // One question of a seed: each list takes many statements.
                    if asked.lists && resource.id() == ids(kind)[0] {
                        subjects_agree(engine, resource, name, &context, &place).await;
                    }
                }
            }
            if asked.implied && definition.relation(ORGANIZATION).is_some() {
                continue;
            }
            if world.of[asked.place].engine.lookup_resources(kind, name, of, *now).is_ok() {
                let listed = engine.lookup_resources(kind, name, of, 100, &context).await;
                let listed = listed.unwrap_or_else(|error| panic!("{place}: {error:?}"));
                expected.sort();
                assert_eq!(listed, expected, "lookup_resources, {place}");
            }
        }
    }
}

/// `list`, for the objects that were checked, and for one that no relationship names.
async fn lists<'a>(
    engine: &SqlEngine,
    (kind, name, of, context): (&str, &str, &SubjectRef, &Context),
    checked: impl Iterator<Item = (&'a ObjectRef, &'a Decision)>,
    place: &str,
    seen: &mut Seen,
) {
    let listed = engine.list(kind, name, of, 100, context).await;
    let listed = listed.unwrap_or_else(|error| panic!("list, {place}: {error:?}"));
    for (resource, answer) in checked {
        assert_eq!(listed.contains(resource.id()), answer.allowed, "list, {resource}, {place}: {listed:?}");
    }
    let nothing = [ObjectRef::new(kind, "named-nowhere").expect("an id")];
    let otherwise = engine.check_many(&nothing, name, of, context).await.expect("an answer")[0];
    assert_eq!(listed.otherwise, otherwise.allowed, "list, another object, {place}");
    let epochs = (listed.organization_epoch, listed.upper_epoch);
    assert_eq!(epochs, (otherwise.organization_epoch, otherwise.upper_epoch));
    seen.listed += listed.exceptions.len() as u64;
    if listed.exceptions.len() > 1 {
        let refused = engine.list(kind, name, of, listed.exceptions.len() - 1, context).await;
        assert!(matches!(refused, Err(super::EngineError::TooMany { .. })), "list, {place}: {refused:?}");
    }
}

/// The subjects of a permission are those that a check allows, named or not.
async fn subjects_agree(engine: &SqlEngine, resource: &ObjectRef, name: &str, context: &super::Context, place: &str) {
    for kind in ["user", "team"] {
        let found = engine.lookup_subjects(resource, name, kind, 100, context).await;
        let found = found.unwrap_or_else(|error| panic!("{place}: {error:?}"));
        for id in ids(kind).iter().chain(&["never-named"]) {
            let subject = SubjectRef::Object(ObjectRef::new(kind, *id).expect("an id"));
            let question = super::Question { resource, permission: name, subject: &subject, context: *context };
            let allowed = engine.check(&question).await.unwrap_or_else(|error| panic!("{place}: {error:?}")).allowed;
            let is_named = |list: &[String]| list.iter().any(|named| named == id);
            let listed = is_named(&found.ids) || (found.everyone_else && !is_named(&found.except));
            assert_eq!(listed, allowed, "lookup_subjects, {subject}, {found:?}, {place}");
        }
    }
}

/// `check` and `explain` of one resource.
async fn agrees(engine: &SqlEngine, question: &super::Question<'_>, expects: bool, place: &str) {
    let single = engine.check(question).await.unwrap_or_else(|error| panic!("{place}: {error:?}"));
    assert_eq!(single.allowed, expects, "check, {place}");
    let explained = engine.explain(question).await.unwrap_or_else(|error| panic!("{place}: {error:?}"));
    assert_eq!(explained.allowed, expects, "explain, {place}");
}
