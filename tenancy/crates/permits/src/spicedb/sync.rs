//! Brings SpiceDB up to date.

use super::client::{Precondition, Update};
use super::engine::{Inner, SpiceDbEngine};
use super::error::{SpiceDbError, SyncError};
use super::lease::Lease;
use crate::Relationship;
use crate::relationship_check::{for_delete, for_write};
use crate::sql::outbox::{Key, Line, from_seconds, to_seconds};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{Mutex, MutexGuard};

/// How many lines of the outbox are sent at once. SpiceDB takes 1,000 changes.
pub(super) const BATCH: i64 = 500;

/// How often another writer may take the right to write in one run.
const MOST_LOST: u32 = 5;

/// How long SpiceDB may take for a write.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends what changed in the database to SpiceDB.
///
/// One worker of a service is enough. Several are safe, and take the right to write from each other. A worker that is
/// stopped anywhere, and a write whose outcome is not known, lose nothing and double nothing: a line leaves the outbox
/// after SpiceDB confirmed what is stored of its relationship.
#[derive(Clone)]
pub struct SpiceDbSync {
    pub(super) inner: Arc<Inner>,
    /// One run at a time. `None`: another writer may have the right.
    lease: Arc<Mutex<Option<Lease>>>,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Synced {
    /// Lines of the outbox that SpiceDB knows of now.
    pub sent: u64,
    /// Lines that stay in the outbox: SpiceDB cannot hold their relationships, or refuses them. A check that one of them
    /// may matter to is answered by the database.
    pub left: u64,
}

/// How far SpiceDB is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SyncLag {
    /// Lines in the outbox.
    pub waiting: u64,
    /// The age of the oldest line, in whole seconds.
    pub oldest: Duration,
}

/// What SpiceDB should hold of a key.
pub(super) enum Wanted {
    Touch(Relationship),
    Delete(Relationship),
    /// SpiceDB cannot hold it, and it has no effect in the database either.
    Nothing,
    /// SpiceDB cannot hold it, and it has an effect in the database.
    Left,
}

impl SpiceDbEngine {
    /// Returns the worker's side.
    #[must_use]
    pub fn sync(&self) -> SpiceDbSync {
        SpiceDbSync { inner: Arc::clone(&self.inner), lease: Arc::default() }
    }
}

impl fmt::Debug for SpiceDbSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpiceDbSync").finish_non_exhaustive()
    }
}

impl SpiceDbSync {
    /// Runs until it is dropped: sends what changes, at once after a write of this process's engine, and after `every`
    /// otherwise. When it has waited so long, it also looks whether SpiceDB still has the model. At the first start, and
    /// for an empty SpiceDB, it calls [`reconcile`](Self::reconcile). What fails is logged and tried again.
    ///
    /// Run it in each process that asks, or in one that writes: the model is looked at for the engine of this process.
    pub async fn run(&self, every: Duration) {
        let engine = SpiceDbEngine { inner: Arc::clone(&self.inner) };
        loop {
            if let Err(error) = self.catch_up().await {
                tracing::warn!(code = sync_code(&error), "SpiceDB is not up to date");
            }
            if tokio::time::timeout(every, self.inner.wake.notified()).await.is_err()
                && let Err(error) = engine.verify().await
            {
                tracing::error!(%error, "SpiceDB and this program do not fit");
            }
        }
    }

    /// Sends what changed, and compares both sides where that is demanded: at the first start, and for an empty SpiceDB.
    async fn catch_up(&self) -> Result<(), SyncError> {
        self.drain().await?;
        if !self.inner.sql.demands(&self.inner.texts).await?.is_empty() {
            let found = self.reconcile().await?;
            tracing::info!(extra = found.extra, missing = found.missing, different = found.different, "compared");
        }
        Ok(())
    }

    /// Sends all that the outbox has.
    ///
    /// # Errors
    /// When the database or SpiceDB does not do as asked. What was not sent stays in the outbox.
    pub async fn drain(&self) -> Result<Synced, SyncError> {
        let mut lease = self.lease.lock().await;
        self.drain_with(&mut lease).await
    }

    /// Returns how far SpiceDB is behind.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lag(&self) -> Result<SyncLag, SyncError> {
        let waiting = self.inner.sql.waiting(&self.inner.texts).await?;
        Ok(SyncLag { waiting: waiting.lines, oldest: waiting.oldest })
    }

    pub(super) async fn locked(&self) -> MutexGuard<'_, Option<Lease>> {
        self.lease.lock().await
    }

    pub(super) async fn drain_with(&self, lease: &mut Option<Lease>) -> Result<Synced, SyncError> {
        let (mut after, mut synced, mut lost) = (0, Synced::default(), 0);
        loop {
            // Before the lines are read: what another writer does from here on, this one's writes notice.
            let condition = self.condition(lease).await?;
            let lines = self.inner.sql.outbox(&self.inner.texts, after, BATCH).await?;
            let Some(last) = lines.last().map(|line| line.id) else { return Ok(synced) };
            match self.send(&lines, condition).await {
                Ok(sent) => {
                    synced.sent += sent;
                    synced.left += lines.len() as u64 - sent;
                    after = last;
                }
                Err(error) => {
                    // Whether SpiceDB did it is not known, or another writer has the right. Under a new right nothing of
                    // the old one arrives.
                    *lease = None;
                    lost += 1;
                    if lost == MOST_LOST || !matches!(error, SyncError::SpiceDb(SpiceDbError::Precondition { .. })) {
                        return Err(error);
                    }
                }
            }
        }
    }

    pub(super) async fn condition(&self, lease: &mut Option<Lease>) -> Result<Precondition, SyncError> {
        let held = match lease.take() {
            Some(held) => held,
            None => Lease::take(&self.inner, patience()).await?,
        };
        let condition = held.condition();
        *lease = Some(held);
        Ok(condition)
    }

    /// Sends what is stored of the lines' relationships now, and takes the lines out of the outbox. Returns how many.
    async fn send(&self, lines: &[Line], condition: Precondition) -> Result<u64, SyncError> {
        let inner = &self.inner;
        let mut of: HashMap<&Key, Vec<i64>> = HashMap::new();
        for line in lines {
            // What has no readable names stays.
            if let Some(key) = &line.key {
                of.entry(key).or_default().push(line.id);
            }
        }
        let keys: Vec<&Key> = of.keys().copied().collect();
        let stored = inner.sql.stored_of(&keys).await?;
        let (mut updates, mut done) = (Vec::new(), Vec::new());
        for (key, stored) in keys.into_iter().zip(stored) {
            let ids = of.get(key).cloned().unwrap_or_default();
            match inner.wanted(key, stored) {
                Wanted::Touch(relationship) => updates.push((ids, Update { touch: true, relationship })),
                Wanted::Delete(relationship) => updates.push((ids, Update { touch: false, relationship })),
                Wanted::Nothing => done.extend(ids),
                Wanted::Left => {}
            }
        }
        done.extend(self.write(updates, &[condition]).await?);
        if !done.is_empty() {
            inner.sql.acknowledge(&inner.texts, &done).await?;
        }
        Ok(done.len() as u64)
    }

    /// Writes all at once, and one by one what SpiceDB refuses as a whole. Returns the ids of what it took.
    async fn write(
        &self,
        updates: Vec<(Vec<i64>, Update)>,
        conditions: &[Precondition],
    ) -> Result<Vec<i64>, SyncError> {
        if updates.is_empty() {
            return Ok(Vec::new());
        }
        let client = &self.inner.client;
        let all: Vec<Update> = updates.iter().map(|(_, update)| update.clone()).collect();
        match client.write(&all, conditions, patience()).await {
            Ok(()) => return Ok(updates.into_iter().flat_map(|(ids, _)| ids).collect()),
            Err(SpiceDbError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let mut taken = Vec::new();
        for (ids, update) in updates {
            match client.write(&[update], conditions, patience()).await {
                Ok(()) => taken.extend(ids),
                Err(error @ SpiceDbError::Refused { .. }) => {
                    tracing::warn!(code = error.code(), "SpiceDB refuses a relationship, which stays in the outbox");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(taken)
    }
}

impl Inner {
    /// What SpiceDB should hold, where `stored` is what the database does: nothing, or the expiry.
    pub(super) fn wanted(&self, key: &Key, stored: Option<Option<i64>>) -> Wanted {
        // Of a type above organizations, what an organization has stored has no effect; SpiceDB has one object for all.
        if self.ids.is_shared(key.resource.kind()) && key.organization.is_some() {
            return Wanted::Nothing;
        }
        let expires_at = stored.flatten().and_then(from_seconds);
        let Some(relationship) = self.ids.relationship(key, expires_at) else {
            return if stored.is_some() { Wanted::Left } else { Wanted::Nothing };
        };
        let model = self.sql.model();
        // The model speaks of the names that the database has.
        let named = |expires_at| Relationship {
            resource: key.resource.clone(),
            relation: key.relation.clone(),
            subject: key.subject.clone(),
            expires_at,
        };
        if for_delete(model, &named(None)).is_err() {
            return Wanted::Nothing;
        }
        let ends = stored.flatten().is_some_and(|expires| expires <= to_seconds(SystemTime::now()));
        if stored.is_none() || ends || for_write(model, &named(expires_at)).is_err() {
            return Wanted::Delete(Relationship { expires_at: None, ..relationship });
        }
        Wanted::Touch(relationship)
    }
}

pub(super) fn patience() -> Instant {
    Instant::now() + PATIENCE
}

fn sync_code(error: &SyncError) -> &'static str {
    match error {
        SyncError::Database(error) => error.code(),
        SyncError::SpiceDb(error) => error.code(),
    }
}
