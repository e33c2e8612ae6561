//! The keys that an authority trusts, and when.

use super::PublicKey;
use super::grant::{GrantError, LEEWAY};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// A key and the time in which it is trusted, in seconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct TrustedKey {
    pub(super) key: PublicKey,
    pub(super) from: u64,
    pub(super) until: u64,
}

impl TrustedKey {
    /// A key that is trusted as long as the process runs.
    pub(super) fn always(key: PublicKey) -> Self {
        Self { key, from: 0, until: u64::MAX }
    }

    fn is_within(&self, now: u64) -> bool {
        self.from <= now.saturating_add(LEEWAY) && now < self.until
    }
}

/// The keys that are trusted now. They are replaced all at once: whoever verifies sees the old ones or the new ones.
#[derive(Clone)]
pub(super) struct TrustedKeys(Arc<RwLock<Arc<[TrustedKey]>>>);

impl TrustedKeys {
    pub(super) fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self(Arc::new(RwLock::new(keys.into_iter().collect())))
    }

    pub(super) fn now(&self) -> Arc<[TrustedKey]> {
        // Nothing panics while it holds the lock.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    #[cfg(any(feature = "service", feature = "gateway"))]
    pub(super) fn replace(&self, keys: Vec<TrustedKey>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
    }
}

/// The key of a footer, if it is trusted at `now`. A key outside its time is refused although it is there.
pub(super) fn of_footer<'k>(keys: &'k [TrustedKey], footer: &[u8], now: u64) -> Result<&'k PublicKey, GrantError> {
    let mut named = keys.iter().filter(|trusted| trusted.key.footer() == footer).peekable();
    named.peek().ok_or(GrantError::UnknownKey)?;
    named.find(|trusted| trusted.is_within(now)).map(|trusted| &trusted.key).ok_or(GrantError::KeyTime)
}

impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.now().iter()).finish()
    }
}
