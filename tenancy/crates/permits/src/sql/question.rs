//! What is asked, and the answer.

use super::error::EngineError;
use crate::{ObjectRef, SubjectRef};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Where and when a question is asked.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The scope's organization. Relationships of other organizations do not count. `None`: only relationships above
    /// organizations count.
    pub organization: Option<Uuid>,
    /// The resource belongs to `organization`. If its type has a relation that takes organizations only, the engine
    /// takes that relationship as given and ignores what is stored of it.
    pub implied_organization: bool,
    /// The time by which relationships expire.
    pub now: SystemTime,
    /// When the engine stops waiting for an answer.
    pub deadline: Instant,
}

impl Context {
    /// Returns the context of a question that is asked now and answered within `timeout`. Nothing is implied.
    #[must_use]
    pub fn new(organization: Option<Uuid>, timeout: Duration) -> Self {
        let (now, deadline) = (SystemTime::now(), Instant::now() + timeout);
        Self { organization, implied_organization: false, now, deadline }
    }

    /// Says that the resource belongs to the organization; see [`implied_organization`](Self::implied_organization).
    #[must_use]
    pub fn implying_organization(mut self) -> Self {
        self.implied_organization = true;
        self
    }
}

impl Context {
    /// # Errors
    /// When it names the nil UUID, or implies an organization without naming one.
    pub(super) fn checked_organization(&self) -> Result<Option<Uuid>, EngineError> {
        match self.organization {
            Some(organization) if organization.is_nil() => Err(EngineError::NilOrganization),
            None if self.implied_organization => Err(EngineError::NoOrganization),
            organization => Ok(organization),
        }
    }
}

/// Whether a subject has a permission of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The resource.
    pub resource: &'a ObjectRef,
    /// The permission or relation.
    pub permission: &'a str,
    /// An object or a userset.
    pub subject: &'a SubjectRef,
    /// Where and when.
    pub context: Context,
}

/// An answer, and the epochs that it was read with.
#[must_use = "a decision that is not looked at denies nothing"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the subject has the permission.
    pub allowed: bool,
    /// The epoch of the organization: it rises when a permission of the organization may have been taken away. 0 before
    /// the first time.
    pub organization_epoch: i64,
    /// The epoch of the levels above organizations.
    pub upper_epoch: i64,
}

/// Whole seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> Result<i64, EngineError> {
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| EngineError::Clock)?;
    i64::try_from(since.as_secs()).map_err(|_| EngineError::Clock)
}

/// A stored time.
pub(crate) fn time(seconds: i64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// The type, id and relation of a subject, as they are stored.
pub(super) fn parts(subject: &SubjectRef) -> (&str, &str, &str) {
    match subject {
        SubjectRef::Object(object) => (object.kind(), object.id(), ""),
        SubjectRef::Userset(object, relation) => (object.kind(), object.id(), relation),
        SubjectRef::Wildcard(kind) => (kind, "*", ""),
    }
}

/// Waits for an answer until the deadline. What is dropped then closes its connection.
pub(super) async fn until<T>(
    deadline: Instant,
    answer: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    tokio::time::timeout_at(deadline.into(), answer).await.map_err(|_| EngineError::Timeout)?
}
