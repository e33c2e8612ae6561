//! Who of the staff was in an organization: for the organization's own pages.

use crate::clock::seconds;
use crate::rejection::Rejection;
use crate::session::session_row::Cells;
use crate::state::Inner;
use crate::statements;
use std::time::SystemTime;
use tenancy::scope::{OrgId, Subject};
use tenancy_service::__private::sql::{StoreError, Value};
use uuid::Uuid;

/// How many are listed.
const LISTED: u64 = 100;

/// An entry of a member of the platform's staff into an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessRecord {
    /// Names the entry.
    pub entry: Uuid,
    /// The organization.
    pub org: OrgId,
    /// Who it was.
    pub staff: Subject,
    /// Why, in their words.
    pub reason: String,
    /// The ticket that it was about.
    pub ticket: Option<String>,
    /// Whether it was to change something as well.
    pub writes: bool,
    /// When it began.
    pub entered_at: SystemTime,
    /// When it ended or ends by itself, if nothing ends it before.
    pub until: SystemTime,
    /// When they left, or were taken out of the staff, before that.
    pub ended_at: Option<SystemTime>,
    /// Who else of the staff approved it, where that was asked for.
    pub approved_by: Option<Subject>,
}

/// The accesses to an organization, the latest first.
pub(crate) async fn list(inner: &Inner, org: OrgId) -> Result<Vec<AccessRecord>, Rejection> {
    let list = statements::ListAccesses { org: statements::org(org), most: seconds(LISTED) };
    let read = async {
        let answer = inner.db.read(list.statement()).await?;
        answer.rows.into_iter().map(visit).collect::<Result<Vec<_>, StoreError>>()
    };
    read.await.map_err(|failure| inner.unavailable(&failure))
}

pub(super) fn visit(row: Vec<Value>) -> Result<AccessRecord, StoreError> {
    let mut row = Cells::new(row);
    let (entry, org) = (row.id()?, OrgId::new(row.id()?));
    let staff = Subject { issuer: row.text()?, subject: row.text()? };
    let (reason, ticket, writes) = (row.text()?, row.text_or_none()?, row.int()? == 1);
    let (entered_at, until) = (row.time()?, row.time()?);
    let ended_at = row.time_or_none()?;
    let approved_by = row.text_or_none()?.zip(row.text_or_none()?).map(|(op, id)| Subject { issuer: op, subject: id });
    Ok(AccessRecord { entry, org, staff, reason, ticket, writes, entered_at, until, ended_at, approved_by })
}
