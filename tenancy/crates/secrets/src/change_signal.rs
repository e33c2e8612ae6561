//! When to read a secret again.

use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// Tells when a secret may have changed: the task that waits reads it and compares.
#[must_use]
pub struct Changes {
    events: Option<Pin<Box<dyn Stream<Item = ()> + Send>>>,
    every: Option<Duration>,
}

/// A writer that is no atomic one makes several events: they are waited out before the secret is read.
const SETTLE: Duration = Duration::from_millis(20);

impl Changes {
    /// It never changes while the process runs.
    pub fn never() -> Self {
        Self { events: None, every: None }
    }

    /// It may have changed after every such time.
    pub fn every(period: Duration) -> Self {
        Self { events: None, every: Some(period) }
    }

    /// .. and whenever `events` has an item. A stream that ends leaves the period.
    pub fn with_events(mut self, events: impl Stream<Item = ()> + Send + 'static) -> Self {
        self.events = Some(Box::pin(events));
        self
    }

    /// Whether it is known never to change.
    pub fn is_never(&self) -> bool {
        self.events.is_none() && self.every.is_none()
    }

    /// Waits until the secret may have changed. Dropping the future loses nothing.
    pub async fn next(&mut self) {
        let Self { events, every } = self;
        tokio::select! {
            () = event(events) => tokio::time::sleep(SETTLE).await,
            () = after(*every) => {}
        }
    }
}

async fn event(events: &mut Option<Pin<Box<dyn Stream<Item = ()> + Send>>>) {
    if let Some(stream) = events {
        if poll_fn(|context| stream.as_mut().poll_next(context)).await.is_some() {
            return;
        }
        *events = None;
    }
    std::future::pending().await
}

async fn after(period: Option<Duration>) {
    match period {
        Some(period) => tokio::time::sleep(period).await,
        None => std::future::pending().await,
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("events", &self.events.is_some()).field("every", &self.every).finish()
    }
}
