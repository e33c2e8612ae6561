//! `MemoryEngine` beside the real SpiceDB.

mod schema_text;
mod spicedb;
mod world;

use fastrand::Rng;
use spicedb::{Answer, Check, Question, SpiceDb};
use std::fmt::Write;
use std::time::SystemTime;
use tenancy_permits::{CheckError, MemoryEngine, Relationship, WriteError};

/// Checks of one world.
const CHECKS_PER_WORLD: usize = 200;

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
    let schema = schema_text::schema_text(&model);
    let relationships = world::relationships(&mut rng, &model);
    let checks = world::checks(&mut rng, &model, CHECKS_PER_WORLD);
    let bulk = rng.bool();
    tally.worlds += 1;

    let mut engine = MemoryEngine::new(model);
    let mut ours = Vec::new();
    let mut asked = Vec::new();
    for relationship in relationships {
        match engine.write(relationship.clone()) {
            Err(WriteError::Cycle { .. }) => tally.cycles += 1,
            outcome => {
                ours.push(outcome);
                asked.push(relationship);
            }
        }
    }
    let question = Question { schema: &schema, relationships: &asked, checks: &checks, bulk };
    let Ok(reply) = spicedb.ask(&question).inspect_err(|_| tally.refused_schemas += 1) else { return Ok(()) };
    let told = |what: String| format!("{what}\n{schema}{}", lines(&asked));
    for ((relationship, ours), theirs) in asked.iter().zip(&ours).zip(&reply.written) {
        tally.relationships += 1;
        tally.refused_relationships += usize::from(ours.is_err());
        if ours.is_ok() != theirs.is_ok() {
            return Err(told(format!("write of {relationship}: ours {ours:?}, SpiceDB {theirs:?}")));
        }
    }
    for (check, theirs) in checks.iter().zip(&reply.answers) {
        let Check { resource, permission, subject } = check;
        let ours = engine.check(resource, permission, subject, SystemTime::now());
        if !agree(&ours, theirs, tally) {
            return Err(told(format!("{resource}#{permission}@{subject}: ours {ours:?}, SpiceDB {theirs:?}")));
        }
    }
    Ok(())
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
