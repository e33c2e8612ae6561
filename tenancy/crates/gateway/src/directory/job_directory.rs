//! How a member stands now: what a job asks before it runs.

use super::Directory;
use crate::session::session_row::{Cells, tier};
use crate::statements::{self, issuer, subject as id_of};
use tenancy::job::{self, Standing, StandingError};
use tenancy::scope::{Epochs, OrgId, Subject};
use tenancy_service::__private::sql::StoreError;

impl job::Directory for Directory {
    async fn standing(&self, org: OrgId, subject: &Subject) -> Result<Standing, StandingError> {
        self.read(org, subject).await.unwrap_or_else(|failure| Err(StandingError::Unavailable(Box::new(failure))))
    }
}

impl Directory {
    async fn read(&self, org: OrgId, subject: &Subject) -> Result<Result<Standing, StandingError>, StoreError> {
        let (issuer, name) = (issuer(subject), id_of(subject));
        let find = statements::FindStanding { issuer, subject: name, org: statements::org(org) };
        let Some(row) = self.inner.db.read(find.statement()).await?.rows.into_iter().next() else {
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
