//! The keys that an authority trusts, and when.

use crate::identity::{GrantError, LEEWAY, PublicKey};
use arc_swap::ArcSwap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A key and the time in which it is trusted.
#[derive(Debug, Clone)]
pub struct TrustedKey {
    /// The key.
    pub key: PublicKey,
    /// When its time begins.
    pub from: SystemTime,
    /// When its time is over; `None`: it is trusted as long as the process runs.
    pub until: Option<SystemTime>,
}

impl TrustedKey {
    /// A key that is trusted as long as the process runs.
    pub fn always(key: PublicKey) -> Self {
        Self { key, from: UNIX_EPOCH, until: None }
    }

    fn is_within(&self, now: SystemTime) -> bool {
        let early = self.from.duration_since(now).unwrap_or_default();
        early <= Duration::from_secs(LEEWAY) && self.until.is_none_or(|until| now < until)
    }
}

/// The keys that are trusted now. They are replaced all at once: a verification sees the old ones or the new ones.
#[derive(Clone)]
pub(crate) struct KeySet(Arc<ArcSwap<Vec<TrustedKey>>>);

impl KeySet {
    pub(super) fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(keys.into_iter().collect())))
    }

    pub(crate) fn now(&self) -> Arc<Vec<TrustedKey>> {
        self.0.load_full()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn replace(&self, keys: Vec<TrustedKey>) {
        self.0.store(Arc::new(keys));
    }
}

/// The key of a footer, if it is trusted at `now`. A key outside its time is refused although it is there.
pub(crate) fn of_footer<'k>(
    keys: &'k [TrustedKey],
    footer: &[u8],
    now: SystemTime,
) -> Result<&'k PublicKey, GrantError> {
    let mut named = keys.iter().filter(|trusted| trusted.key.footer() == footer).peekable();
    named.peek().ok_or(GrantError::UnknownKey)?;
    named.find(|trusted| trusted.is_within(now)).map(|trusted| &trusted.key).ok_or(GrantError::KeyTime)
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.now().iter()).finish()
    }
}
