//! Compares SpiceDB with the database, and repairs SpiceDB.
//!
//! A difference is put into the outbox and sent like any change. So what changes meanwhile is no mistake: the worker
//! sends what is stored when it sends.

use super::client::{Cursor, Of, Update};
use super::error::SyncError;
use super::lease::Lease;
use super::sync::{BATCH, SpiceDbSync, Wanted, patience};
use crate::Relationship;
use crate::sql::outbox::Key;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// How many relationships one page of SpiceDB has.
const PAGE: u32 = 500;

/// What a comparison found, and repaired.
#[must_use = "it says what differed"]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Reconciled {
    /// Relationships that SpiceDB had and the database has not. Look for the reason: they may have allowed something.
    pub extra: u64,
    /// Relationships that SpiceDB lacked.
    pub missing: u64,
    /// Relationships whose expiry differed.
    pub different: u64,
}

/// Relationships that were seen, as two keyed hashes each: 16 bytes instead of the names.
struct Seen {
    states: (RandomState, RandomState),
    hashes: HashSet<(u64, u64)>,
}

impl Seen {
    fn hash(&self, key: &Key) -> (u64, u64) {
        (self.states.0.hash_one(key), self.states.1.hash_one(key))
    }
}

impl SpiceDbSync {
    /// Compares all relationships of both sides, and repairs SpiceDB. Run it each night. It keeps 16 bytes in memory for
    /// each relationship.
    ///
    /// # Errors
    /// When the database or SpiceDB does not do as asked. Run it again then.
    pub async fn reconcile(&self) -> Result<Reconciled, SyncError> {
        let mut lease = self.locked().await;
        self.drain_with(&mut lease).await?;
        // A demand from here on is for the next comparison.
        let demands = self.inner.sql.demands(&self.inner.texts).await?;
        let mut found = Reconciled::default();
        let states = (RandomState::new(), RandomState::new());
        let mut seen = Seen { states, hashes: HashSet::new() };
        for definition in &self.inner.sql.model().definitions {
            if !definition.relations.is_empty() {
                self.look_at(&definition.name, &mut lease, &mut seen, &mut found).await?;
            }
        }
        self.look_for(&seen, &mut found).await?;
        self.drain_with(&mut lease).await?;
        if !demands.is_empty() {
            self.inner.sql.acknowledge(&self.inner.texts, &demands).await?;
        }
        Ok(found)
    }

    /// Does as [`reconcile`](Self::reconcile), and the database answers every question from its beginning until it has
    /// succeeded, here or in a worker. Run it after either side was restored from a backup.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile).
    pub async fn resync(&self) -> Result<Reconciled, SyncError> {
        self.inner.sql.demand_comparison(&self.inner.texts).await?;
        self.reconcile().await
    }

    /// Each relationship that SpiceDB has of a type.
    async fn look_at(
        &self,
        kind: &str,
        lease: &mut Option<Lease>,
        seen: &mut Seen,
        found: &mut Reconciled,
    ) -> Result<(), SyncError> {
        let mut after = None::<Cursor>;
        loop {
            let of = Of { kind, id: None };
            let page = self.inner.client.relationships(&of, (PAGE, after.clone()), patience()).await?;
            let (mut keys, mut foreign) = (Vec::new(), Vec::new());
            for stored in page.items {
                match self.inner.ids.key(&stored.relationship) {
                    Some(key) => keys.push((key, stored)),
                    None => foreign.push(stored.relationship),
                }
            }
            found.extra += foreign.len() as u64;
            self.delete_foreign(foreign, lease).await?;
            let in_database = self.inner.sql.stored_of(&keys.iter().map(|(key, _)| key).collect::<Vec<_>>()).await?;
            for ((key, stored), in_database) in keys.iter().zip(in_database) {
                seen.hashes.insert(seen.hash(key));
                match self.inner.wanted(key, in_database) {
                    Wanted::Touch(wanted) if !stored.foreign && wanted == stored.relationship => continue,
                    Wanted::Touch(_) => found.different += 1,
                    // The line is in the outbox already.
                    Wanted::Left => continue,
                    Wanted::Delete(_) | Wanted::Nothing => found.extra += 1,
                }
                self.inner.sql.send_again(&self.inner.texts, key).await?;
            }
            match page.next {
                None => return Ok(()),
                next => after = next,
            }
        }
    }

    /// What no key has, no line of the outbox can name.
    async fn delete_foreign(&self, foreign: Vec<Relationship>, lease: &mut Option<Lease>) -> Result<(), SyncError> {
        if foreign.is_empty() {
            return Ok(());
        }
        let delete = |relationship| Update { touch: false, relationship };
        let updates: Vec<Update> = foreign.into_iter().map(delete).collect();
        let condition = self.condition(lease).await?;
        let written = self.inner.client.write(&updates, &[condition], patience()).await;
        if written.is_err() {
            *lease = None;
        }
        Ok(written?)
    }

    /// Each relationship that the database has and SpiceDB was not seen to have.
    async fn look_for(&self, seen: &Seen, found: &mut Reconciled) -> Result<(), SyncError> {
        let mut after = 0;
        loop {
            let rows = self.inner.sql.stored_after(&self.inner.texts, after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for row in &rows {
                let Some(key) = &row.key else { continue };
                let wanted = self.inner.wanted(key, Some(row.expires));
                if matches!(wanted, Wanted::Touch(_)) && !seen.hashes.contains(&seen.hash(key)) {
                    found.missing += 1;
                    self.inner.sql.send_again(&self.inner.texts, key).await?;
                }
            }
        }
    }
}
