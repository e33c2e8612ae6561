//! No more sessions a user than the gateway was told.

use super::Sessions;
use crate::db::platform::{Statement, Value};
use crate::gateway::counters::Event;
use crate::gateway::directory::HOLD;
use crate::gateway::signed_in::SignedIn;
use uuid::Uuid;

/// The user's live sessions beyond those that were used last; a session that has just begun is none of them. A limit is there
/// because SQLite knows no offset without one.
macro_rules! beyond {
    ($what:literal) => {
        concat!(
            $what,
            "handle IN (SELECT s.handle FROM gateway_sessions s JOIN gateway_users u ON u.id = s.user_id \
             AND u.session_epoch = s.user_epoch WHERE u.issuer = ? AND u.subject = ? AND s.handle <> ? \
             AND s.ended_at IS NULL AND ? < s.idle_until AND ? < s.abs_until \
             ORDER BY s.seen_at DESC, s.created_at DESC, s.handle LIMIT 1000000 OFFSET ?)"
        )
    };
}

const AUDIT: &str = beyond!(
    "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
     SELECT ?, ?, 'too many', user_id, org_id, handle FROM gateway_sessions WHERE "
);
const END: &str = beyond!(
    "UPDATE gateway_sessions SET ended_at = ?, ended_why = 'too many', sealed_id_token = NULL, \
     sealed_refresh_token = NULL WHERE "
);

impl Sessions {
    /// What begins before anything else of a sign-in, once the user is there: of two at once the second sees the first's.
    pub(super) fn one_at_a_time(&self, signed_in: &SignedIn) -> Option<Statement> {
        let name = [&signed_in.issuer, &signed_in.subject].map(|text| Value::Text(text.clone()));
        self.inner.settings.most.map(|_| Statement::new(HOLD, name.to_vec()))
    }

    /// Ends what is too many beside the session `begun`. Each is a line in the audit log.
    pub(super) fn too_many(&self, signed_in: &SignedIn, begun: Uuid) -> Vec<Statement> {
        let Some(most) = self.inner.settings.most else { return Vec::new() };
        let now = || self.inner.db.now();
        let text = |text: &str| Value::Text(text.to_owned());
        let beside = (most.get() - 1).into();
        let beyond =
            [text(&signed_in.issuer), text(&signed_in.subject), Value::Id(begun), now(), now(), Value::Int(beside)];
        let line = [&[now(), text(Event::End.name())], &beyond[..]].concat();
        vec![Statement::new(AUDIT, line), Statement::new(END, [&[now()], &beyond[..]].concat())]
    }
}
