//! What sources have in common, and the checks that every secret passes.

use super::environment::Environment;
use super::watched::{Follower, Watched};
use super::{Changes, FileSource, Scheme, SecretError, SecretRef, SourceError, weak_values};
use futures_core::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where secrets of one [`Scheme`] are read from.
pub trait SecretSource: Send + Sync + 'static {
    /// Reads secrets that belong together, from one state of the store: a certificate and its key.
    ///
    /// There are as many values as references, in their order. Errors name the reference and never hold a value.
    fn read_together<'a>(
        &'a self,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Result<Vec<SecretString>, SecretError>>;

    /// When these may have changed; never, unless a source says otherwise.
    fn changes(&self, references: &[SecretRef]) -> Changes {
        let _ = references;
        Changes::never()
    }

    /// How long the last value may be used while it cannot be read again. Without a limit, which is the default, for ever:
    /// what is local is not away, it is wrong, and the old value is better than none.
    fn outage_limit(&self) -> Option<Duration> {
        None
    }
}

/// The sources of a service. Cloning it is cheap.
#[derive(Clone)]
pub struct Secrets {
    sources: HashMap<Scheme, Arc<dyn SecretSource>>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new()
    }
}

impl Secrets {
    /// Files, the environment and systemd's credentials.
    pub fn new() -> Self {
        let files: Arc<dyn SecretSource> = Arc::new(FileSource::default());
        let environment: Arc<dyn SecretSource> = Arc::new(Environment);
        let sources =
            [(Scheme::File, Arc::clone(&files)), (Scheme::Credential, files), (Scheme::Environment, environment)];
        Self { sources: HashMap::from(sources) }
    }

    /// Reads this kind of reference from `source`.
    #[must_use]
    pub fn with(mut self, scheme: Scheme, source: impl SecretSource) -> Self {
        self.sources.insert(scheme, Arc::new(source));
        self
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// When it is missing, empty, readable by others or a known default, and when its store refuses or cannot be reached.
    /// A service that starts should end with this error: it says what to do, and never the value.
    pub async fn read(&self, reference: &SecretRef) -> Result<SecretString, SecretError> {
        let mut values = self.read_together(std::slice::from_ref(reference)).await?;
        values.pop().ok_or_else(|| SecretError::new(reference, SourceError::Answer))
    }

    /// Reads secrets that belong together, from one state of their store.
    ///
    /// # Errors
    /// As [`read`](Self::read); and when the references are not all of one kind.
    pub async fn read_together(&self, references: &[SecretRef]) -> Result<Vec<SecretString>, SecretError> {
        let Some(first) = references.first() else { return Ok(Vec::new()) };
        let values = self.source(references)?.read_together(references).await?;
        if values.len() != references.len() {
            return Err(SecretError::new(first, SourceError::Answer));
        }
        for (reference, value) in references.iter().zip(&values) {
            let value = value.expose_secret();
            if value.trim().is_empty() {
                return Err(SecretError::new(reference, SourceError::Empty));
            }
            if weak_values::is_default(value) {
                return Err(SecretError::new(reference, SourceError::KnownDefault));
            }
        }
        Ok(values)
    }

    /// Reads secrets that belong together, makes a `T` of them, and keeps it the newest one that could be made.
    ///
    /// A new value that is refused, or that `parse` finds unfit, leaves the old one in use and is logged. `parse` says
    /// why in a fixed text, so that no value can get into it.
    ///
    /// # Errors
    /// When the first reading fails: a service does not start without its secrets.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its timers and I/O enabled.
    pub async fn watch<T, P>(&self, references: &[SecretRef], parse: P) -> Result<Watched<T>, SecretError>
    where
        T: Send + Sync + 'static,
        P: Fn(&[SecretString]) -> Result<T, &'static str> + Send + Sync + 'static,
    {
        let source = self.source(references)?;
        // Watching begins before the first reading: no change falls between the two.
        let changes = source.changes(references);
        let follower = Follower::new(self.clone(), references.to_vec(), Box::new(parse));
        follower.begin(changes, source.outage_limit()).await
    }

    fn source(&self, references: &[SecretRef]) -> Result<&Arc<dyn SecretSource>, SecretError> {
        let first = references.first().ok_or_else(|| SecretError::about("no reference", SourceError::Missing))?;
        if let Some(other) = references.iter().find(|other| other.scheme() != first.scheme()) {
            return Err(SecretError::new(other, SourceError::Apart));
        }
        self.sources.get(&first.scheme()).ok_or_else(|| SecretError::new(first, SourceError::NoSource))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("schemes", &self.sources.keys()).finish_non_exhaustive()
    }
}
