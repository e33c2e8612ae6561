//! How a service comes to its keys: it asks for statements again and again, and once more when it meets a key that it
//! does not know.

use super::keyset::KeyRing;
use futures_core::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// The statements could not be fetched. The keys that are known stay until their time is over.
#[derive(Debug, thiserror::Error)]
#[error("the key statements could not be fetched")]
pub struct StatementSourceError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl StatementSourceError {
    /// For this reason, which is logged.
    pub fn new(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(why.into())
    }
}

/// Where the gateways' current key statements are: [`HttpStatements`](super::HttpStatements) asks the gateways. It is
/// trusted with nothing but to be there: what it says is signed by a root key, dated and numbered.
pub trait StatementSource: Send + Sync + 'static {
    /// The current statement of each gateway process that answers.
    ///
    /// # Errors
    /// When none does.
    fn statements(&self) -> BoxFuture<'_, Result<Vec<String>, StatementSourceError>>;
}

/// A service's keys. Cloning gives the same keys.
#[derive(Clone)]
pub struct ServiceKeys(Arc<Keys>);

struct Keys {
    ring: KeyRing,
    source: Box<dyn StatementSource>,
    every: Duration,
    /// The least time between two questions that unknown keys cause, in seconds.
    /// When an unknown key last caused one, in seconds since 1970.
    asked: Mutex<Option<SystemTime>>,
    /// How often that was answered.
    times: AtomicU64,
}

/// More statements than this from one answer are not read.
const MOST: usize = 256;

impl ServiceKeys {
    /// Keys for `ring` from `source`, asked for every 15 s.
    pub fn new(ring: KeyRing, source: impl StatementSource) -> Self {
        Self::asked_every(ring, source, Duration::from_secs(15))
    }

    /// Keys for `ring` from `source`, asked for this often, in whole seconds, at least 1 s. Let gateways publish a key for
    /// at least twice as long before they sign with it.
    ///
    /// A key that is not known causes one question more, at most once in that time.
    pub fn asked_every(ring: KeyRing, source: impl StatementSource, every: Duration) -> Self {
        let every = every.max(Duration::from_secs(1));
        Self(Arc::new(Keys {
            ring,
            source: Box::new(source),
            every,
            asked: Mutex::new(None),
            times: AtomicU64::new(0),
        }))
    }

    pub(super) fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    /// Asks for the statements, at `now`, and takes what holds; returns how many did.
    ///
    /// # Errors
    /// When the source does not answer.
    pub async fn refresh(&self, now: SystemTime) -> Result<usize, StatementSourceError> {
        let statements = self.0.source.statements().await?;
        let mut taken = 0;
        for statement in statements.iter().take(MOST) {
            match self.0.ring.accept(statement, now) {
                Ok(()) => taken += 1,
                Err(refused) => {
                    tracing::error!(target: "tenancy::service", %refused, "a key statement was refused");
                }
            }
        }
        Ok(taken)
    }

    /// Asks again and again, for as long as it is polled: spawn it. A source that does not answer is logged and asked again.
    pub async fn keep_fresh(self) {
        loop {
            if let Err(failure) = self.refresh(SystemTime::now()).await {
                log(&failure);
            }
            tokio::time::sleep(self.0.every).await;
        }
    }

    /// How many questions were answered. A caller that looks for a key reads this first.
    pub(super) fn answers(&self) -> u64 {
        self.0.times.load(Ordering::Acquire)
    }

    /// Asks because a caller met a key that is not known, having `met` so many answers before; `false` when the last such
    /// question is too recent. A caller that looked before an answer came, or comes while another one asks, has that answer.
    pub(super) async fn ask_again(&self, met: u64, now: SystemTime) -> bool {
        let mut asked = self.0.asked.lock().await;
        if self.answers() != met {
            return true;
        }
        // A clock that was set back is no reason to wait for as long.
        if asked.is_some_and(|last| now.duration_since(last).is_ok_and(|since| since < self.0.every)) {
            return false;
        }
        *asked = Some(now);
        if let Err(failure) = self.refresh(now).await {
            log(&failure);
        }
        self.0.times.fetch_add(1, Ordering::Release);
        true
    }
}

fn log(failure: &StatementSourceError) {
    let why = std::error::Error::source(failure).map(ToString::to_string);
    tracing::error!(target: "tenancy::service", why, "the key statements could not be fetched");
}

impl fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceKeys").field("ring", &self.0.ring).field("every", &self.0.every).finish_non_exhaustive()
    }
}
