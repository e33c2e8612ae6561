//! The stored relationships, by the object and relation that they are about.

use crate::{ObjectRef, Relationship, SubjectRef};
use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

/// Subjects with their expiries. Sorted, so that an evaluation takes the same way each time.
type Expiries = BTreeMap<SubjectRef, Option<SystemTime>>;

/// By type, then by relation, then by object.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    kinds: HashMap<String, HashMap<String, HashMap<ObjectRef, Subjects>>>,
}

/// The subjects of one relation of one object.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    /// Objects and wildcards: a check looks up two of them, and never reads them all.
    direct: Expiries,
    /// Usersets: a check follows each.
    usersets: Expiries,
}

/// Which relationships count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    /// Those that are not expired at a time.
    At(SystemTime),
    /// All that are stored.
    Any,
}

impl Moment {
    /// As in SpiceDB's SQL stores: a relationship ends at the time of its expiry, not after it.
    fn has(self, expiry: Option<SystemTime>) -> bool {
        match (self, expiry) {
            (Self::At(now), Some(expiry)) => expiry > now,
            (Self::At(_), None) | (Self::Any, _) => true,
        }
    }
}

impl Store {
    /// Returns the subjects of a relation of an object.
    pub(super) fn subjects(&self, resource: &ObjectRef, relation: &str) -> Option<&Subjects> {
        self.kinds.get(resource.kind())?.get(relation)?.get(resource)
    }

    /// Returns the relationships of one relation of an object.
    pub(super) fn relationships(&self, resource: &ObjectRef, relation: &str, moment: Moment) -> Vec<Relationship> {
        let subjects = self.subjects(resource, relation).into_iter();
        let stored = subjects.flat_map(|subjects| subjects.direct.iter().chain(&subjects.usersets));
        stored
            .filter(|(_, expiry)| moment.has(**expiry))
            .map(|(subject, expires_at)| Relationship {
                resource: resource.clone(),
                relation: relation.to_owned(),
                subject: subject.clone(),
                expires_at: *expires_at,
            })
            .collect()
    }

    /// Returns the objects of a type that relationships are about, once for each relation that they have.
    pub(super) fn objects(&self, kind: &str) -> impl Iterator<Item = &ObjectRef> {
        self.kinds.get(kind).into_iter().flat_map(HashMap::values).flat_map(HashMap::keys)
    }

    /// Replaces the expiry of a relationship that is stored. Returns whether it is.
    pub(super) fn touch(&mut self, relationship: &Relationship) -> bool {
        let stored = self.expiries_mut(relationship).and_then(|expiries| expiries.get_mut(&relationship.subject));
        stored.map(|expiry| *expiry = relationship.expires_at).is_some()
    }

    pub(super) fn insert(&mut self, relationship: &Relationship) {
        let Relationship { resource, relation, subject, expires_at } = relationship;
        let relations = self.kinds.entry(resource.kind().to_owned()).or_default();
        let subjects = relations.entry(relation.clone()).or_default().entry(resource.clone()).or_default();
        subjects.expiries_mut(subject).insert(subject.clone(), *expires_at);
    }

    /// Returns whether the relationship was stored, with any expiry.
    pub(super) fn remove(&mut self, relationship: &Relationship) -> bool {
        let Relationship { resource, relation, subject, .. } = relationship;
        let Some(objects) = self.kinds.get_mut(resource.kind()).and_then(|relations| relations.get_mut(relation))
        else {
            return false;
        };
        let Some(subjects) = objects.get_mut(resource) else { return false };
        let removed = subjects.expiries_mut(subject).remove(subject).is_some();
        if subjects.direct.is_empty() && subjects.usersets.is_empty() {
            objects.remove(resource);
        }
        removed
    }

    fn expiries_mut(&mut self, relationship: &Relationship) -> Option<&mut Expiries> {
        let relations = self.kinds.get_mut(relationship.resource.kind())?;
        let subjects = relations.get_mut(&relationship.relation)?.get_mut(&relationship.resource)?;
        Some(subjects.expiries_mut(&relationship.subject))
    }
}

impl Subjects {
    fn expiries_mut(&mut self, subject: &SubjectRef) -> &mut Expiries {
        if matches!(subject, SubjectRef::Userset(..)) { &mut self.usersets } else { &mut self.direct }
    }

    /// Returns whether the subject itself is there, without following usersets.
    pub(super) fn contains(&self, subject: &SubjectRef, moment: Moment) -> bool {
        let expiries = if matches!(subject, SubjectRef::Userset(..)) { &self.usersets } else { &self.direct };
        expiries.get(subject).is_some_and(|expiry| moment.has(*expiry))
    }

    /// Returns the usersets.
    pub(super) fn usersets(&self, moment: Moment) -> impl Iterator<Item = (&ObjectRef, &str)> {
        having(&self.usersets, moment).filter_map(|subject| match subject {
            SubjectRef::Userset(object, relation) => Some((object, relation.as_str())),
            SubjectRef::Object(_) | SubjectRef::Wildcard(_) => None,
        })
    }

    /// Returns the objects that an arrow follows. Of a userset that is its object: SpiceDB's arrow over `team:3#member`
    /// asks `team:3`, whatever `member` is (`internal/graph/check.go`, `checkTupleToUserset`).
    pub(super) fn arrow_targets(&self, moment: Moment) -> impl Iterator<Item = &ObjectRef> {
        having(&self.direct, moment).chain(having(&self.usersets, moment)).filter_map(|subject| match subject {
            SubjectRef::Object(object) | SubjectRef::Userset(object, _) => Some(object),
            // A model with an arrow that starts at a wildcard is refused when it is read.
            SubjectRef::Wildcard(_) => None,
        })
    }
}

fn having(expiries: &Expiries, moment: Moment) -> impl Iterator<Item = &SubjectRef> {
    expiries.iter().filter(move |(_, expiry)| moment.has(**expiry)).map(|(subject, _)| subject)
}
