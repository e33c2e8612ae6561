//! A value that is read again, and whose readers always get the newest good one.

use super::abort_on_drop::Task;
use super::{Changes, SecretError, SecretRef, Secrets, SourceError};
use arc_swap::ArcSwap;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a hook receives.
#[derive(Debug)]
pub enum Change<'a, T> {
    /// This value holds from now on.
    New(&'a T),
    /// It could not be read again for longer than its source allows: use it no more. A new one may follow.
    Stale,
}

type Hook<T> = Box<dyn Fn(Change<'_, T>) + Send>;

/// A value that follows its secret. Cloning it is cheap; when the last clone goes, nothing is read any more.
#[must_use = "nothing is read again once it is dropped"]
pub struct Watched<T> {
    shared: Arc<Shared<T>>,
    task: Option<Arc<Task>>,
}

struct Shared<T> {
    current: ArcSwap<T>,
    hooks: Mutex<Vec<Hook<T>>>,
    began: Instant,
    /// Milliseconds from `began` to the last reading that succeeded.
    read: AtomicU64,
    changes: AtomicU64,
    failing: AtomicBool,
    limit: Option<Duration>,
    reference: SecretRef,
}

impl<T> Watched<T> {
    /// The newest value. It takes no lock and waits for nothing.
    ///
    /// # Errors
    /// When it could not be read again for longer than its source allows, or nothing reads it any longer.
    pub fn get(&self) -> Result<Arc<T>, SecretError> {
        if self.task.as_ref().is_some_and(|task| task.has_ended()) {
            return Err(SecretError::new(&self.shared.reference, SourceError::Unwatched));
        }
        match self.shared.overdue() {
            Some(age) => Err(SecretError::new(&self.shared.reference, SourceError::Stale(age.as_secs()))),
            None => Ok(self.shared.current.load_full()),
        }
    }

    /// Calls the hook with the value of now, and with every change from then on, one after the other.
    ///
    /// It runs in the task that reads: keep it short. A hook that panics ends the reading, and [`get`](Self::get) then
    /// refuses.
    pub fn on_change(&self, hook: impl Fn(Change<'_, T>) + Send + 'static) {
        // Held over the call: a change that comes meanwhile is passed on afterwards, and not lost.
        let mut hooks = self.shared.hooks();
        match self.get() {
            Ok(value) => hook(Change::New(&value)),
            Err(_) => hook(Change::Stale),
        }
        hooks.push(Box::new(hook));
    }

    /// How often the value changed since it was first read.
    pub fn changes(&self) -> u64 {
        self.shared.changes.load(Ordering::Relaxed)
    }

    /// Whether the last attempt to read it again failed: worth an alarm, while the old value is in use.
    pub fn is_failing(&self) -> bool {
        self.shared.failing.load(Ordering::Relaxed)
    }

    /// How long ago it was last read.
    pub fn age(&self) -> Duration {
        self.shared.age()
    }
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), task: self.task.clone() }
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("reference", &self.shared.reference)
            .field("changes", &self.changes())
            .field("failing", &self.is_failing())
            .finish_non_exhaustive()
    }
}

impl<T> Shared<T> {
    fn hooks(&self) -> std::sync::MutexGuard<'_, Vec<Hook<T>>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn age(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.read.load(Ordering::Relaxed)))
    }

    fn overdue(&self) -> Option<Duration> {
        // What never changes is never overdue: it has no limit.
        self.limit.and_then(|limit| Some(self.age()).filter(|age| *age > limit))
    }

    fn confirm(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.read.store(now, Ordering::Relaxed);
        self.failing.store(false, Ordering::Relaxed);
    }

    fn tell(&self, value: Arc<T>) {
        let hooks = self.hooks();
        self.current.store(Arc::clone(&value));
        self.changes.fetch_add(1, Ordering::Relaxed);
        for hook in hooks.iter() {
            hook(Change::New(&value));
        }
    }
}

type Parse<T> = Box<dyn Fn(&[SecretString]) -> Result<T, &'static str> + Send + Sync>;

/// Reads again, and compares.
pub(super) struct Follower<T> {
    secrets: Secrets,
    references: Vec<SecretRef>,
    parse: Parse<T>,
}

/// The pause after the first failure; it doubles up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl<T: Send + Sync + 'static> Follower<T> {
    pub(super) fn new(secrets: Secrets, references: Vec<SecretRef>, parse: Parse<T>) -> Self {
        Self { secrets, references, parse }
    }

    pub(super) async fn begin(self, changes: Changes, limit: Option<Duration>) -> Result<Watched<T>, SecretError> {
        let (print, values) = self.read().await?;
        let shared = Arc::new(Shared {
            current: ArcSwap::from_pointee(self.parsed(&values)?),
            hooks: Mutex::default(),
            began: Instant::now(),
            read: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            limit: limit.filter(|_| !changes.is_never()),
            reference: self.references[0].clone(),
        });
        let never = changes.is_never();
        let task = (!never).then(|| Arc::new(Task::spawn(self.follow(changes, Arc::clone(&shared), print))));
        Ok(Watched { shared, task })
    }

    /// The values, and a fingerprint to compare them by.
    async fn read(&self) -> Result<([u8; 32], Vec<SecretString>), SecretError> {
        let values = self.secrets.read_together(&self.references).await?;
        let mut hash = Sha256::new();
        for value in &values {
            // With the length before it, so that no two lists of values are one text.
            hash.update(value.expose_secret().len().to_be_bytes());
            hash.update(value.expose_secret());
        }
        Ok((hash.finalize().into(), values))
    }

    fn parsed(&self, values: &[SecretString]) -> Result<T, SecretError> {
        (self.parse)(values).map_err(|why| SecretError::new(&self.references[0], SourceError::Unfit(why)))
    }

    async fn follow(self, mut changes: Changes, shared: Arc<Shared<T>>, mut print: [u8; 32]) {
        let (mut pause, mut told_stale) = (None, false);
        loop {
            wait(&mut changes, pause, &shared, told_stale).await;
            match self.refresh(&shared, &mut print, told_stale).await {
                Ok(()) => (pause, told_stale) = (None, false),
                Err(error) => {
                    pause = Some(pause.map_or(PAUSE, |pause: Duration| (pause * 2).min(LONGEST_PAUSE)));
                    shared.failing.store(true, Ordering::Relaxed);
                    tracing::error!(%error, age = shared.age().as_secs(), "a secret was not read again; the old value stays");
                    if !told_stale && shared.overdue().is_some() {
                        told_stale = true;
                        tracing::error!(reference = %shared.reference, "a secret is stale and is used no more");
                        shared.hooks().iter().for_each(|hook| hook(Change::Stale));
                    }
                }
            }
        }
    }

    async fn refresh(&self, shared: &Shared<T>, print: &mut [u8; 32], again: bool) -> Result<(), SecretError> {
        let (found, values) = self.read().await?;
        if found != *print {
            let value = Arc::new(self.parsed(&values)?);
            *print = found;
            shared.confirm();
            shared.tell(value);
            tracing::info!(reference = %shared.reference, changes = shared.changes.load(Ordering::Relaxed), "a secret changed");
        } else {
            shared.confirm();
            // Hooks that were told to use it no more may use it again.
            if again {
                let value = shared.current.load_full();
                shared.hooks().iter().for_each(|hook| hook(Change::New(&value)));
            }
        }
        Ok(())
    }
}

/// Until there may be something new, it is time to try again, or the value has become too old.
async fn wait<T>(changes: &mut Changes, pause: Option<Duration>, shared: &Shared<T>, told_stale: bool) {
    let again = async {
        match pause {
            Some(pause) => tokio::time::sleep(pause).await,
            None => std::future::pending().await,
        }
    };
    let overdue = async {
        match shared.limit.filter(|_| !told_stale) {
            Some(limit) => tokio::time::sleep(limit.saturating_sub(shared.age()) + Duration::from_millis(1)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = changes.next() => {}
        () = again => {}
        () = overdue => {}
    }
}
