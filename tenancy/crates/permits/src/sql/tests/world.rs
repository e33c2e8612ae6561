//! Random relationships of two organizations and above them, and what the reference evaluation holds of each.

use super::differential::Asked;
use super::random::{self, ORGANIZATION, ORGANIZATIONS, Random};
use super::{A, B, Change};
use crate::{MemoryEngine, ObjectRef, Relationship};
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;
use tenancy_permission_model::Model;
use uuid::Uuid;

/// What counts in one organization.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) engine: MemoryEngine,
    relationships: HashMap<String, Relationship>,
    /// The engine for a question that implies the organization of this resource.
    implied: HashMap<ObjectRef, MemoryEngine>,
}

/// The relationships of A, of B and above, and what counts in A and in B.
#[derive(Debug)]
pub(super) struct World {
    pub(super) changes: Vec<Change>,
    pub(super) of: [Place; 2],
}

impl Place {
    fn new(model: &Model) -> Self {
        Self { engine: MemoryEngine::new(model.clone()), relationships: HashMap::new(), implied: HashMap::new() }
    }

    /// Stores a relationship, if the reference takes it. One that is stored of this organization and above ends when
    /// the later one does.
    fn with(&self, relationship: &Relationship) -> Option<(MemoryEngine, Relationship)> {
        let mut merged = relationship.clone();
        if let Some(stored) = self.relationships.get(&relationship.to_string()) {
            merged.expires_at = stored.expires_at.zip(relationship.expires_at).map(|(one, other)| one.max(other));
        }
        let mut engine = self.engine.clone();
        engine.write(merged.clone()).ok()?;
        Some((engine, merged))
    }

    /// The engines for questions that imply the organization: the resource's relationship to it is that one alone.
    fn imply(&mut self, model: &Model, organization: &str) {
        for definition in model.definitions.iter().filter(|definition| definition.relation(ORGANIZATION).is_some()) {
            for id in random::ids(&definition.name) {
                let resource = ObjectRef::new(&*definition.name, *id).expect("an id");
                let edge = format!("{resource}#{ORGANIZATION}@{ORGANIZATION}:{organization}");
                let mut engine = MemoryEngine::new(model.clone());
                let others = self.relationships.values();
                for other in others.filter(|other| other.resource != resource || other.relation != ORGANIZATION) {
                    engine.write(other.clone()).expect("part of what the reference holds");
                }
                engine.write(edge.parse().expect("a relationship")).expect("no organization leads to its resource");
                self.implied.insert(resource, engine);
            }
        }
    }
}

impl World {
    pub(super) fn random(random: &mut Random, model: &Model) -> Self {
        let mut world = Self { changes: Vec::new(), of: [Place::new(model), Place::new(model)] };
        let (now, mut stored) = (SystemTime::now(), HashSet::new());
        for _ in 0..90 {
            let again = if random.one_in(3) { world.changes.get(random.below(90)) } else { None };
            let relationship = match again {
                Some(change) => Some(change.relationship.clone()),
                None => random::relationship(random, model, now),
            };
            let Some(relationship) = relationship else { continue };
            let organization = organization(random, model, &relationship.resource);
            if stored.insert((organization, relationship.to_string())) {
                world.add(organization, relationship);
            }
        }
        for (place, organization) in world.of.iter_mut().zip(ORGANIZATIONS) {
            place.imply(model, organization);
        }
        world
    }

    /// Stores a relationship where it counts, if the reference takes it everywhere.
    fn add(&mut self, organization: Option<Uuid>, relationship: Relationship) {
        let counts = |of| organization.is_none_or(|organization| organization == of);
        let mut changed = Vec::new();
        for (at, _) in [A, B].into_iter().enumerate().filter(|(_, of)| counts(*of)) {
            let Some(with) = self.of[at].with(&relationship) else { return };
            changed.push((at, with));
        }
        for (at, (engine, merged)) in changed {
            self.of[at].engine = engine;
            self.of[at].relationships.insert(merged.to_string(), merged);
        }
        self.changes.push(Change::create(organization, relationship));
    }

    /// The reference evaluation for a question about a resource.
    pub(super) fn reference(&self, asked: &Asked, resource: &ObjectRef) -> &MemoryEngine {
        let place = &self.of[asked.place];
        let implied = if asked.implied { place.implied.get(resource) } else { None };
        implied.unwrap_or(&place.engine)
    }

    /// How many relationships of B have the names of one of A or above.
    pub(super) fn same_names(&self) -> u64 {
        let (of_b, others): (Vec<&Change>, Vec<&Change>) =
            self.changes.iter().partition(|change| change.organization == Some(B));
        let others: HashSet<String> = others.iter().map(|change| change.relationship.to_string()).collect();
        of_b.iter().filter(|change| others.contains(&change.relationship.to_string())).count() as u64
    }
}

/// An organization's relationships are its own, and those of objects that belong to one are in no level above.
fn organization(random: &mut Random, model: &Model, resource: &ObjectRef) -> Option<Uuid> {
    if resource.kind() == ORGANIZATION {
        return resource.id().parse().ok();
    }
    let belongs = model.definition(resource.kind()).is_some_and(|found| found.relation(ORGANIZATION).is_some());
    if !belongs && random.one_in(4) { None } else { Some(*random.pick(&[A, A, B])) }
}
