//! Random models: how permissions are taken apart, with each operator around the organization.

use crate::front::Front;
use crate::random::{Compared, compare, write_some};
use crate::world::{PATIENCE, World, model};
use fastrand::Rng;
use std::fmt::Write as _;
use tenancy_permits::spicedb::SpiceDbBuilder;
use tenancy_permits::sql::{BuildError, SqlEngine};

/// A type: its relations as text, and the arrows that start at it. A relation that takes wildcards starts none.
struct Kind {
    name: &'static str,
    relations: &'static [(&'static str, &'static str)],
    arrows: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "organization",
        relations: &[("owner", "user | team#member"), ("viewer", "user | user:*"), ("banned", "user")],
        arrows: &[],
    },
    Kind {
        name: "group",
        relations: &[("organization", "organization"), ("member", "user | group#member"), ("lead", "user")],
        arrows: &["organization"],
    },
    Kind {
        name: "doc",
        relations: &[
            ("organization", "organization"),
            ("parent", "doc | group"),
            ("shared", "user | group#member | group#perm0"),
            ("blocked", "user"),
        ],
        // The organization as often as others.
        arrows: &["organization", "organization", "parent", "shared"],
    },
];

/// The permissions of each type.
const NAMES: [&str; 3] = ["perm0", "perm1", "perm2"];

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

/// `before`: how many permissions may be named, so that none is computed from itself without a relationship.
fn expression(rng: &mut Rng, kind: &Kind, depth: usize, before: usize) -> String {
    match rng.u8(0..if depth == 0 { 8 } else { 14 }) {
        0 => "nil".to_owned(),
        1..=3 if before > 0 => NAMES[rng.usize(..before)].to_owned(),
        4..=6 if !kind.arrows.is_empty() => format!("{}->{}", pick(rng, kind.arrows), pick(rng, &NAMES)),
        7 if !kind.arrows.is_empty() => format!("{}.all({})", pick(rng, kind.arrows), pick(rng, &NAMES)),
        1..=7 => pick(rng, kind.relations).0.to_owned(),
        number => {
            let operator = match number {
                8 | 9 => "+",
                10 | 11 => "&",
                _ => "-",
            };
            let [one, other] = [0; 2].map(|_| expression(rng, kind, depth - 1, before));
            format!("({one} {operator} {other})")
        }
    }
}

fn text(rng: &mut Rng) -> String {
    let mut text = "definition user {}\ndefinition team {\n  relation member: user | team#member\n}\n".to_owned();
    for kind in &KINDS {
        let _ = writeln!(text, "definition {} {{", kind.name);
        for (name, subjects) in kind.relations {
            let _ = writeln!(text, "  relation {name}: {subjects}");
        }
        for (before, name) in NAMES.iter().enumerate() {
            let _ = writeln!(text, "  permission {name} = {}", expression(rng, kind, 2, before));
        }
        text.push_str("}\n");
    }
    text
}

/// `None`: one of the two refuses the model.
async fn world(text: &str) -> Option<World> {
    let builder = SqlEngine::builder(model(text)).above_organizations("team");
    let sql = match builder.without_last_holder("organization", "owner").sqlite(":memory:").await {
        Ok(sql) => sql,
        Err(BuildError::Compile(_)) => return None,
        Err(error) => panic!("{error}\n{text}"),
    };
    let world =
        World::of(sql, Front::of_library().await, None, |builder: SpiceDbBuilder| builder.timeout(PATIENCE)).await;
    world.engine.write_schema().await.ok()?;
    world.start().await;
    Some(world)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_models_have_the_answers_of_the_database() {
    let number =
        |name: &str, otherwise: u64| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    let (first, wanted) = (number("TENANCY_PERMITS_SEED", 1), number("TENANCY_PERMITS_ROUNDS", 6));
    let (mut all, mut compared, mut seed) = (Compared::default(), 0, first);
    while compared < wanted {
        let mut rng = Rng::with_seed(seed);
        let text = text(&mut rng);
        if let Some(world) = world(&text).await {
            write_some(&world, &mut rng, 60).await;
            world.drain().await;
            let found = compare(&world, true, &format!("seed {seed}")).await;
            all.questions += found.questions;
            all.yes += found.yes;
            compared += 1;
        }
        seed += 1;
    }
    eprintln!("seeds {first} to {}: {compared} models, {all:?}", seed - 1);
    assert!(all.yes > all.questions / 50, "{all:?}");
}
