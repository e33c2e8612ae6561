//! Takes away what is over.

use super::Sessions;
#[cfg(doc)]
use crate::RejectionReason;
use crate::clock::seconds;
use crate::rejection::Rejection;
use crate::statements;
use tenancy_service::__private::sql::Value;

/// How long a session is kept after its absolute limit, in seconds, so that an incident can be looked into.
const KEPT: u64 = 7 * 24 * 60 * 60;

impl Sessions {
    /// Deletes at most `batch` sessions whose absolute limit was a week ago, as many marks of provider sessions that are
    /// kept no longer, and as many sign-ins that did not come back; returns how many rows went. Call it now and then, and
    /// again while it returns something.
    ///
    /// It also writes down how many refusals of a session had no line of their own in the minute before: 20 have one.
    ///
    /// It deletes no session that could still be used, and the audit log is not its business.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn delete_expired(&self, batch: u32) -> Result<usize, Rejection> {
        self.inner.record_what_was_left_out().await;
        let (now, most) = (|| self.inner.db.now(), || Value::Int(batch.into()));
        // A statement each, so that no lock is held for all.
        let mut gone = 0;
        for statement in [
            statements::DeleteSessions { now: now(), kept: seconds(KEPT), most: most() }.statement(),
            statements::DeleteProviderSessions { now: now(), most: most() }.statement(),
            statements::DeleteLogins { now: now(), most: most() }.statement(),
        ] {
            let answers = self.inner.db.write(vec![statement], &[]).await;
            gone +=
                answers.map_err(|failure| self.inner.unavailable(&failure))?.iter().map(|one| one.count).sum::<usize>();
        }
        Ok(gone)
    }
}
