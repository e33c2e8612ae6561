//! No more sessions per user than the gateway was configured with.

use super::Sessions;
use crate::metrics::Event;
use crate::session::verified_identity::VerifiedIdentity;
use crate::statements::{self, text};
use tenancy_service::__private::sql::{Statement, Value};
use uuid::Uuid;

impl Sessions {
    /// What begins before anything else of a sign-in, once the user is there: of two at once the second sees the first's.
    pub(super) fn one_at_a_time(&self, signed_in: &VerifiedIdentity) -> Option<Statement> {
        let hold = statements::HoldUser { issuer: text(&signed_in.issuer), subject: text(&signed_in.subject) };
        self.inner.settings.most.map(|_| hold.statement())
    }

    /// Ends what is too many beside the session `begun`. Each is a line in the audit log.
    pub(super) fn too_many(&self, signed_in: &VerifiedIdentity, begun: Uuid) -> Vec<Statement> {
        let Some(most) = self.inner.settings.most else { return Vec::new() };
        let now = || self.inner.db.now();
        let (issuer, subject) = (|| text(&signed_in.issuer), || text(&signed_in.subject));
        let (begun, beside) = (|| Value::Id(begun), || Value::Int((most.get() - 1).into()));
        let line = statements::AuditSessionsBeyondLimit {
            now: now(),
            event: text(Event::End.name()),
            issuer: issuer(),
            subject: subject(),
            begun: begun(),
            beside: beside(),
        };
        let end = statements::EndSessionsBeyondLimit {
            now: now(),
            issuer: issuer(),
            subject: subject(),
            begun: begun(),
            beside: beside(),
        };
        vec![line.statement(), end.statement()]
    }
}
