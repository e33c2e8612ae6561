//! The engine of a service that was given no database of roles.

use std::future::ready;
use tenancy::permit::{EngineError, EngineFuture, ListQuestion, ListedFuture, PermissionEngine, Question};

/// Gives no answer, so nothing is permitted.
pub(super) struct SwitchedOff;

fn no_answer() -> EngineError {
    EngineError::Failed("privileged actions are switched off: start with --permissions-database".into())
}

impl PermissionEngine for SwitchedOff {
    fn check<'a>(&'a self, _question: Question<'a>) -> EngineFuture<'a> {
        Box::pin(ready(Err(no_answer())))
    }

    fn list<'a>(&'a self, _question: ListQuestion<'a>) -> ListedFuture<'a> {
        Box::pin(ready(Err(no_answer())))
    }
}
