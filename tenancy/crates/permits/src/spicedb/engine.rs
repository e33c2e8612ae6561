//! The engine: the database's epoch first, then SpiceDB's answer.

use super::breaker::Breaker;
use super::client::{Client, Item, Verdict};
use super::error::SpiceDbError;
use super::ids::Ids;
use super::plan::{AskError, Asked, Plans, Questions};
use super::settings::SpiceDbBuilder;
use crate::SubjectRef;
use crate::engine::{error as database_error, named};
use crate::sql::outbox::{Gate, Texts};
use crate::sql::{Change, DeletedOrganization, SchemaError, SqlEngine, WriteError, Written};
use secrecy::SecretString;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tenancy::permit::{
    Answer, Decision, DecisionsFuture, EngineError, EngineFuture, ListQuestion, ListedFuture, PermissionEngine,
    Question,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// One try of a read. On the heap, so that the compiler sees that it may move between threads.
pub(super) type Reading<'r, T> = Pin<Box<dyn Future<Output = Result<T, SpiceDbError>> + Send + 'r>>;

/// How many questions one request has.
const BATCH: usize = 1_000;

/// How often a read is tried in all, while SpiceDB is unavailable and there is time.
const TRIES: u32 = 3;

/// How long before the second try; twice as long before the third.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Answers of SpiceDB, from a copy of the relationships in the service's own database. See the [module](super).
///
/// Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct SpiceDbEngine {
    pub(super) inner: Arc<Inner>,
}

/// What clones share.
pub(super) struct Inner {
    pub(super) sql: SqlEngine,
    pub(super) texts: Texts,
    pub(super) client: Client,
    pub(super) ids: Ids,
    pub(super) plans: Plans,
    pub(super) schema: String,
    pub(super) breaker: Breaker,
    pub(super) timeout: Duration,
    pub(super) verified: AtomicBool,
    /// Wakes the worker of this process.
    pub(super) wake: Notify,
    pub(super) counts: Counts,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    answered: AtomicU64,
    by_database: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
}

/// How questions were answered, since the engine was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpiceDbCounts {
    /// Requests that SpiceDB answered.
    pub answered: u64,
    /// Requests that the database answered, since SpiceDB did not know of a revocation yet.
    pub by_database: u64,
    /// Requests without an answer.
    pub failed: u64,
    /// Further tries of a request, while SpiceDB was unavailable.
    pub retried: u64,
}

impl SpiceDbEngine {
    /// Returns a builder. `address` is `https://host:port`, or `http://` on this machine; `key` is the one that the
    /// server was started with.
    pub fn builder(sql: SqlEngine, address: impl Into<String>, key: SecretString) -> SpiceDbBuilder {
        SpiceDbBuilder::new(sql, address.into(), key)
    }

    /// Returns the engine on the service's database.
    #[must_use]
    pub fn sql(&self) -> &SqlEngine {
        &self.inner.sql
    }

    /// Makes the outbox beside the tables of permissions, and puts every stored relationship into it. Returns whether it
    /// was missing. It may run at every start, after [`SqlEngine::migrate`]. On PostgreSQL it needs the role that owns
    /// the tables; see [`postgres_script`](super::postgres_script).
    ///
    /// # Errors
    /// When the outbox is newer than this program, or the database reports an error. Nothing is left half-done.
    pub async fn migrate(&self) -> Result<bool, SchemaError> {
        self.inner.sql.make_outbox(&self.inner.texts).await
    }

    /// Takes the outbox away, for a service that no longer uses SpiceDB: without a worker it would grow. No
    /// `SpiceDbEngine` of the database answers afterwards, until [`migrate`](Self::migrate) makes it again. On PostgreSQL
    /// it needs the role that owns the tables.
    ///
    /// # Errors
    /// When the database reports an error.
    pub async fn remove_outbox(&self) -> Result<(), SchemaError> {
        self.inner.sql.remove_outbox().await
    }

    /// Writes to the database, as [`SqlEngine::write`] does, and wakes the worker of this process. A write that goes
    /// another way reaches SpiceDB too, once the worker looks again.
    ///
    /// # Errors
    /// As [`SqlEngine::write`].
    pub async fn write(&self, changes: &[Change], by: &str, reason: &str) -> Result<Written, WriteError> {
        let written = self.inner.sql.write(changes, by, reason).await;
        self.inner.wake.notify_one();
        written
    }

    /// Deletes an organization, as [`SqlEngine::delete_organization`] does, and wakes the worker of this process. SpiceDB
    /// has the relationships until the worker has deleted them; nothing is answered from them meanwhile.
    ///
    /// # Errors
    /// As [`SqlEngine::delete_organization`].
    pub async fn delete_organization(
        &self,
        organization: Uuid,
        by: &str,
        reason: &str,
    ) -> Result<DeletedOrganization, WriteError> {
        let deleted = self.inner.sql.delete_organization(organization, by, reason).await;
        self.inner.wake.notify_one();
        deleted
    }

    /// Returns how questions were answered.
    #[must_use]
    pub fn counts(&self) -> SpiceDbCounts {
        let Counts { answered, by_database, failed, retried } = &self.inner.counts;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        SpiceDbCounts {
            answered: read(answered),
            by_database: read(by_database),
            failed: read(failed),
            retried: read(retried),
        }
    }

    /// When an answer to a question with this deadline comes too late.
    pub(super) fn until(&self, deadline: Instant) -> Instant {
        deadline.min(Instant::now() + self.inner.timeout)
    }

    /// Runs a read of SpiceDB, again while SpiceDB is unavailable and there is time.
    pub(super) async fn read<'r, T>(
        &self,
        deadline: Instant,
        read: impl Fn() -> Reading<'r, T>,
    ) -> Result<T, SpiceDbError> {
        let mut tries = 1;
        loop {
            let exchange = self.inner.breaker.begin(deadline)?;
            let answer = read().await;
            match &answer {
                Err(error) if is_failure(error) => exchange.failed(),
                _ => exchange.answered(),
            }
            let wait = BETWEEN_TRIES * tries;
            let again = matches!(answer, Err(SpiceDbError::Unavailable { .. }));
            if !again || tries == TRIES || Instant::now() + wait >= deadline {
                return answer;
            }
            self.inner.counts.retried.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    async fn decide(&self, questions: &[Question<'_>]) -> Result<Vec<Decision>, EngineError> {
        let Some(first) = questions.first() else { return Ok(Vec::new()) };
        self.is_answerable(first)?;
        let same = |other: &Question<'_>| {
            let names = (other.object_type, other.permission, other.organization, other.below_organization);
            names == (first.object_type, first.permission, first.organization, first.below_organization)
                && other.subject == first.subject
        };
        if !questions.iter().all(same) {
            return Err(EngineError::Malformed("questions that differ in more than the object's id"));
        }
        let deadline = self.until(first.deadline);
        let organization = *first.organization.as_uuid();
        // Before SpiceDB is asked: what is revoked later raises this epoch, and the permitted statement compares it.
        let gate = self.inner.sql.gate(&self.inner.texts, organization, deadline).await.map_err(database_error)?;
        if gate.behind {
            self.inner.counts.by_database.fetch_add(1, Ordering::Relaxed);
            return by_database(&self.inner.sql, questions).await;
        }
        self.by_spicedb(questions, gate, deadline).await
    }

    /// # Errors
    /// Before the start was verified, and for what the model lacks.
    fn is_answerable(&self, question: &Question<'_>) -> Result<(), EngineError> {
        if !self.inner.verified.load(Ordering::Acquire) {
            return Err(EngineError::Model(
                "SpiceDB's schema is not verified: call `SpiceDbEngine::verify`".to_owned(),
            ));
        }
        let definition = self.inner.sql.model().definition(question.object_type);
        if definition.is_some_and(|definition| definition.has(question.permission)) {
            return Ok(());
        }
        let lacks = format!("the model has no permission `{}#{}`", question.object_type, question.permission);
        Err(EngineError::Model(lacks))
    }

    async fn by_spicedb(
        &self,
        questions: &[Question<'_>],
        gate: Gate,
        deadline: Instant,
    ) -> Result<Vec<Decision>, EngineError> {
        let inner = &self.inner;
        let (mut asked, mut formulas) = (Questions::default(), Vec::with_capacity(questions.len()));
        for question in questions {
            let (resource, subject) = named(question)?;
            let organization = *question.organization.as_uuid();
            let SubjectRef::Object(person) = subject else { return Err(EngineError::InvalidId) };
            let person = inner.ids.object(Some(organization), &person).ok_or(EngineError::InvalidId)?;
            let asking = Asked {
                organization,
                resource: &resource,
                permission: question.permission,
                subject: &SubjectRef::Object(person),
                given: question.below_organization,
                deadline,
            };
            let formula = inner.plans.ask((&inner.sql, &inner.ids), &asking, &mut asked).await;
            formulas.push(formula.map_err(|error| match error {
                AskError::Database(error) => database_error(error),
                AskError::Unnamed => EngineError::InvalidId,
            })?);
        }
        let answers = self.answers(&asked.items, deadline).await?;
        let decisions = formulas.iter().map(|formula| {
            let answer = match formula.verdict(&answers) {
                Some(Verdict::Yes) => Answer::Yes,
                Some(Verdict::No) => Answer::No,
                Some(Verdict::Conditional) => Answer::Conditional,
                None => return Err(EngineError::Malformed("an answer is missing")),
            };
            Ok(Decision { answer, epoch: Some(gate.epoch) })
        });
        decisions.collect()
    }

    async fn answers(&self, items: &[Item], deadline: Instant) -> Result<Vec<Verdict>, EngineError> {
        let mut answers = Vec::with_capacity(items.len());
        for batch in items.chunks(BATCH) {
            let answered = self.read(deadline, || Box::pin(self.inner.client.check(batch, deadline))).await;
            self.count(answered.as_ref().err());
            answers.extend(answered.map_err(engine_error)?);
        }
        Ok(answers)
    }

    pub(super) fn count(&self, failed: Option<&SpiceDbError>) {
        let Counts { answered, failed: failures, .. } = &self.inner.counts;
        match failed {
            None => answered.fetch_add(1, Ordering::Relaxed),
            Some(error) => {
                tracing::warn!(code = error.code(), "SpiceDB gave no answer");
                failures.fetch_add(1, Ordering::Relaxed)
            }
        };
    }
}

impl fmt::Debug for SpiceDbEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpiceDbEngine").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

/// The type of people is `user`.
impl PermissionEngine for SpiceDbEngine {
    fn check<'a>(&'a self, question: Question<'a>) -> EngineFuture<'a> {
        Box::pin(async move {
            let mut decisions = self.decide(&[question]).await?;
            decisions.pop().ok_or(EngineError::Malformed("an answer is missing"))
        })
    }

    /// One request for up to 1,000 different questions to SpiceDB.
    fn check_each<'a>(&'a self, questions: &'a [Question<'a>]) -> DecisionsFuture<'a> {
        Box::pin(self.decide(questions))
    }

    /// By the database, which has all relationships: SpiceDB does not say which objects follow from the organization.
    fn list<'a>(&'a self, question: ListQuestion<'a>) -> ListedFuture<'a> {
        PermissionEngine::list(self.sql(), question)
    }
}

async fn by_database(sql: &SqlEngine, questions: &[Question<'_>]) -> Result<Vec<Decision>, EngineError> {
    match questions {
        [question] => Ok(vec![PermissionEngine::check(sql, *question).await?]),
        several => sql.check_each(several).await,
    }
}

/// Whether SpiceDB itself failed, and not the question: those of one organization must not shut out others.
fn is_failure(error: &SpiceDbError) -> bool {
    match error {
        SpiceDbError::Timeout | SpiceDbError::Unavailable { .. } | SpiceDbError::Unauthenticated => true,
        SpiceDbError::Refused { code, .. } => ["Internal", "Unknown", "DataLoss"].contains(&code.as_str()),
        _ => false,
    }
}

fn engine_error(error: SpiceDbError) -> EngineError {
    match error {
        SpiceDbError::Timeout => EngineError::TimedOut,
        SpiceDbError::TooDeep => EngineError::TooDeep,
        SpiceDbError::Malformed(what) => EngineError::Malformed(what),
        other => EngineError::Failed(Box::new(other)),
    }
}
