//! Which authority minted a scope.

use std::sync::atomic::{AtomicU64, Ordering};

/// Names one [`Authority`](super::Authority) in this process. A database trusts exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuthorityId(u64);

impl AuthorityId {
    /// An id that no other authority of this process has.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
