//! Answers that are kept, and are never older than a revocation.

use crate::sql::SqlEngine;
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tenancy::permit::{
    Answer, Decision, DecisionsFuture, EngineError, EngineFuture, ListQuestion, ListedFuture, PermissionEngine,
    Question, subject_id,
};
use uuid::Uuid;

/// How long an answer is kept, unless set.
const MAX_AGE: Duration = Duration::from_secs(1);

/// Keeps the answer yes of another engine for as long as nothing was revoked. Nothing is kept unless you put it around an engine.
///
/// Each question reads the organization's epochs first, with one statement of the database. A kept answer counts while both are the
/// same: every write that may take a permission away raises one of them in its own transaction. So a revocation is effective at the
/// next question, as without the cache, and a permitted statement compares the epoch as ever.
///
/// Only yes is kept: a write that grants something raises no epoch, and counts at the next question too. What ends by itself, a
/// relationship with an expiration, raises none either; an answer is therefore kept for 1 s at most (`max_age`).
///
/// It saves what the engine costs beyond the epochs: a question to SpiceDB, or a permission over many relationships. `SqlEngine`
/// reads answer and epochs with one statement, so that a short permission takes as long with the cache as without.
pub struct CachedEngine<E> {
    engine: E,
    epochs: SqlEngine,
    answers: Cache<Key, Instant>,
    max_age: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// All that decides, each part of its own.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    object_type: &'static str,
    object_id: String,
    permission: &'static str,
    subject: String,
    organization: Uuid,
    below_organization: bool,
    epochs: (i64, i64),
}

/// How many questions found a kept answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheCounts {
    /// Answered by a kept answer.
    pub hits: u64,
    /// Answered by the engine.
    pub misses: u64,
}

impl<E: PermissionEngine> CachedEngine<E> {
    /// Keeps up to `answers` answers of `engine`. `epochs` is the engine of the database that the relationships are stored in; for
    /// SpiceDB, the one that SpiceDB is a copy of.
    pub fn new(engine: E, epochs: SqlEngine, answers: usize) -> Self {
        let answers = Cache::new(answers);
        Self { engine, epochs, answers, max_age: MAX_AGE, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// How long an answer is kept, from the question on; 1 s unless set, and 5 s at most. A relationship that expires meanwhile still
    /// counts.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age.min(Duration::from_secs(5));
        self
    }

    /// Returns how many questions found a kept answer, since the cache was made.
    #[must_use]
    pub fn counts(&self) -> CacheCounts {
        CacheCounts { hits: self.hits.load(Ordering::Relaxed), misses: self.misses.load(Ordering::Relaxed) }
    }

    async fn answer(&self, question: Question<'_>) -> Result<Decision, EngineError> {
        let asked = Instant::now();
        let organization = *question.organization.as_uuid();
        let epochs = self.epochs.epochs(organization, question.deadline).await.map_err(crate::engine::error)?;
        let key = Key {
            object_type: question.object_type,
            object_id: question.object_id.to_owned(),
            permission: question.permission,
            subject: subject_id(question.subject),
            organization,
            below_organization: question.below_organization,
            epochs,
        };
        if self.answers.get(&key).is_some_and(|since| since.elapsed() < self.max_age) {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(Decision { answer: Answer::Yes, epoch: Some(epochs.0) });
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let decision = self.engine.check(question).await?;
        // An answer of another epoch belongs to the questions of that epoch.
        if decision.answer == Answer::Yes && decision.epoch == Some(epochs.0) {
            self.answers.insert(key, asked);
        }
        Ok(decision)
    }
}

impl<E: PermissionEngine> PermissionEngine for CachedEngine<E> {
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
        Box::pin(self.answer(question))
    }

    /// By the engine: several questions at once are one of its own.
    fn check_each<'a>(&'a self, questions: &'a [Question<'a>]) -> DecisionsFuture<'a> {
        self.engine.check_each(questions)
    }

    /// By the engine.
    fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
        self.engine.list(question)
    }
}

impl<E> fmt::Debug for CachedEngine<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedEngine").field("max_age", &self.max_age).finish_non_exhaustive()
    }
}
