//! Where the service asks for key statements.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tenancy_service::{BoxFuture, StatementSource, StatementSourceError};

/// Where the service asks for statements; the test says what is there.
#[derive(Clone, Default)]
pub(crate) struct Board {
    pub(crate) statements: Arc<Mutex<Vec<String>>>,
    pub(crate) asked: Arc<AtomicUsize>,
    pub(crate) down: Arc<AtomicBool>,
}

impl StatementSource for Board {
    fn statements(&self) -> BoxFuture<'_, Result<Vec<String>, StatementSourceError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let down = self.down.load(Ordering::SeqCst);
        let answer =
            if down { Err(StatementSourceError::new("down")) } else { Ok(self.statements.lock().unwrap().clone()) };
        Box::pin(std::future::ready(answer))
    }
}

impl Board {
    pub(crate) fn says(&self, statements: impl IntoIterator<Item = impl ToString>) {
        *self.statements.lock().unwrap() = statements.into_iter().map(|text| text.to_string()).collect();
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}
