//! Work that runs after its request: queued jobs, and nightly runs over all organizations.
//!
//! - [`Worker::issue`] gives a request's scope a [`JobToken`] for one row of a queue: signed, expiring, and worth nothing
//!   on another row, queue or payload.
//! - [`Worker::run`] takes a [`Claimed`] row: the organization is **the row's column**, never something inside the
//!   payload, and must be the one that the token was issued for. Whether the organization and the member still stand is
//!   asked of the [`Directory`] when the job runs, not when it was queued. The work gets a scope and a connection in one
//!   transaction; [`Worker::enter`] gives the scope alone.
//! - [`Worker::for_each_org`] goes through organizations, each under a brand of its own, with one transaction and one
//!   result each; an error or a panic of one is that one's result.
//!
//! Every scope comes through the same door as a request's: the worker signs a grant of at most a minute and
//! [`Authority::admit`](crate::Authority::admit) verifies it. So a job that runs longer than that is refused at its next
//! statement; long work is done in several jobs or organizations.

mod caught;
mod each;
mod token;
mod worker;

pub use each::{EachError, EachOrg, OrgResult};
pub use token::{JobToken, MAX_LIFETIME};
pub use worker::Worker;

use crate::OrgId;
use crate::scope::{Epochs, GrantError, SignerError, Subject, Tier};
use std::error::Error;
use std::sync::Arc;

/// What a token is bound to: one row of one queue.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The queue's name.
    pub queue: &'a str,
    /// The row's key, as text. It is known before the token is made: a UUID of the service's own.
    pub id: &'a str,
    /// The job's input. It does not name the organization, which comes from the job's row.
    pub payload: &'a [u8],
}

/// A row that a worker has claimed (`FOR UPDATE SKIP LOCKED`, or a lease).
#[derive(Debug, Clone, Copy)]
pub struct Claimed<'a> {
    /// The organization column of the row.
    pub org: OrgId,
    /// The row.
    pub job: Job<'a>,
    /// The token column of the row.
    pub token: &'a JobToken,
}

/// What the directory says of a member now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The epochs that a scope made now belongs to.
    pub epochs: Epochs,
    /// The member's tier.
    pub tier: Tier,
}

/// Who belongs to which organization, asked when a job runs.
pub trait Directory: Send + Sync {
    /// How `subject` stands in `org` now.
    ///
    /// # Errors
    /// When the member is gone or disabled, or this cannot be known: then the job does not run.
    fn standing(&self, org: OrgId, subject: &Subject) -> impl Future<Output = Result<Standing, StandingError>> + Send;
}

impl<D: Directory> Directory for Arc<D> {
    fn standing(&self, org: OrgId, subject: &Subject) -> impl Future<Output = Result<Standing, StandingError>> + Send {
        (**self).standing(org, subject)
    }
}

/// Why a member does not stand in an organization.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// The subject is no member of the organization any more.
    #[error("the member that queued the job is no longer one of the organization")]
    NotAMember,
    /// The organization is suspended or gone.
    #[error("the organization is suspended or gone")]
    Suspended,
    /// The directory did not answer. Nothing is assumed.
    #[error("the directory did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// Why a job did not run, or got no token. Names no organization and nothing that the token said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The token is none of ours, is not for this row, or its time is over.
    #[error("the job's token is refused")]
    Token(#[source] GrantError),
    /// The row belongs to another organization than the one that the token was issued for.
    #[error("the job's row belongs to another organization than its token")]
    OtherOrganization,
    /// Staff of the platform queue no work in an organization: it would run after their entry.
    #[error("staff of the platform queue no job")]
    Staff,
    /// A token lives for 1 s to 7 days.
    #[error("a job's token lives for one second to seven days")]
    Lifetime,
    /// The member or the organization no longer stands.
    #[error(transparent)]
    Standing(#[from] StandingError),
    /// The scope was refused, or could not be signed for.
    #[error("no scope could be had for the job")]
    Scope(#[source] JobGrantError),
}

/// Why the door did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobGrantError {
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignerError),
    /// The worker's own grant was refused: its authority does not trust its key.
    #[error(transparent)]
    Refused(#[from] GrantError),
}
