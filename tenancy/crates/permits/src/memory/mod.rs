//! Relationships in memory, and the reference evaluation of a model over them.
//!
//! [`MemoryEngine`] answers as SpiceDB 1.54 answers. The other engines of this crate are compared with it, and it
//! serves unit tests of your own model.

mod cycle;
mod error;
mod evaluation;
mod explain;
mod store;

#[cfg(test)]
mod tests;

pub use error::{CheckError, MemoryWriteError};

use crate::{ObjectRef, Relationship, SubjectRef, relationship_check};
use evaluation::Evaluation;
use std::collections::BTreeSet;
use std::time::SystemTime;
use store::Store;
use tenancy_permission_model::Model;

/// Relationships in memory, with the model that says what follows from them.
///
/// Nothing in it is shared or persistent: it is for unit tests of a model.
///
/// ```
/// use std::time::SystemTime;
/// use tenancy_permission_model::Model;
/// use tenancy_permits::MemoryEngine;
///
/// let model = "
///     definition user {}
///     definition team {
///         relation member: user
///     }
///     definition invoice {
///         relation viewer: user | team#member
///         permission view = viewer
///     }";
/// let mut engine = MemoryEngine::new(Model::parse(model).expect("a valid model"));
/// engine.write("invoice:1#viewer@team:3#member".parse()?)?;
/// engine.write("team:3#member@user:2".parse()?)?;
///
/// let now = SystemTime::now();
/// assert!(engine.check(&"invoice:1".parse()?, "view", &"user:2".parse()?, now)?);
/// assert!(!engine.check(&"invoice:1".parse()?, "view", &"user:4".parse()?, now)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryEngine {
    model: Model,
    store: Store,
}

impl MemoryEngine {
    /// Returns an engine for `model` without relationships.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self { model, store: Store::default() }
    }

    /// Returns the model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Stores a relationship. If the same one is stored already, its expiry is replaced.
    ///
    /// An expiry in the past is accepted, as in SpiceDB: such a relationship never takes effect.
    ///
    /// # Errors
    /// When the model does not allow the relationship, or when the relationship closes a cycle: a check that reaches a
    /// cycle has no answer. Relationships that are stored and expired count towards a cycle, since `write` does not ask
    /// for the time.
    pub fn write(&mut self, relationship: Relationship) -> Result<(), MemoryWriteError> {
        relationship_check::for_write(&self.model, &relationship)?;
        if self.store.touch(&relationship) {
            return Ok(());
        }
        self.store.insert(&relationship);
        if cycle::closed_by(&self.model, &self.store, &relationship) {
            self.store.remove(&relationship);
            return Err(MemoryWriteError::Cycle { relationship: relationship.to_string() });
        }
        Ok(())
    }

    /// Deletes a relationship, and ignores its expiry. Returns whether it was stored.
    ///
    /// # Errors
    /// When the model does not allow such a relationship with any expiry.
    pub fn delete(&mut self, relationship: &Relationship) -> Result<bool, MemoryWriteError> {
        relationship_check::for_delete(&self.model, relationship)?;
        Ok(self.store.remove(relationship))
    }

    /// Returns whether `subject` has the relation or permission `permission` of `resource` at the time `now`.
    ///
    /// A subject `team:1#member` asks whether all members of the team have it through the team: only relationships that
    /// name the userset, or a wildcard of its type, lead to a yes.
    ///
    /// # Errors
    /// When the model lacks a name, when the subject is a wildcard, or when the answer depends on more than 50 steps.
    /// Treat every error as a denial.
    pub fn check(
        &self,
        resource: &ObjectRef,
        permission: &str,
        subject: &SubjectRef,
        now: SystemTime,
    ) -> Result<bool, CheckError> {
        Evaluation::new(&self.model, &self.store, subject, now)?.check(resource, permission)
    }

    /// Returns the relationships that give `subject` the relation or permission, from the resource on, or `None` where
    /// the subject does not have it. Of several ways it returns one. An exclusion that does not apply leaves no trace
    /// in it.
    ///
    /// # Errors
    /// As [`MemoryEngine::check`].
    pub fn explain(
        &self,
        resource: &ObjectRef,
        permission: &str,
        subject: &SubjectRef,
        now: SystemTime,
    ) -> Result<Option<Vec<Relationship>>, CheckError> {
        Evaluation::new(&self.model, &self.store, subject, now)?.explain(resource, permission)
    }

    /// Returns the objects of the type `kind` of which `subject` has `permission`, sorted by id.
    ///
    /// # Errors
    /// When a check of one of the objects fails. The list is complete or an error.
    pub fn lookup_resources(
        &self,
        kind: &str,
        permission: &str,
        subject: &SubjectRef,
        now: SystemTime,
    ) -> Result<Vec<ObjectRef>, CheckError> {
        let mut evaluation = Evaluation::new(&self.model, &self.store, subject, now)?;
        evaluation.require(kind, permission)?;
        let candidates: BTreeSet<_> = self.store.objects(kind).chain(own_object(subject, kind)).collect();
        let mut found = Vec::new();
        for resource in candidates {
            if evaluation.check(resource, permission)? {
                found.push(resource.clone());
            }
        }
        Ok(found)
    }
}

impl MemoryEngine {
    /// The objects of a type that relationships are about, each once.
    pub(crate) fn objects(&self, kind: &str) -> BTreeSet<&ObjectRef> {
        self.store.objects(kind).collect()
    }
}

/// The object of a userset subject: `team:1#member` is a member of `team:1` without any relationship.
fn own_object<'a>(subject: &'a SubjectRef, kind: &str) -> Option<&'a ObjectRef> {
    match subject {
        SubjectRef::Userset(object, _) if object.kind() == kind => Some(object),
        _ => None,
    }
}
