//! One open connection: whether it is in use, and since when its client is waited for.

use axum_server::ConnectionShutdown;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

/// A connection that a listener has taken.
pub(super) struct Connection {
    pub(super) address: Option<IpAddr>,
    /// Requests whose answers have not ended.
    pub(super) busy: AtomicUsize,
    /// Those of them for which nothing is waited but us: they have arrived whole, and the client takes what it is answered.
    pub(super) ours: AtomicUsize,
    /// Those of them whose client has a piece of the answer to take.
    pub(super) taking: AtomicUsize,
    /// Whether the client has more to take than the system holds for it.
    full: AtomicBool,
    /// Since when the client is waited for.
    pub(super) idle_since: Mutex<Instant>,
    /// To make room, or because it was not used.
    closed: AtomicBool,
    pub(super) reader: Mutex<Option<Waker>>,
    /// What ends it whatever it does, from its first request on.
    pub(super) shutdown: OnceLock<ConnectionShutdown>,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    pub(super) fn new(address: Option<IpAddr>) -> Self {
        Self {
            address,
            busy: AtomicUsize::new(0),
            ours: AtomicUsize::new(0),
            taking: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            idle_since: Mutex::new(Instant::now()),
            closed: AtomicBool::new(false),
            reader: Mutex::default(),
            shutdown: OnceLock::new(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::SeqCst)
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // A client that does not read its response would keep the connection open.
        if let Some(shutdown) = self.shutdown.get() {
            shutdown.shutdown();
        }
        if let Some(reader) = locked(&self.reader).take() {
            reader.wake();
        }
    }

    /// Records an attempt to send. The client may still read a response long after the handler has returned it whole.
    pub(super) fn sent(&self, sent: &Poll<io::Result<usize>>) {
        let full = sent.is_pending();
        if self.full.swap(full, Ordering::SeqCst) && !full {
            *locked(&self.idle_since) = Instant::now();
        }
    }

    pub(super) fn idle_for(&self) -> Option<Duration> {
        (self.busy.load(Ordering::SeqCst) == 0).then(|| locked(&self.idle_since).elapsed())
    }
}
