//! Random models and relationships: both databases answer as the reference evaluation does.
//!
//! `TENANCY_PERMITS_CHECKS` sets how many answers each database gives at least, `TENANCY_PERMITS_SEED` the first seed.

use super::random::{self, IDS, Random};
use super::{A, B, Change, SqlEngine, context};
use crate::{MemoryEngine, ObjectRef, SubjectRef};
use std::collections::HashSet;
use std::env;
use std::time::{Duration, SystemTime};
use tenancy_permission_model::Model;
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
    without_answer: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_models_have_the_answers_of_the_reference_evaluation() {
    let (first, wanted) = (number("TENANCY_PERMITS_SEED", 1), number("TENANCY_PERMITS_CHECKS", 6_000));
    let database = Database::create();
    let mut seen = Seen::default();
    let mut seed = first;
    while seen.answers < wanted {
        one(seed, &database, &mut seen).await;
        seed += 1;
    }
    eprintln!("seeds {first} to {}: {seen:?}", seed - 1);
    assert!(seen.allowed > seen.answers / 50, "a run in which little is allowed shows little: {seen:?}");
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
    let (memory, changes) = data(&mut random, &model);
    for (engine, name) in &engines {
        engine.migrate().await.expect("the tables");
        for organization in [A, B] {
            let _ = engine.delete_organization(organization, "test", "the next seed").await.expect("deleted");
        }
        clear_upper(engine).await;
        let written = engine.write(&changes, "test", "a seed").await;
        let _ = written.unwrap_or_else(|error| panic!("seed {seed}, {name}: {error}\n{model}"));
    }
    seen.models += 1;
    for _ in 0..6 {
        let of = random::subject(&mut random, &model);
        let now = SystemTime::now() + Duration::from_secs(if random.one_in(2) { 60 } else { 7_200 });
        for (engine, name) in &engines {
            let place = format!("seed {seed}, {name}");
            compare(engine, &memory, &of, now, &place, seen).await;
        }
    }
}

/// Relationships of the levels above organizations have no function that deletes them all.
async fn clear_upper(engine: &SqlEngine) {
    let mut session = engine.session().await.expect("a connection");
    session.script("DELETE FROM permission_relationships").await.expect("deleted");
    session.keep();
}

/// Relationships that the reference holds, of one organization or above, and some of another organization that it does
/// not.
fn data(random: &mut Random, model: &Model) -> (MemoryEngine, Vec<Change>) {
    let (mut memory, mut changes, mut names) = (MemoryEngine::new(model.clone()), Vec::new(), HashSet::new());
    let now = SystemTime::now();
    for _ in 0..60 {
        let Some(relationship) = random::relationship(random, model, now) else { continue };
        if !names.insert(relationship.to_string()) {
            continue;
        }
        if random.one_in(5) {
            changes.push(Change::touch(Some(B), relationship));
        } else if memory.write(relationship.clone()).is_ok() {
            let organization = if random.one_in(4) { None } else { Some(A) };
            changes.push(Change::create(organization, relationship));
        }
    }
    // The other organization may close a cycle of its own. Only what the reference holds must be written.
    let mut of_b = MemoryEngine::new(model.clone());
    let above = |change: &&Change| change.organization.is_none();
    for change in changes.iter().filter(above) {
        of_b.write(change.relationship.clone()).expect("the reference holds it");
    }
    changes.retain(|change| change.organization != Some(B) || of_b.write(change.relationship.clone()).is_ok());
    (memory, changes)
}

async fn compare(
    engine: &SqlEngine,
    memory: &MemoryEngine,
    of: &SubjectRef,
    now: SystemTime,
    place: &str,
    seen: &mut Seen,
) {
    let mut asked = context(Some(A));
    asked.now = now;
    for definition in &engine.model().definitions {
        let relations = definition.relations.iter().map(|relation| &relation.name);
        for name in relations.chain(definition.permissions.iter().map(|permission| &permission.name)) {
            let resources: Vec<ObjectRef> =
                IDS.iter().map(|id| ObjectRef::new(&*definition.name, *id).expect("an id")).collect();
            let answers = engine.check_many(&resources, name, of, &asked).await;
            let answers = answers.unwrap_or_else(|error| panic!("{place}: {error:?}\n{}", engine.model()));
            let mut expected = Vec::new();
            for (resource, answer) in resources.iter().zip(answers) {
                let Ok(expects) = memory.check(resource, name, of, now) else {
                    seen.without_answer += 1;
                    continue;
                };
                seen.answers += 1;
                seen.allowed += u64::from(expects);
                if expects {
                    expected.push(resource.id().to_owned());
                }
                let what = || format!("{place}: {resource}#{name}@{of}\n{}", engine.model());
                assert_eq!(answer.allowed, expects, "check_many, {}", what());
                if resource.id() == "1" {
                    let question = super::Question { resource, permission: name, subject: of, context: asked };
                    let single = engine.check(&question).await.unwrap_or_else(|error| panic!("{place}: {error:?}"));
                    assert_eq!(single.allowed, expects, "check, {}", what());
                    let explained =
                        engine.explain(&question).await.unwrap_or_else(|error| panic!("{place}: {error:?}"));
                    assert_eq!(explained.allowed, expects, "explain, {}", what());
                }
            }
            if memory.lookup_resources(&definition.name, name, of, now).is_ok() {
                let listed = engine.lookup_resources(&definition.name, name, of, 100, &asked).await;
                let listed = listed.unwrap_or_else(|error| panic!("{place}: {error:?}"));
                expected.sort();
                assert_eq!(
                    listed,
                    expected,
                    "lookup_resources, {place}: {}#{name}@{of}\n{}",
                    definition.name,
                    engine.model()
                );
            }
        }
    }
}
