//! Why there is no permit.

use super::engine::EngineError;
use crate::scope_error::ScopeError;

/// Why there is no permit. Its text may be shown to clients: it does not say whether the object exists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The subject does not have the permission: HTTP status 403.
    #[error("you do not have permission to do this")]
    NotPermitted,
    /// The engine gave no answer, so nothing is permitted: HTTP status 503. The source says why, for the log.
    #[error("permissions cannot be checked at the moment; try again later")]
    Unavailable(#[source] EngineError),
    /// The scope may no longer be used.
    #[error(transparent)]
    Scope(#[from] ScopeError),
}
