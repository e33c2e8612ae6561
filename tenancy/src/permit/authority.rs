//! The permit authority: the one way to a permit.

use super::action::sealed::Object as _;
use super::action::{Action, AskedInOrganization};
use super::denied::Denied;
use super::engine::{Answer, Decision, EngineError, PermissionEngine, Question};
use super::token::Permit;
use crate::identity::Request;
use crate::isolation::{AuthorityId, OrgScope};
use crate::scope_error::ScopeError;
use futures_core::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long an engine may take, unless set.
const ENGINE_TIMEOUT: Duration = Duration::from_millis(250);

/// How long a permit is valid at most, counted from the question.
pub(super) const LIFE: Duration = Duration::from_secs(5);

/// How many ids a list may have, unless set.
const LIST_LIMIT: usize = 10_000;

/// Asks an engine and issues permits.
///
/// A second authority is easy to make and worth nothing: a [`TenantDb`](crate::TenantDb) trusts the one that its builder was given
/// ([`permits`](crate::db::TenantDbBuilder::permits)), and refuses the permits of every other, so an engine of a dependency that
/// always answers yes runs nothing (`tenancy/tests/wall_one/permits`).
///
/// Cloning it is cheap, and the clone is the same authority.
#[derive(Clone)]
pub struct PermitAuthority {
    pub(super) engine: Arc<dyn PermissionEngine>,
    pub(super) id: AuthorityId,
    pub(super) timeout: Duration,
    pub(super) life: Duration,
    pub(super) list_limit: usize,
    /// Whether an answer without an epoch is refused.
    epochs: bool,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    allowed: AtomicU64,
    denied: AtomicU64,
    unanswered: AtomicU64,
}

/// The future of a permit.
pub type PermitFuture<'a, 's, A, B = Request> = BoxFuture<'a, Result<Permit<'s, A, B>, Denied>>;

/// The future of several permits.
pub type PermitsFuture<'a, 's, A, B = Request> = BoxFuture<'a, Result<Vec<Result<Permit<'s, A, B>, Denied>>, Denied>>;

/// How many questions were answered how, since the authority was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermitCounts {
    /// Questions that were answered with yes.
    pub allowed: u64,
    /// Questions that were answered with no, or conditionally.
    pub denied: u64,
    /// Questions without an answer: denied too.
    pub unanswered: u64,
}

impl PermitAuthority {
    /// An authority that asks `engine`, and waits 250 ms for each answer.
    pub fn new(engine: impl PermissionEngine) -> Self {
        let engine = Arc::new(engine);
        Self {
            engine,
            id: AuthorityId::fresh(),
            timeout: ENGINE_TIMEOUT,
            life: LIFE,
            list_limit: LIST_LIMIT,
            epochs: true,
            counts: Arc::default(),
        }
    }

    /// How long an answer may take; 250 ms unless set. Afterwards the action is denied.
    #[must_use]
    pub fn engine_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a permit is valid, counted from the question; 5 s unless set, and not longer.
    #[must_use]
    pub fn permit_life(mut self, life: Duration) -> Self {
        self.life = life.min(LIFE);
        self
    }

    pub(crate) fn id(&self) -> AuthorityId {
        self.id
    }

    /// Takes a permit apart, for a function that demands one: the action, when this authority issued the permit, and neither it nor
    /// its scope has ended.
    ///
    /// A statement binds the object to the scope's organization, and so does a row that your function reads through the scope. This
    /// does not.
    ///
    /// # Errors
    /// [`ScopeError::OtherPermitAuthority`], [`ScopeError::PermitExpired`], and those of [`OrgScope::check`].
    pub fn spend<A: Action, B>(&self, permit: Permit<'_, A, B>) -> Result<A, ScopeError> {
        permit.scope().check()?;
        let (action, claim) = permit.into_parts();
        if !claim.is_of(self.id) {
            return Err(ScopeError::OtherPermitAuthority);
        }
        claim.check_end()?;
        Ok(action)
    }

    /// Issues permits without an epoch, from an engine that has none: a revocation between the check and the statement is then not
    /// noticed. For tests of handlers; `reason` is for the reviewer, and an empty one changes nothing.
    #[must_use]
    pub fn without_epochs(mut self, reason: &'static str) -> Self {
        self.epochs = reason.trim().is_empty();
        self
    }

    /// Returns how many questions were answered how.
    #[must_use]
    pub fn counts(&self) -> PermitCounts {
        let Counts { allowed, denied, unanswered } = &*self.counts;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        PermitCounts { allowed: read(allowed), denied: read(denied), unanswered: read(unanswered) }
    }

    /// Asks whether the scope's subject may do `action`, and returns the permit for it.
    ///
    /// The question is answered from the relationships as they are now: no answer is kept.
    ///
    /// # Errors
    /// [`Denied::NotPermitted`] when the engine says no, or that it depends; [`Denied::Unavailable`] when it does not answer in time
    /// or fails; [`Denied::Scope`] when the scope ended, before or while the engine was asked.
    pub fn require<'a, 's: 'a, A, B>(&'a self, scope: &'s OrgScope<B>, action: A) -> PermitFuture<'a, 's, A, B>
    where
        A: Action<Level: AskedInOrganization>,
    {
        // Not an `async fn`: the compiler would report an action of another level three times.
        Box::pin(self.decide(scope, action))
    }

    /// Asks about several objects at once, and returns an answer for each, in the order of `actions`: a permit, or why there is none.
    ///
    /// # Errors
    /// [`Denied::Unavailable`] when the engine does not answer all of the questions, and [`Denied::Scope`] when the scope ended: there
    /// is no permit then, for none of the objects.
    pub fn require_each<'a, 's: 'a, A, B>(
        &'a self,
        scope: &'s OrgScope<B>,
        actions: Vec<A>,
    ) -> PermitsFuture<'a, 's, A, B>
    where
        A: Action<Level: AskedInOrganization>,
    {
        Box::pin(self.decide_each(scope, actions))
    }

    async fn decide<'s, A: Action, B>(&self, scope: &'s OrgScope<B>, action: A) -> Result<Permit<'s, A, B>, Denied> {
        let mut permits = self.decide_each(scope, vec![action]).await?;
        permits.pop().unwrap_or(Err(Denied::NotPermitted))
    }

    async fn decide_each<'s, A: Action, B>(
        &self,
        scope: &'s OrgScope<B>,
        actions: Vec<A>,
    ) -> Result<Vec<Result<Permit<'s, A, B>, Denied>>, Denied> {
        scope.life().check()?;
        let asked = Instant::now();
        let ids: Vec<_> = actions.iter().map(|action| action.object().id(scope.facts().org)).collect();
        // A later answer would give a permit that has ended.
        let deadline = asked + self.timeout.min(LIFE);
        let questions = ids.iter().map(|object_id| Question {
            object_type: A::OBJECT_TYPE,
            object_id,
            permission: A::PERMISSION,
            subject: &scope.facts().subject,
            organization: scope.facts().org,
            below_organization: A::Object::BELOW,
            deadline,
        });
        let questions: Vec<_> = questions.collect();
        let decisions = self.ask(&questions, deadline).await?;
        // The scope may have ended while the engine was asked.
        scope.life().check()?;
        let permits = actions.into_iter().zip(decisions).map(|(action, decision)| match decision.answer {
            Answer::Yes => Ok(Permit::issue(action, scope, self.id, asked + self.life, decision.epoch)),
            Answer::No | Answer::Conditional => Err(Denied::NotPermitted),
        });
        Ok(permits.collect())
    }

    /// What the engine answers before the deadline.
    pub(super) async fn answered<T>(
        &self,
        deadline: Instant,
        answer: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let answered = tokio::time::timeout_at(deadline.into(), answer).await.unwrap_or(Err(EngineError::TimedOut));
        // An engine that blocks its thread is not interrupted.
        if answered.is_ok() && Instant::now() > deadline { Err(EngineError::TimedOut) } else { answered }
    }

    /// A list without an answer, counted.
    pub(super) fn unanswered(&self, error: EngineError) -> Denied {
        self.counts.unanswered.fetch_add(1, Ordering::Relaxed);
        match error {
            EngineError::TooMany { limit } => Denied::TooMany { limit },
            error => Denied::Unavailable(error),
        }
    }

    /// One decision for each question, counted.
    async fn ask(&self, questions: &[Question<'_>], deadline: Instant) -> Result<Vec<Decision>, Denied> {
        let answers = async {
            match questions {
                [question] => Ok(vec![self.engine.check(*question).await?]),
                several => self.engine.check_each(several).await,
            }
        };
        let answered = self.answered(deadline, answers).await;
        let Counts { allowed, denied, unanswered } = &*self.counts;
        let add = |count: &AtomicU64, number: usize| count.fetch_add(number as u64, Ordering::Relaxed);
        match answered {
            Ok(decisions) if self.epochs && decisions.iter().any(|decision| decision.epoch.is_none()) => {
                add(unanswered, questions.len());
                Err(Denied::Unavailable(EngineError::Malformed("an answer without an epoch: see `without_epochs`")))
            }
            Ok(decisions) if decisions.len() == questions.len() => {
                let yes = decisions.iter().filter(|decision| decision.answer == Answer::Yes).count();
                add(allowed, yes);
                add(denied, decisions.len() - yes);
                Ok(decisions)
            }
            Ok(_) => {
                add(unanswered, questions.len());
                Err(Denied::Unavailable(EngineError::Malformed("another number of answers than of questions")))
            }
            // No object has such an id, and clients choose ids.
            Err(EngineError::InvalidId) => {
                add(denied, questions.len());
                Err(Denied::NotPermitted)
            }
            Err(error) => {
                add(unanswered, questions.len());
                Err(Denied::Unavailable(error))
            }
        }
    }
}

impl fmt::Debug for PermitAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitAuthority").field("counts", &self.counts()).finish_non_exhaustive()
    }
}
