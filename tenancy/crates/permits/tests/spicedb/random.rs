//! Random relationships of two organizations and above them.

use crate::front::Front;
use crate::world::{A, B, MODEL, PATIENCE, World, model, person, question, settings, user};
use fastrand::Rng;
use std::time::{Duration, SystemTime};
use tenancy::permit::{Answer, EngineError, PermissionEngine};
use tenancy_permission_model::Model;
use tenancy_permits::spicedb::SpiceDbBuilder;
use tenancy_permits::sql::{Change, SqlEngine};
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};
use uuid::Uuid;

pub(crate) const PEOPLE: [&str; 3] = ["anna", "bob", "eve"];

/// Ids of the other types. The last is the longest way of writing an organization's object.
const IDS: [&str; 3] = ["1", "2", "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1"];

/// Models with what the other one lacks: each operator over the organization, arrows to each object, permissions of
/// permissions, usersets of permissions.
pub(crate) const OTHERS: [&str; 2] = [
    "
    definition user {}
    definition team {
        relation member: user | team#member
    }
    definition organization {
        relation owner: user | team#member
        relation auditor: user:*
        relation banned: user
        permission act = owner - banned
        permission audit = auditor & owner
    }
    definition group {
        relation organization: organization
        relation member: user | group#member
        relation lead: user
        permission all = member & organization->act
        permission any = member + lead
    }
    definition folder {
        relation org: organization
        relation reviewer: group
        relation parent: folder
        relation watcher: group#any | user
        permission reviewed = reviewer.all(any)
        permission publish = reviewed & org.all(act)
        permission watch = (watcher + parent->watch) - org->audit
        permission either = publish + watch
        permission nested = parent->publish & org->act
        permission every = parent.all(either) + org->audit
        permission of_group = reviewer->all + reviewer.any(any)
        permission org_itself = org
        permission none = nil
    }
    ",
    "
    use expiration
    definition user {
        relation manager: user
    }
    definition group {
        relation member: user with expiration | group#member
        relation guest: user:* with expiration
        permission here = member + guest
    }
    definition organization {
        relation owner: user | group#here
        relation tenant: tenant
        permission act = owner & tenant->run
        permission not_run = owner - tenant->run
    }
    definition tenant {
        relation admin: user
        permission run = admin
    }
    definition file {
        relation organization: organization
        relation shared: group#here | user
        relation copy_of: file
        permission read = shared + organization->act + copy_of->read
        permission write = (shared & organization->owner) - copy_of->read
        permission hold = read & (write + organization.any(not_run))
    }
    ",
];

/// The settings of each model's types.
fn sql(text: &str) -> tenancy_permits::sql::SqlEngineBuilder {
    let builder = SqlEngine::builder(model(text));
    if text == MODEL {
        settings(builder)
    } else if text == OTHERS[0] {
        builder.above_organizations("team")
    } else {
        builder.within_organizations("group").above_organizations("user")
    }
}

/// With the real SpiceDB, on SQLite.
pub(crate) async fn world(text: &str) -> World {
    let sql = sql(text).without_last_holder("organization", "owner").sqlite(":memory:").await.expect("an engine");
    let more = |builder: SpiceDbBuilder| builder.timeout(PATIENCE);
    let world = World::of(sql, Front::of_library().await, None, more).await;
    world.start().await;
    world
}

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

fn id(rng: &mut Rng, kind: &str) -> String {
    match kind {
        "user" => user(PEOPLE[rng.usize(..PEOPLE.len())]).replace("user:", ""),
        "organization" => pick(rng, &[A, B]).to_string(),
        _ => (*pick(rng, &IDS)).to_owned(),
    }
}

/// Where a relationship may be stored.
fn level(rng: &mut Rng, resource: &ObjectRef) -> Option<Uuid> {
    match resource.kind() {
        "user" | "team" | "tenant" | "platform" => None,
        "organization" => resource.id().parse().ok(),
        _ => Some(*pick(rng, &[A, B])),
    }
}

/// A relationship that the model allows.
pub(crate) fn relationship(rng: &mut Rng, model: &Model) -> (Option<Uuid>, Relationship) {
    let with: Vec<_> = model.definitions.iter().filter(|definition| !definition.relations.is_empty()).collect();
    let definition = *pick(rng, &with);
    let relation = pick(rng, &definition.relations);
    let kind = pick(rng, &relation.subjects);
    let object = |rng: &mut Rng, kind: &str| ObjectRef::new(kind, id(rng, kind)).expect("an id");
    let subject = match (&kind.relation, kind.wildcard) {
        (_, true) => SubjectRef::Wildcard(kind.definition.clone()),
        (Some(relation), false) => SubjectRef::Userset(object(rng, &kind.definition), relation.clone()),
        (None, false) => SubjectRef::Object(object(rng, &kind.definition)),
    };
    let expires_at = kind.expires.then(|| SystemTime::now() + Duration::from_secs(rng.u64(3_600..90_000)));
    let resource = object(rng, &definition.name);
    (level(rng, &resource), Relationship { resource, relation: relation.name.clone(), subject, expires_at })
}

/// Writes random relationships, one by one: one that closes a cycle is refused.
pub(crate) async fn write_some(world: &World, rng: &mut Rng, number: usize) {
    let model = world.engine.sql().model().clone();
    for _ in 0..number {
        let (organization, relationship) = relationship(rng, &model);
        // An object that leads back to itself: `docs/limits.md`.
        if relationship.relation == "parent" && relationship.subject.to_string() <= relationship.resource.to_string() {
            continue;
        }
        // Of a write that is refused nothing is stored.
        let _ = world.engine.write(&[Change::touch(organization, relationship)], "user:test", "a seed").await;
    }
}

/// How many questions were asked, and to how many the answer was yes.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) questions: usize,
    pub(crate) yes: usize,
}

/// Asks both engines everything. `exact`: the answers are the same; otherwise SpiceDB's is yes only where the
/// database's is.
pub(crate) async fn compare(world: &World, exact: bool, place: &str) -> Compared {
    let model = world.engine.sql().model().clone();
    let mut compared = Compared::default();
    for definition in &model.definitions {
        let kind: &'static str = definition.name.clone().leak();
        let relations = definition.relations.iter().map(|relation| &relation.name);
        let names: Vec<&String> = relations.chain(definition.permissions.iter().map(|found| &found.name)).collect();
        let ids: Vec<String> = match kind {
            "user" => continue,
            "organization" => [A, B].map(|id| id.to_string()).to_vec(),
            _ => IDS.map(str::to_owned).to_vec(),
        };
        for name in names {
            let name: &'static str = name.clone().leak();
            for (organization, of) in [A, B].into_iter().flat_map(|org| PEOPLE.map(|of| (org, of))) {
                let subject = person(of);
                let questions: Vec<_> =
                    ids.iter().map(|id| question(organization, (kind, id), name, &subject)).collect();
                let expected = world.engine.sql().check_each(&questions).await.expect("the database answers");
                let found = world.engine.check_each(&questions).await;
                let found = match found {
                    Err(EngineError::TooDeep) if !exact => continue,
                    other => other.unwrap_or_else(|error| panic!("{place}: {kind}#{name}: {error:?}")),
                };
                for ((expected, found), id) in expected.iter().zip(&found).zip(&ids) {
                    let (expected, found) = (expected.answer == Answer::Yes, found.answer == Answer::Yes);
                    let what = format!("{place}: {kind}:{id}#{name}@{of} in {organization}\n{model}");
                    if exact {
                        assert_eq!(found, expected, "{what}")
                    } else {
                        assert!(expected || !found, "{what}")
                    }
                    compared.questions += 1;
                    compared.yes += usize::from(found);
                }
            }
        }
    }
    compared
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_relationships_have_the_answers_of_the_database() {
    let seed = std::env::var("TENANCY_PERMITS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let rounds = std::env::var("TENANCY_PERMITS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1_u64);
    let mut all = Compared::default();
    for text in [MODEL, OTHERS[0], OTHERS[1]] {
        for round in 0..rounds {
            let (world, mut rng) = (world(text).await, Rng::with_seed(seed + round));
            for step in 0..3 {
                write_some(&world, &mut rng, 40).await;
                world.drain().await;
                let place = format!("seed {}, step {step}", seed + round);
                let compared = compare(&world, true, &place).await;
                all.questions += compared.questions;
                all.yes += compared.yes;
            }
            assert_eq!(world.engine.counts().by_database, 0, "SpiceDB answered");
            assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
        }
    }
    eprintln!("from seed {seed}: {all:?}");
    assert!(all.questions > 1_000 && all.yes > all.questions / 50, "{all:?}");
}
