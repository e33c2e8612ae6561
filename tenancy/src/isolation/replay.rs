//! Grants that serve once.

use crate::identity::GrantError;
use std::time::SystemTime;
use uuid::Uuid;

/// Remembers which grants were used, of those that serve once.
pub trait ReplayGuard: Sync {
    /// Spends the grant of this id, which is not valid from `until` on.
    ///
    /// # Errors
    /// When it was spent before, or when that cannot be known.
    fn spend(&self, id: Uuid, until: SystemTime, now: SystemTime) -> Result<(), GrantError>;
}

/// Grants serve until they expire: they are bound to a request that changes nothing, or never left the process.
#[derive(Debug, Clone, Copy)]
pub struct NoReplayGuard;

impl ReplayGuard for NoReplayGuard {
    fn spend(&self, _: Uuid, _: SystemTime, _: SystemTime) -> Result<(), GrantError> {
        Ok(())
    }
}
