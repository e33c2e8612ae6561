//! Which organization of a provider's is which of ours.

use super::directory::{Directory, DirectoryError, id};
use super::facts::Cells;
use super::oidc::Candidate;
use crate::db::platform::{Kind, Statement, Value};
use crate::scope::OrgId;

/// Holds the organization's row, so that it is not closed meanwhile.
const HOLD: &str = "UPDATE gateway_organizations SET state = state WHERE id = ? AND state <> 'closed'";
const LINK: &str = "INSERT INTO gateway_provider_organizations (issuer, provider_id, org_id, created_at) \
                    VALUES (?, ?, ?, ?)";
const UNLINK: &str = "DELETE FROM gateway_provider_organizations WHERE issuer = ? AND provider_id = ?";
const FIND: &str = "SELECT org_id FROM gateway_provider_organizations WHERE issuer = ? AND provider_id = ?";
const AUDIT: &str = "INSERT INTO gateway_audit (at, event, reason, actor, org_id) SELECT ?, ?, ?, ?, org_id \
                     FROM gateway_provider_organizations WHERE issuer = ? AND provider_id = ?";

/// An organization at a provider and one of ours. A link makes nobody a member: that is the directory's to say, or a
/// [`JoinRule`](super::oidc::JoinRule)'s.
impl Directory {
    /// Links an organization at a provider to one of ours. Several of a provider's may be one of ours.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when it is linked already, to whichever; [`DirectoryError::NothingToChange`] when ours is
    /// unknown or closed; [`DirectoryError::Database`].
    pub async fn link_organization(&self, theirs: &Candidate, ours: OrgId) -> Result<(), DirectoryError> {
        let link = [name(theirs), vec![id(ours), self.inner.db.now()]].concat();
        let steps = vec![
            Statement::new(HOLD, vec![id(ours)]).required(),
            Statement::new(LINK, link),
            self.line_about("organization linked", theirs),
        ];
        // Of use to the next sign-in alone.
        self.run(steps, &[]).await
    }

    /// Takes a link away. Whoever is a member stays one.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when it is not linked; [`DirectoryError::Database`].
    pub async fn unlink_organization(&self, theirs: &Candidate) -> Result<(), DirectoryError> {
        let unlink = Statement::new(UNLINK, name(theirs)).required();
        self.run(vec![self.line_about("organization unlinked", theirs), unlink], &[]).await
    }

    /// Our organization that one at a provider is linked to. It may be suspended; whether somebody is its member is another
    /// question.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn linked_organization(&self, theirs: &Candidate) -> Result<Option<OrgId>, DirectoryError> {
        let find = Statement::new(FIND, name(theirs)).returning(&[Kind::Id]);
        let row = self.inner.db.read(find).await?.rows.into_iter().next();
        let ours = row.map(|row| Cells::new(row).id()).transpose()?;
        Ok(ours.map(OrgId::new))
    }

    /// The line names the provider's organization as well.
    fn line_about(&self, event: &str, theirs: &Candidate) -> Statement {
        let which = format!("{} {}", theirs.issuer, theirs.organization.as_str());
        let said = [event.to_owned(), which, self.actor.clone()].map(Value::Text);
        Statement::new(AUDIT, [&[self.inner.db.now()], &said[..], &name(theirs)].concat()).required()
    }
}

fn name(theirs: &Candidate) -> Vec<Value> {
    vec![Value::Text(theirs.issuer.clone()), Value::Text(theirs.organization.as_str().to_owned())]
}
