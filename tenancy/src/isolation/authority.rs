//! The authority: the door through which every scope comes.

use super::authority_id::AuthorityId;
use super::grant::{MAX_TOKEN, Payload};
use super::key_set::{KeySet, TrustedKey, of_footer};
use super::lifetime::RequestGuard;
use super::mint::OrgScope;
use super::paseto;
use super::replay::{NoReplayGuard, ReplayGuard};
use super::verified_grant::VerifiedGrant;
use crate::clock::{unix_seconds, unix_time};
use crate::identity::{GrantError, LEEWAY, PublicKey, RequestContext};
use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Owns minting: it turns a gateway's grant into an [`OrgScope`], and needs the gateway's keys to exist.
///
/// A second authority is easy to make and worth nothing: a [`TenantDb`](crate::TenantDb) is built for one authority
/// and refuses the scopes of every other, also of one with the same keys (`tenancy/tests/wall_one/scope_authority.rs`).
pub struct Authority {
    issuer: String,
    audience: String,
    keys: KeySet,
    /// Whether staff of the platform are admitted.
    staff: bool,
    id: AuthorityId,
}

impl Authority {
    /// An authority that admits what `issuer` grants to the service `audience` under one of `keys`.
    ///
    /// Give several keys while the gateway rotates them. An authority without a key admits nothing.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: impl IntoIterator<Item = PublicKey>,
    ) -> Self {
        Self::trusting(issuer.into(), audience.into(), KeySet::new(keys.into_iter().map(TrustedKey::always)))
    }

    pub(super) fn trusting(issuer: String, audience: String, keys: KeySet) -> Self {
        Self { issuer, audience, keys, staff: false, id: AuthorityId::fresh() }
    }

    /// Admits also grants for staff of the platform who entered an organization ([`Actor`](crate::scope::Actor)). Without it they
    /// are refused, even with a trusted signature.
    #[must_use]
    pub fn admit_staff(mut self) -> Self {
        self.staff = true;
        self
    }

    /// Whether this authority minted the scope.
    pub fn has_admitted<B>(&self, scope: &OrgScope<B>) -> bool {
        scope.authority() == self.id
    }

    pub(crate) fn id(&self) -> AuthorityId {
        self.id
    }

    /// The one door: verifies a grant for this request and mints the scope that it grants.
    ///
    /// The scope lives as long as `request` and its grant: until 5 s after the grant's `exp`, on a monotonic clock.
    ///
    /// # Errors
    /// When the token does not follow the profile, was not signed by a trusted key for exactly this request and this
    /// service, or its time is not now.
    pub fn admit(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        request: &RequestGuard,
    ) -> Result<OrgScope, GrantError> {
        self.admit_at(token, context, request, SystemTime::now(), &NoReplayGuard)
    }

    /// [`admit`](Self::admit) at `now`, for a grant that `replay` has to spend.
    pub(crate) fn admit_at(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        request: &RequestGuard,
        now: SystemTime,
        replay: &dyn ReplayGuard,
    ) -> Result<OrgScope, GrantError> {
        Ok(self.verify(token, context, now, replay)?.scope(request, now))
    }

    /// The first half of [`admit`](Self::admit), at `now`.
    pub(super) fn verify(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        now: SystemTime,
        replay: &dyn ReplayGuard,
    ) -> Result<VerifiedGrant, GrantError> {
        let keys = self.keys.now();
        self.verify_under(token, context, now, replay, |footer| of_footer(&keys, footer, now))
    }

    /// Verifies a grant under the key that `find` gives for its footer. Its callers are `verify`, above, and the local door, which
    /// signs with a key that no authority trusts.
    pub(crate) fn verify_under<'k>(
        &self,
        token: &str,
        context: &RequestContext<'_>,
        now: SystemTime,
        replay: &dyn ReplayGuard,
        find: impl FnOnce(&[u8]) -> Result<&'k PublicKey, GrantError>,
    ) -> Result<VerifiedGrant, GrantError> {
        let payload = paseto::verified(token, MAX_TOKEN, &context.assertion(&self.audience), find)?;
        // Into a struct, never into a map: a map would keep the last of two fields with one name.
        let payload: Payload = serde_json::from_str(&payload).map_err(|_| GrantError::Payload)?;
        payload.check(&self.issuer, &self.audience, self.staff, unix_seconds(now))?;
        let end = unix_time(payload.exp.saturating_add(LEEWAY));
        // A clock before 1970 reads as 1970.
        let left = end.duration_since(now.max(UNIX_EPOCH)).map_err(|_| GrantError::Expired)?;
        replay.spend(payload.jti, end, now)?;
        Ok(VerifiedGrant { facts: Arc::new(payload.into_facts()), end: Instant::now() + left, authority: self.id })
    }

    /// Whose grants it admits.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// For which service.
    pub(crate) fn audience(&self) -> &str {
        &self.audience
    }

    pub(crate) fn keys(&self) -> &KeySet {
        &self.keys
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("issuer", &self.issuer())
            .field("audience", &self.audience())
            .field("keys", self.keys())
            .finish_non_exhaustive()
    }
}
