//! A gateway process's signing keys: made here, never written down, turned by themselves.

use super::key_slot::{self, KeySlot};
use super::root_signer::{Endorser, Unendorsed};
use super::rotation::{Rotation, SigningError};
use arc_swap::ArcSwap;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tenancy::__private::unix_time;
use tenancy::scope::{Grant, GrantSigner, PublicKey, RequestContext};
use tenancy_service::__private::clock::{Clock, Time};
use tenancy_service::__private::{SignedKeySet, assertion};
use tenancy_service::KeyRing;
use tokio::sync::Mutex;
use uuid::Uuid;

/// How long an endorser may take: a caller that retires keys waits for a turn that is under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// Signing keys of one gateway process. Cloning gives the same keys.
///
/// A key is published in the statement before it signs, signs for its turn, and stays in the statement for as long as
/// something that it signed may be good. Its secret is in this process's memory alone and is dropped after its turn. A key
/// of another process, before or beside, is another gateway's.
#[derive(Clone)]
pub struct SigningKeys(Arc<SigningState>);

struct SigningState {
    plan: Rotation,
    clock: Time,
    roots: Vec<PublicKey>,
    endorser: Box<dyn Endorser>,
    process: Uuid,
    now: ArcSwap<SigningTurn>,
    /// One turn at a time.
    turning: Mutex<()>,
}

/// The keys between two turns, and what services were told of them.
#[derive(Clone, Default)]
struct SigningTurn {
    keys: Vec<KeySlot>,
    seq: u64,
    signed_at: u64,
    ends_at: u64,
    statement: Option<Arc<str>>,
}

/// Sets signing keys up; see [`SigningKeys::builder`].
#[must_use]
pub struct SigningKeysBuilder {
    plan: Rotation,
    clock: Time,
    roots: Vec<PublicKey>,
    endorser: Box<dyn Endorser>,
}

impl SigningKeysBuilder {
    /// How often a new key takes its turn, in whole seconds; 15 min unless set.
    pub fn rotate_every(mut self, time: Duration) -> Self {
        self.plan.rotate = time.as_secs();
        self
    }

    /// How long a key is published before it signs, in whole seconds; 30 s unless set. At least twice as long as services wait
    /// between two questions. A gateway that has just begun signs nothing for as long, so ask
    /// [`is_ready`](SigningKeys::is_ready) before it is given requests. With zero, services learn of its keys when they meet
    /// them, which they do once in their own interval.
    pub fn publish_before(mut self, time: Duration) -> Self {
        self.plan.lead = time.as_secs();
        self
    }

    /// How long a statement is good, in whole seconds; 15 min unless set, 1 h at most. It is signed again after a third of
    /// that. For so long the gateway serves without its endorser, and a service that has just begun believes a statement that
    /// was withdrawn and is served to it again.
    pub fn statement_life(mut self, time: Duration) -> Self {
        self.plan.life = time.as_secs();
        self
    }

    /// Another clock than the host's, for tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Time(Some(clock));
        self
    }

    /// Makes the first key and has it endorsed.
    ///
    /// # Errors
    /// When the times do not fit, the system has no randomness, or the endorser does not sign what services would take.
    pub async fn build(self) -> Result<SigningKeys, SigningError> {
        self.plan.check()?;
        let mut process = [0; 16];
        getrandom::fill(&mut process).map_err(|_| tenancy::scope::SignerError::Random)?;
        let Self { plan, clock, roots, endorser } = self;
        let (now, turning, process) = (ArcSwap::default(), Mutex::new(()), Uuid::from_bytes(process));
        let keys = SigningKeys(Arc::new(SigningState { plan, clock, roots, endorser, process, now, turning }));
        keys.rotate().await?;
        Ok(keys)
    }
}

impl SigningKeys {
    /// SigningState with which `issuer` grants for these services. `endorser` signs what is said of them, with one of `roots`.
    pub fn builder<T: Into<String>>(
        issuer: impl Into<String>,
        audiences: impl IntoIterator<Item = T>,
        endorser: impl Endorser,
        roots: impl IntoIterator<Item = PublicKey>,
    ) -> SigningKeysBuilder {
        let audiences = audiences.into_iter().map(Into::into).collect();
        SigningKeysBuilder {
            plan: Rotation::new(issuer.into(), audiences),
            clock: Time::default(),
            roots: roots.into_iter().collect(),
            endorser: Box::new(endorser),
        }
    }

    /// The current statement; `None` after everything was retired and nothing could be endorsed since.
    pub fn statement(&self) -> Option<Arc<str>> {
        self.0.current().statement.clone()
    }

    /// Answers with the current statement, for a path that only services reach:
    /// `Router::new().route("/keys", keys.route())`. `503` without one.
    pub fn route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        get(serve).with_state(self.clone())
    }

    /// Whether there is a key that services trust by now. For the probe that gives the gateway its requests.
    pub fn is_ready(&self) -> bool {
        self.signer().is_some()
    }

    /// When the first key may sign; later than now while the gateway begins.
    pub fn ready_at(&self) -> Option<SystemTime> {
        key_slot::ready_at(&self.0.current().keys).map(unix_time)
    }

    /// Does what is due: makes the next key, drops the secret of the last one, has the statement signed again.
    ///
    /// # Errors
    /// When no key can be made or the statement cannot be endorsed. Everything is then as it was, and ends in its time.
    pub async fn rotate(&self) -> Result<(), SigningError> {
        let _one = self.0.turning.lock().await;
        let now = self.0.clock.seconds();
        let last = self.0.current();
        let keys = key_slot::turned(&last.keys, &self.0.plan, now)?;
        let changed = self.0.said_of(&keys) != self.0.said_of(&last.keys);
        if changed || last.statement.is_none() || self.0.plan.is_stale(now.saturating_sub(last.signed_at)) {
            let turn = self.0.endorsed(keys, &last, now).await?;
            self.0.replace(turn);
        }
        Ok(())
    }

    /// [`rotate`](Self::rotate), again and again, for as long as it is polled: spawn it. What fails is logged and tried again.
    pub async fn keep_rotating(self) {
        loop {
            if let Err(failure) = self.rotate().await {
                tracing::error!(target: "tenancy::gateway", %failure, "the signing keys could not turn");
            }
            tokio::time::sleep(self.0.plan.step()).await;
        }
    }

    /// In an emergency: drops every key of this process at once and signs with a new one. Services refuse what the old ones
    /// signed from their next question on, which the new one causes where it comes first.
    ///
    /// # Errors
    /// When the new key cannot be endorsed. Then there is neither a key nor a statement, and nothing is granted until
    /// [`rotate`](Self::rotate) succeeds; services trust the old keys until the last statement is over.
    pub async fn retire_all(&self) -> Result<(), SigningError> {
        let _one = self.0.turning.lock().await;
        let now = self.0.clock.seconds();
        let last = self.0.current();
        self.0.replace(SigningTurn { seq: last.seq, ..SigningTurn::default() });
        let fresh = KeySlot::fresh(&self.0.plan, now)?;
        let turn = self.0.endorsed(vec![fresh], &last, now).await?;
        self.0.replace(turn);
        Ok(())
    }

    /// Signs a grant for one request, now; `None` while there is no key that services trust.
    pub(super) fn sign(&self, grant: &Grant, context: &RequestContext<'_>) -> Option<String> {
        let signer = self.signer()?;
        signer.sign_at(grant, context, self.0.clock.now()).ok()
    }

    fn signer(&self) -> Option<Arc<GrantSigner>> {
        let (turn, now) = (self.0.current(), self.0.clock.seconds());
        // What is signed after the statement is over no service takes.
        if now >= turn.ends_at { None } else { key_slot::signing(&turn.keys, now).cloned() }
    }
}

impl SigningState {
    fn current(&self) -> Arc<SigningTurn> {
        self.now.load_full()
    }

    fn replace(&self, turn: SigningTurn) {
        self.now.store(Arc::new(turn));
    }

    fn said_of(&self, keys: &[KeySlot]) -> Vec<tenancy_service::__private::StatedKey> {
        key_slot::stated(keys, &self.plan.audiences)
    }

    /// These keys with a statement that a root signed, and that services would take: it is tried on a ring of our own.
    async fn endorsed(&self, keys: Vec<KeySlot>, last: &SigningTurn, now: u64) -> Result<SigningTurn, SigningError> {
        // Numbers follow the clock, and never stand still where it does.
        let (seq, ends_at) = ((last.seq + 1).max(now), now + self.plan.life);
        let said = SignedKeySet {
            iss: self.plan.issuer.clone(),
            gtw: self.process,
            seq,
            iat: now,
            exp: ends_at,
            keys: self.said_of(&keys),
        };
        let payload = serde_json::to_vec(&said).map_err(super::root_signer::EndorseError::new)?;
        let unendorsed = Unendorsed { payload, assertion: assertion(&self.plan.issuer) };
        let endorsed = tokio::time::timeout(PATIENCE, self.endorser.endorse(&unendorsed)).await;
        let statement = endorsed.map_err(super::root_signer::EndorseError::new)??;
        let ring = KeyRing::new(&*self.plan.issuer, "", self.roots.iter().cloned());
        ring.accept(&statement, unix_time(now))?;
        Ok(SigningTurn { keys, seq, signed_at: now, ends_at, statement: Some(statement.into()) })
    }
}

/// Takes no part in anything but reading; caches would only make it old.
async fn serve(State(keys): State<SigningKeys>) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    match keys.statement() {
        Some(statement) => (headers, statement.to_string()).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, headers, "").into_response(),
    }
}

impl fmt::Debug for SigningKeysBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeysBuilder").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys").field("plan", &self.0.plan).finish_non_exhaustive()
    }
}
