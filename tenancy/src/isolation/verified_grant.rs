//! What an authority verified, and the scopes that it gives.

use super::authority_id::AuthorityId;
use super::grant::Facts;
use super::lifetime::RequestGuard;
use super::mint::OrgScope;
use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// What a grant said that an authority verified, and until when that holds.
///
/// Only the verification of a grant makes one: [`TrustedKeys::verify`](super::TrustedKeys::verify). It is no scope: it belongs
/// to no request, and the scopes that it gives end with theirs.
#[must_use]
pub struct VerifiedGrant {
    pub(super) facts: Arc<Facts>,
    pub(super) end: Instant,
    pub(super) authority: AuthorityId,
}

impl VerifiedGrant {
    /// The scope of this request, which is admitted at `now`. One that is given after the grant's end
    /// has expired.
    pub fn scope(&self, request: &RequestGuard, now: SystemTime) -> OrgScope {
        OrgScope::mint(Arc::clone(&self.facts), request.life_until(self.end), self.authority, now)
    }
}

impl fmt::Debug for VerifiedGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedGrant").finish_non_exhaustive()
    }
}
