//! Which organization of a provider's is which of ours.

use super::Candidate;
use crate::directory::{Directory, DirectoryError};
use crate::session::session_row::Cells;
use crate::statements::{self, text};
use tenancy::scope::OrgId;
use tenancy_service::__private::sql::{Statement, Value};

/// An organization at a provider and one of ours. A link makes no user a member: that is the directory's to say, or a
/// [`JoinRule`](super::JoinRule)'s.
impl Directory {
    /// Links an organization at a provider to one of ours. Several of a provider's may be one of ours.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when it is linked already, to whichever; [`DirectoryError::NothingToChange`] when ours is
    /// unknown or closed; [`DirectoryError::Database`].
    pub async fn link_organization(&self, theirs: &Candidate, ours: OrgId) -> Result<(), DirectoryError> {
        let ([issuer, provider_id], org, now) = (name(theirs), || statements::org(ours), self.inner.db.now());
        let steps = vec![
            statements::HoldOpenOrganization { org: org() }.required(),
            statements::LinkOrganization { issuer, provider_id, org: org(), now }.statement(),
            self.line_about("organization linked", theirs),
        ];
        // Of use to the next sign-in alone.
        self.run(steps, &[]).await
    }

    /// Takes a link away. Members stay members.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when it is not linked; [`DirectoryError::Database`].
    pub async fn unlink_organization(&self, theirs: &Candidate) -> Result<(), DirectoryError> {
        let [issuer, provider_id] = name(theirs);
        let unlink = statements::UnlinkOrganization { issuer, provider_id }.required();
        self.run(vec![self.line_about("organization unlinked", theirs), unlink], &[]).await
    }

    /// Our organization that one at a provider is linked to. It may be suspended; whether a user is its member is another
    /// question.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn linked_organization(&self, theirs: &Candidate) -> Result<Option<OrgId>, DirectoryError> {
        let [issuer, provider_id] = name(theirs);
        let find = statements::FindLink { issuer, provider_id }.statement();
        let row = self.inner.db.read(find).await?.rows.into_iter().next();
        let ours = row.map(|row| Cells::new(row).id()).transpose()?;
        Ok(ours.map(OrgId::new))
    }

    /// The line names the provider's organization as well.
    fn line_about(&self, event: &str, theirs: &Candidate) -> Statement {
        let which = format!("{} {}", theirs.issuer, theirs.organization.as_str());
        let [issuer, provider_id] = name(theirs);
        let (now, event, which, actor) = (self.inner.db.now(), text(event), Value::Text(which), text(&self.actor));
        statements::AuditLink { now, event, which, actor, issuer, provider_id }.required()
    }
}

fn name(theirs: &Candidate) -> [Value; 2] {
    [text(&theirs.issuer), text(theirs.organization.as_str())]
}
