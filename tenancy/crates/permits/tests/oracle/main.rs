//! `MemoryEngine` beside the real SpiceDB.

mod cost;
mod known_cases;
mod schema_text;
mod spicedb;
mod world;

use fastrand::Rng;
use spicedb::{Answer, Check, Question, Reply, SpiceDb};
use std::fmt::Write;
use std::time::SystemTime;
use tenancy_permission_model::Model;
use tenancy_permits::{CheckError, MemoryEngine, MemoryWriteError, Relationship};

/// Checks of one world.
const CHECKS_PER_WORLD: usize = 200;
/// Steps of a check.
const MOST_STEPS: u64 = 500;

/// What the runs had in them: a comparison of denials alone would prove little.
#[derive(Debug, Default)]
struct Tally {
    worlds: usize,
    refused_schemas: usize,
    relationships: usize,
    refused_relationships: usize,
    cycles: usize,
    allowed: usize,
    denied: usize,
    errors: usize,
    only_one_too_deep: usize,
}

#[test]
fn random_models_are_answered_as_by_spicedb() {
    let checks: usize = setting("TENANCY_ORACLE_CHECKS").unwrap_or(10_000);
    let seed = setting("TENANCY_ORACLE_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("TENANCY_ORACLE_SEED={seed}");
    let mut spicedb = SpiceDb::start();
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    let mut world = 0;
    while tally.allowed + tally.denied + tally.errors < checks {
        // Each world has its own seed, so that one can be run alone.
        let own_seed = seed.wrapping_add(world);
        if let Err(difference) = compare(&mut spicedb, own_seed, &mut tally) {
            println!("TENANCY_ORACLE_SEED={own_seed} TENANCY_ORACLE_CHECKS=1: {difference}");
            failed.push(own_seed);
        }
        world += 1;
    }
    println!("{tally:#?}");
    assert!(failed.is_empty(), "{} worlds differ: {failed:?}", failed.len());
    assert!(tally.refused_schemas * 2 < tally.worlds, "most schemas were refused");
    assert!(tally.allowed * 20 > checks, "too few checks were allowed");
}

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is not a number: {value}")))
}

/// One world: a model, its relationships, its checks.
fn compare(spicedb: &mut SpiceDb, seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let model = world::model(&mut rng);
    let schema = schema_text::schema_text(&mut rng, &model);
    let relationships = world::relationships(&mut rng, &model);
    let checks = world::checks(&mut rng, &model, CHECKS_PER_WORLD);
    tally.worlds += 1;

    let parsed = Model::parse(&schema);
    // Without our model, the relationships that form a cycle are not known.
    let (relationships, checks) = if parsed.is_ok() { (relationships, checks) } else { (Vec::new(), Vec::new()) };
    let (engine, asked, outcomes) = written(parsed.clone().unwrap_or_default(), &relationships, tally);
    let question = Question { schema: &schema, relationships: &asked, checks: &checks, bulk: rng.bool() };
    let difference = match (parsed, spicedb.ask(&question)) {
        (Ok(_), Ok(reply)) => differing_write(&asked, &outcomes, &reply, tally)
            .or_else(|| differing_check(&engine, &checks, &reply, tally)),
        (Err(errors), Ok(_)) => Some(format!("only SpiceDB accepts the schema: {errors:?}")),
        (Ok(_), Err(error)) => Some(format!("only SpiceDB refuses the schema: {error}")),
        (Err(_), Err(_)) => {
            tally.refused_schemas += 1;
            None
        }
    };
    difference.map_or(Ok(()), |difference| Err(format!("{difference}\n{schema}{}", lines(&asked))))
}

fn differing_write(
    asked: &[Relationship],
    outcomes: &[Result<(), MemoryWriteError>],
    reply: &Reply,
    tally: &mut Tally,
) -> Option<String> {
    for ((relationship, ours), theirs) in asked.iter().zip(outcomes).zip(&reply.written) {
        tally.relationships += 1;
        tally.refused_relationships += usize::from(ours.is_err());
        if ours.is_ok() != theirs.is_ok() {
            return Some(format!("write of {relationship}: ours {ours:?}, SpiceDB {theirs:?}"));
        }
    }
    None
}

fn differing_check(engine: &MemoryEngine, checks: &[Check], reply: &Reply, tally: &mut Tally) -> Option<String> {
    for (Check { resource, permission, subject }, theirs) in checks.iter().zip(&reply.answers) {
        let ours = engine.check(resource, permission, subject, SystemTime::now());
        if !agree(&ours, theirs, tally) {
            return Some(format!("{resource}#{permission}@{subject}: ours {ours:?}, SpiceDB {theirs:?}"));
        }
    }
    None
}

/// Writes the relationships to a fresh engine, without those that close a cycle, and as many as SpiceDB can check.
fn written(
    model: Model,
    relationships: &[Relationship],
    tally: &mut Tally,
) -> (MemoryEngine, Vec<Relationship>, Vec<Result<(), MemoryWriteError>>) {
    let mut engine = MemoryEngine::new(model);
    let mut asked = Vec::new();
    let mut outcomes = Vec::new();
    for relationship in relationships {
        match engine.write(relationship.clone()) {
            Err(MemoryWriteError::Cycle { .. }) => tally.cycles += 1,
            outcome => {
                outcomes.push(outcome);
                asked.push(relationship.clone());
            }
        }
    }
    let stored = asked.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).map(|(one, _)| one.clone());
    if cost::of_all_checks(engine.model(), &stored.collect::<Vec<_>>()) > MOST_STEPS {
        let fewer = &relationships[..relationships.len() * 3 / 4];
        return written(engine.model().clone(), fewer, tally);
    }
    (engine, asked, outcomes)
}

fn lines(relationships: &[Relationship]) -> String {
    relationships.iter().fold(String::new(), |mut text, relationship| {
        let expiry = if relationship.expires_at.is_some() { " expires" } else { "" };
        writeln!(text, "{relationship}{expiry}").expect("a string");
        text
    })
}

/// Where one side stops at the depth limit, the other may have found its answer on a shorter way.
fn agree(ours: &Result<bool, CheckError>, theirs: &Answer, tally: &mut Tally) -> bool {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            *if *ours { &mut tally.allowed } else { &mut tally.denied } += 1;
            ours == theirs
        }
        (Err(_), Err(_)) => {
            tally.errors += 1;
            true
        }
        (Err(CheckError::TooDeep { .. }), Ok(_)) => {
            tally.only_one_too_deep += 1;
            true
        }
        (Ok(_), Err(error)) if error.contains("max depth") => {
            tally.only_one_too_deep += 1;
            true
        }
        _ => false,
    }
}
