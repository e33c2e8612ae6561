//! The capability to change the keys that an authority trusts.

use super::authority::Authority;
use super::key_set::{KeySet, TrustedKey};
use super::replay::ReplayGuard;
use super::verified_grant::VerifiedGrant;
use crate::identity::{GrantError, RequestContext};
use std::fmt;
use std::time::SystemTime;

/// The capability to change which keys an [`Authority`] trusts: from [`Authority::rotating`].
///
/// It is not `Clone`: the code that holds it decides what every authority of these keys admits. It trusts no key to begin with.
pub struct TrustedKeys {
    issuer: String,
    audience: String,
    keys: KeySet,
}

impl TrustedKeys {
    /// No keys yet, for grants of `issuer` to the service `audience`.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), keys: KeySet::new([]) }
    }

    /// An authority that admits what these keys sign. Two of them are two: a database of one refuses the other's scopes.
    pub fn authority(&self) -> Authority {
        Authority::trusting(self.issuer.clone(), self.audience.clone(), self.keys.clone())
    }

    /// Trusts these keys from now on and no others, all at once: a verification sees the old keys or the new ones.
    pub fn replace(&self, keys: impl IntoIterator<Item = TrustedKey>) {
        self.keys.replace(keys.into_iter().collect());
    }

    /// Verifies a grant for an authority of these keys as of `now`, and has `replay` spend it: the first half of
    /// [`Authority::admit`], for a caller that has its own clock and replay guard.
    ///
    /// # Errors
    /// As [`Authority::admit`]; also when the authority is of other keys.
    pub fn verify(
        &self,
        authority: &Authority,
        token: &str,
        context: &RequestContext<'_>,
        now: SystemTime,
        replay: &dyn ReplayGuard,
    ) -> Result<VerifiedGrant, GrantError> {
        // Only for one's own authority: the time is an argument here.
        if !self.keys.is(authority.keys()) {
            return Err(GrantError::UnknownKey);
        }
        authority.verify(token, context, now, replay)
    }
}

impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.fmt(f)
    }
}

impl Authority {
    /// An authority whose keys come and go, and the handle that changes them. It trusts no key until the handle says so.
    ///
    /// The handle decides what the authority admits: keep it where the keys are made or verified. The authority
    /// itself, which services and databases share, has no function that adds a key.
    pub fn rotating(issuer: impl Into<String>, audience: impl Into<String>) -> (Self, TrustedKeys) {
        let keys = TrustedKeys::new(issuer, audience);
        (keys.authority(), keys)
    }
}
