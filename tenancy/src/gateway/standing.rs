//! How a member stands now: what a job asks before it runs.

use super::directory::Directory;
use super::facts::{Cells, tier};
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::job::{self, Standing, StandingError};
use crate::scope::{Epochs, OrgId, Subject};

const STANDING: &str = "SELECT o.state, o.epoch, u.epoch, m.tier FROM gateway_organizations o \
                        LEFT JOIN gateway_users u ON u.issuer = ? AND u.subject = ? AND u.disabled = 0 \
                        LEFT JOIN gateway_memberships m ON m.org_id = o.id AND m.user_id = u.id WHERE o.id = ?";

impl job::Directory for Directory {
    async fn standing(&self, org: OrgId, subject: &Subject) -> Result<Standing, StandingError> {
        self.read(org, subject).await.unwrap_or_else(|failure| Err(StandingError::Unavailable(Box::new(failure))))
    }
}

impl Directory {
    async fn read(&self, org: OrgId, subject: &Subject) -> Result<Result<Standing, StandingError>, Failure> {
        let name = [&subject.op, &subject.id].map(|text| Value::Text(text.clone()));
        let values = [&name[..], &[Value::Id(*org.as_uuid())]].concat();
        let statement = Statement::new(STANDING, values).returning(&[Kind::Text, Kind::Int, Kind::Int, Kind::Text]);
        let Some(row) = self.inner.db.read(statement).await?.rows.into_iter().next() else {
            return Ok(Err(StandingError::Suspended));
        };
        let mut row = Cells::new(row);
        if row.text()? != "active" {
            return Ok(Err(StandingError::Suspended));
        }
        let (org, sub) = (row.count()?, row.int_or_none()?);
        match (sub.and_then(|epoch| epoch.try_into().ok()), row.text_or_none()?) {
            (Some(sub), Some(name)) => Ok(Ok(Standing { epochs: Epochs { org, sub }, tier: tier(&name)? })),
            _ => Ok(Err(StandingError::NotAMember)),
        }
    }
}
