//! Takes away what is over.

use super::Sessions;
use crate::db::platform::{Statement, Value};
#[cfg(doc)]
use crate::gateway::Reason;
use crate::gateway::clock::seconds;
use crate::gateway::refusal::Refused;

/// How long a session is kept after its absolute limit, in seconds, so that an incident can be looked into.
const KEPT: u64 = 7 * 24 * 60 * 60;

/// Whatever ended a session, it is over at its absolute limit.
const SESSIONS: &str = "DELETE FROM gateway_sessions WHERE id_hash IN \
                        (SELECT id_hash FROM gateway_sessions WHERE abs_until < ? - ? LIMIT ?)";
const PROVIDERS: &str = "DELETE FROM gateway_provider_sessions WHERE (issuer, sid) IN (SELECT issuer, sid \
                         FROM gateway_provider_sessions WHERE keep_until < ? LIMIT ?)";

/// Sign-ins that were begun and did not come back in time.
pub(in crate::gateway) const LOGINS: &str = "DELETE FROM gateway_logins WHERE key IN (SELECT key \
                                             FROM gateway_logins WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)";

impl Sessions {
    /// Deletes at most `batch` sessions whose absolute limit was a week ago, as many marks of provider sessions that nobody
    /// waits for any more, and as many sign-ins that did not come back; returns how many rows went. Call it now and then, and
    /// again while it returns something.
    ///
    /// It also writes down how many refusals of a session had no line of their own in the minute before: 20 have one.
    ///
    /// It deletes no session that could still be used, and the audit log is not its business.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn sweep(&self, batch: u32) -> Result<usize, Refused> {
        self.inner.record_what_was_left_out().await;
        let (now, most) = (|| self.inner.db.now(), || Value::Int(batch.into()));
        // A statement each, so that no lock is held for all.
        let mut gone = 0;
        for statement in [
            Statement::new(SESSIONS, vec![now(), seconds(KEPT), most()]),
            Statement::new(PROVIDERS, vec![now(), most()]),
            Statement::new(LOGINS, vec![now(), most()]),
        ] {
            let answers = self.inner.db.write(vec![statement], &[]).await;
            gone +=
                answers.map_err(|failure| self.inner.unavailable(&failure))?.iter().map(|one| one.count).sum::<usize>();
        }
        Ok(gone)
    }
}
