//! A task that ends with its last owner.

use std::future::Future;
use tokio::task::{AbortHandle, JoinHandle};

pub(super) struct Task(AbortHandle);

impl Task {
    /// # Panics
    /// Outside of a tokio runtime.
    pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Self {
        let handle: JoinHandle<()> = tokio::spawn(work);
        Self(handle.abort_handle())
    }

    pub(super) fn has_ended(&self) -> bool {
        self.0.is_finished()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
