//! What is known of a connection from the responses to its statements.

use std::sync::atomic::{AtomicBool, Ordering};

/// What the responses to statements tell about their connection.
#[derive(Default)]
pub(super) struct Health {
    /// A statement of the open transaction failed: the server refuses everything until it is rolled back.
    pub(super) failed: AtomicBool,
    /// A statement was sent whose response was not read to the end: it may have failed.
    pub(super) pending: AtomicBool,
    /// The connection is not used again.
    pub(super) broken: AtomicBool,
    /// The server refused what may be a type that was replaced since the types were read.
    pub(super) doubted: AtomicBool,
}

impl Health {
    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub(super) fn response_pending(&self, pending: bool) {
        self.pending.store(pending, Ordering::Relaxed);
    }

    pub(super) fn doubt_types(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    pub(super) fn give_up(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }
}
