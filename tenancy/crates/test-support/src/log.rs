//! What `tracing` wrote, in memory.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, callsite, dispatcher};

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

/// Logs what this thread does, until the guard is dropped; other tests log nowhere beside it.
///
/// With one subscriber alone, `tracing` asks the thread that meets a place in the code first whether it is of interest, and keeps
/// the answer for all threads: another test's "no" would silence this one. With two it asks all subscribers (`has_just_one` in
/// the callsites of tracing-core), so a second one lives as long as the process.
pub fn of_this_thread(subscriber: impl Into<Dispatch>) -> DefaultGuard {
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&SECOND);
    let guard = dispatcher::set_default(&subscriber.into());
    // What was asked before there were two.
    callsite::rebuild_interest_cache();
    guard
}
