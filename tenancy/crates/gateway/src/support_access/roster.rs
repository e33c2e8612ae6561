//! Who is of the platform's staff.

use crate::directory::{Directory, DirectoryError};
use crate::session::invalidation::Changed;
use crate::statements::{self, issuer, subject as id_of, text};
use tenancy::scope::Subject;
use tenancy_service::__private::sql::StoreError;

impl Directory {
    /// Makes a user a member of the platform's staff, also before they ever signed in. Their sessions end: no user's privileges
    /// change under an old id. It opens no organization: see [`Sessions::enter`](crate::Sessions::enter).
    ///
    /// # Errors
    /// [`DirectoryError::Tier`] when they are a member of an organization, of whatever state; [`DirectoryError::Taken`] when
    /// they are of the staff; [`DirectoryError::Database`].
    pub async fn add_staff(&self, subject: &Subject) -> Result<(), DirectoryError> {
        const EVENT: &str = "staff added";
        let (issuer, name, now) = (|| issuer(subject), || id_of(subject), self.inner.db.now());
        let steps = vec![
            self.add_user(subject),
            statements::HoldUser { issuer: issuer(), subject: name() }.statement(),
            statements::AddStaff { now, issuer: issuer(), subject: name() }.required(),
            statements::RaiseEpoch { issuer: issuer(), subject: name() }.statement(),
            self.sign_out(EVENT, subject),
            self.line_of(EVENT, subject, None),
        ];
        match self.inner.db.write(steps, &[Changed::Subject(subject)]).await {
            Ok(_) => Ok(()),
            // The user is there, so it is a membership that was in the way.
            Err(StoreError::Nothing) => Err(DirectoryError::Tier),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Takes a user out of the platform's staff: their entries, their sessions and what was granted to them end.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are not of it; [`DirectoryError::Database`].
    pub async fn remove_staff(&self, subject: &Subject) -> Result<(), DirectoryError> {
        const EVENT: &str = "staff removed";
        let (issuer, name, now) = (|| issuer(subject), || id_of(subject), self.inner.db.now());
        let end = statements::EndAccessesOfSubject { now, why: text(EVENT), issuer: issuer(), subject: name() };
        let steps = vec![
            statements::RaiseEpoch { issuer: issuer(), subject: name() }.required(),
            statements::RemoveStaff { issuer: issuer(), subject: name() }.required(),
            end.statement(),
            self.sign_out(EVENT, subject),
            self.line_of(EVENT, subject, None),
        ];
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// Whether a user is of the platform's staff.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn is_staff(&self, subject: &Subject) -> Result<bool, DirectoryError> {
        let find = statements::IsStaffSubject { issuer: issuer(subject), subject: id_of(subject) }.statement();
        Ok(!self.inner.db.read(find).await?.rows.is_empty())
    }
}
