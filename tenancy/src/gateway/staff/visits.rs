//! Who of the staff was in an organization: for the organization's own pages.

use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::clock::seconds;
use crate::gateway::facts::{Cells, shape};
use crate::gateway::inner::Gateway;
use crate::gateway::refusal::{Reason, Refused};
use crate::scope::{OrgId, OrgScope, Subject};
use uuid::Uuid;

/// How many are listed.
const LISTED: u64 = 100;

/// An entry of a member of the platform's staff into an organization. Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Visit {
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
    pub entered_at: u64,
    /// When it ended or ends by itself, if nothing ends it before.
    pub until: u64,
    /// When they left, or were taken out of the staff, before that.
    pub ended_at: Option<u64>,
    /// Who else of the staff approved it, where that was asked for.
    pub approved_by: Option<Subject>,
}

/// What is told of an entry.
macro_rules! visits {
    () => {
        "SELECT e.id, e.org_id, u.issuer, u.subject, e.reason, e.ticket, e.writes, e.entered_at, e.until, n.ended_at, \
         v.issuer, v.subject FROM gateway_entries e JOIN gateway_users u ON u.id = e.user_id \
         LEFT JOIN gateway_entry_ends n ON n.entry = e.id LEFT JOIN gateway_entry_approvals a ON a.entry = e.id \
         LEFT JOIN gateway_users v ON v.id = a.user_id"
    };
}
pub(super) use visits;

/// One that waited in vain was none.
const VISITS: &str = concat!(
    visits!(),
    " WHERE e.org_id = ? AND (e.needs_approval = 0 OR a.entry IS NOT NULL) ORDER BY e.entered_at DESC, e.id LIMIT ?"
);

/// The columns of [`visits!`].
pub(super) const COLUMNS: &[Kind] = &[
    Kind::Id,
    Kind::Id,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Text,
    Kind::Text,
];

impl Gateway {
    /// The entries of staff into the scope's organization, the latest first, at most 100: for a page of its own. Which of its
    /// members may see it is the service's to say.
    ///
    /// # Errors
    /// [`Reason::Mint`] for a scope that is over, or that another gateway minted; [`Reason::Unavailable`].
    pub async fn entries<B>(&self, scope: &OrgScope<B>) -> Result<Vec<Visit>, Refused> {
        if scope.authority() != self.authority().id() || scope.check().is_err() {
            return Err(self.inner.refuse(Reason::Mint));
        }
        let list = Statement::new(VISITS, vec![Value::Id(*scope.org_id().as_uuid()), seconds(LISTED)]);
        let read = async {
            let answer = self.inner.db.read(list.returning(COLUMNS)).await?;
            answer.rows.into_iter().map(visit).collect::<Result<Vec<_>, Failure>>()
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }
}

pub(super) fn visit(row: Vec<Value>) -> Result<Visit, Failure> {
    let mut row = Cells::new(row);
    let (entry, org) = (row.id()?, OrgId::new(row.id()?));
    let staff = Subject { op: row.text()?, id: row.text()? };
    let (reason, ticket, writes) = (row.text()?, row.text_or_none()?, row.int()? == 1);
    let (entered_at, until) = (row.count()?, row.count()?);
    let ended_at = row.int_or_none()?.map(u64::try_from).transpose().map_err(|_| shape())?;
    let approved_by = row.text_or_none()?.zip(row.text_or_none()?).map(|(op, id)| Subject { op, id });
    Ok(Visit { entry, org, staff, reason, ticket, writes, entered_at, until, ended_at, approved_by })
}
