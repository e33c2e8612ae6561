//! Grants that serve once.

use super::grant::GrantError;
use uuid::Uuid;

/// What remembers the grants that were used.
pub(crate) trait Once: Sync {
    /// Spends the grant of this id, which nobody admits from `until` on; both times in seconds since 1970.
    ///
    /// # Errors
    /// When it was spent before, or when that cannot be known.
    fn spend(&self, id: Uuid, until: u64, now: u64) -> Result<(), GrantError>;
}

/// Grants that serve until they expire: they are bound to a request that changes nothing, or never left the process.
pub(crate) struct Often;

impl Once for Often {
    fn spend(&self, _: Uuid, _: u64, _: u64) -> Result<(), GrantError> {
        Ok(())
    }
}
