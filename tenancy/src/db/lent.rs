//! Whom a connection is lent to.

use crate::isolation::{AuthorityId, Life};
use crate::permit::PermitContext;
use crate::scope::{OrgScope, Platform, ScopeKey};

/// What a connection asks of the scope that it is lent to.
pub(super) struct Lent<'s, B> {
    pub(super) key: ScopeKey<B>,
    pub(super) life: &'s Life,
    pub(super) read_only: bool,
    /// Whose permits its statements may carry.
    pub(super) permits: PermitContext,
}

impl<B> Clone for Lent<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Lent<'_, B> {}

impl<'s, B> Lent<'s, B> {
    /// `permits` is the authority whose permits the database takes.
    pub(super) fn to(scope: &'s OrgScope<B>, permits: Option<AuthorityId>) -> Self {
        let permits = PermitContext::of(permits, scope.facts());
        Self { key: scope.key(), life: scope.life(), read_only: scope.is_read_only(), permits }
    }
}

impl<'s> Lent<'s, Platform> {
    pub(super) fn to_the_platform(life: &'s Life) -> Self {
        Self { key: ScopeKey::PLATFORM, life, read_only: false, permits: PermitContext::NONE }
    }
}
