//! The epochs as they stand now.

use futures_core::future::BoxFuture;
use tenancy::scope::{Actor, Epochs, OrgId, Subject};

/// The epochs could not be read: every request is answered `503` until they can.
#[derive(Debug, thiserror::Error)]
#[error("the current epochs could not be read")]
pub struct CurrentEpochsError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl CurrentEpochsError {
    /// For this reason, which is logged and shown to no client.
    pub fn new(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(why.into())
    }
}

/// Where a service reads the epochs that hold now, to refuse grants from before a membership changed: its own database, to
/// which they are replicated, or the gateway's.
///
/// Without one a grant is good until it expires, 30 s after it was signed by default.
pub trait CurrentEpochs: Send + Sync + 'static {
    /// The epochs of this organization and this subject, in this organization. `None` when either is not known or not
    /// active, which refuses the grant.
    ///
    /// # Errors
    /// When they cannot be read; the request is then refused.
    fn epochs<'a>(
        &'a self,
        org: OrgId,
        subject: &'a Subject,
    ) -> BoxFuture<'a, Result<Option<Epochs>, CurrentEpochsError>>;

    /// The same for a member of the platform's staff, while their entry into the organization holds. `None`, as it is
    /// unless a source says otherwise, refuses the grant.
    ///
    /// # Errors
    /// When they cannot be read; the request is then refused.
    fn epochs_of_staff<'a>(
        &'a self,
        org: OrgId,
        actor: &'a Actor,
    ) -> BoxFuture<'a, Result<Option<Epochs>, CurrentEpochsError>> {
        let _ = (org, actor);
        Box::pin(async { Ok(None) })
    }
}
