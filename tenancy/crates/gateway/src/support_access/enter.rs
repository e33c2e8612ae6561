//! Staff enter an organization, and leave it.

use super::AccessRequest;
use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cookie::SetSession;
use crate::session::session_row::SessionRow;
use crate::sessions::Sessions;
use crate::sessions::change::{Renewal, wished};
use crate::sessions::session::Session;
use crate::statements::{self, issuer, subject as id_of, text, text_or_null};
use std::time::Duration;
use tenancy::__private::is_recent;
use tenancy::scope::RequestedOrg;
use tenancy_service::__private::sql::{Statement, Value};
use uuid::Uuid;

impl Sessions {
    /// Lets a member of the platform's staff enter an organization, by id or slug, and gives the session a new id. One that
    /// is open ends.
    ///
    /// The entry is committed, with its reason, to tables that take no change, in one transaction with the session; only then
    /// is there anything to grant. Every request under it asks again whether it holds. Where changes need an approval, an entry to
    /// change holds when another member of staff has [approved](Self::approve) it; until then the session has no
    /// [`entry`](Session::entry).
    ///
    /// # Errors
    /// [`RejectionReason::EntryReason`] and [`RejectionReason::EntryTime`] for what [`AccessRequest`] does not take; [`RejectionReason::NotStaff`];
    /// [`RejectionReason::EntryProof`] and [`RejectionReason::EntryAge`] when the session's user did not prove enough, or too long ago: let them
    /// [`step_up`](Self::step_up) it; [`RejectionReason::EntryOrganization`]; [`RejectionReason::DeadSession`] and [`RejectionReason::Changed`] when the
    /// session ended or changed meanwhile; [`RejectionReason::Unavailable`]. Nothing is left half done, and the first six have one
    /// answer, [`NotAMember`](crate::NotAMember)'s.
    pub async fn enter(
        &self,
        session: &Session,
        wish: &RequestedOrg,
        entry: AccessRequest,
    ) -> Result<(Session, SetSession), Rejection> {
        let facts = self.to_change(session).await?;
        let lasts = match self.may_enter(&facts, &entry).await? {
            Ok(lasts) => lasts,
            Err(reason) => return Err(self.inner.refuse_known(reason, &facts).await),
        };
        let [org, slug] = wished(wish);
        let enter = move |of: statements::RenewSession| {
            let statements::RenewSession { new_hash, now, staff_idle, idle, id_hash, version } = of;
            statements::EnterOrganization { new_hash, now, staff_idle, idle, id_hash, version, org, slug }.required()
        };
        let renewal = Renewal {
            before: self.closing(&facts, "entered again"),
            after: vec![self.writing(&facts, entry, lasts)],
            ..Renewal::by(enter, Event::StaffEnter, RejectionReason::EntryOrganization)
        };
        self.renewed(session, renewal).await
    }

    /// Ends the entry before its time, and gives the session a new id. Leaving one that is over is no error.
    ///
    /// # Errors
    /// [`RejectionReason::NotStaff`]; [`RejectionReason::DeadSession`] and [`RejectionReason::Changed`] when the session ended or changed meanwhile;
    /// [`RejectionReason::Unavailable`].
    pub async fn leave(&self, session: &Session) -> Result<(Session, SetSession), Rejection> {
        let before = self.closing(session.facts(), "left");
        let leave = |of: statements::RenewSession| {
            let statements::RenewSession { new_hash, now, staff_idle, idle, id_hash, version } = of;
            statements::LeaveOrganization { new_hash, now, staff_idle, idle, id_hash, version }.required()
        };
        let renewal = Renewal { before, ..Renewal::by(leave, Event::StaffLeave, RejectionReason::NotStaff) };
        self.renewed(session, renewal).await
    }

    /// Whether the user of these facts is of the staff.
    pub(super) async fn is_staff(&self, facts: &SessionRow) -> Result<bool, Rejection> {
        let staff = statements::IsStaff { user: Value::Id(facts.user) }.statement();
        let answer = self.inner.db.read(staff).await.map_err(|failure| self.inner.unavailable(&failure))?;
        Ok(!answer.rows.is_empty())
    }

    /// Whether a session is one of the staff whose user proved enough, lately; or what is missing.
    pub(super) async fn has_proved(&self, facts: &SessionRow) -> Result<Result<(), RejectionReason>, Rejection> {
        let settings = &self.inner.settings.staff;
        if !self.is_staff(facts).await? {
            return Ok(Err(RejectionReason::NotStaff));
        }
        let proved =
            |word: &String| facts.assurance == *word || facts.methods.split_whitespace().any(|one| one == word);
        if !settings.assurance.iter().any(proved) {
            return Ok(Err(RejectionReason::EntryProof));
        }
        let recent = is_recent(facts.authenticated_at, facts.now, Duration::from_secs(settings.proof_age));
        Ok(if recent { Ok(()) } else { Err(RejectionReason::EntryAge) })
    }

    /// For how long this session may enter, in seconds, or why it may not.
    async fn may_enter(
        &self,
        facts: &SessionRow,
        entry: &AccessRequest,
    ) -> Result<Result<u64, RejectionReason>, Rejection> {
        Ok(self.has_proved(facts).await?.and_then(|()| entry.checked()))
    }

    /// Ends what the session has open, and what was granted to its user and is still about. Holds the user's row.
    fn closing(&self, facts: &SessionRow, why: &str) -> Vec<Statement> {
        let (issuer, name, now) = (issuer(&facts.subject), id_of(&facts.subject), self.inner.db.now());
        vec![
            statements::RaiseEpoch { issuer, subject: name }.required(),
            statements::EndAccessesOfSession { now, why: text(why), session: Value::Id(facts.handle) }.statement(),
        ]
    }

    fn writing(&self, facts: &SessionRow, entry: AccessRequest, lasts: u64) -> Statement {
        let insert = statements::InsertAccess {
            id: Value::Id(Uuid::new_v4()),
            writes: Value::Int(entry.writes.into()),
            needs_approval: Value::Int((entry.writes && self.inner.settings.staff.approval).into()),
            reason: Value::Text(entry.reason),
            ticket: text_or_null(entry.ticket.as_deref()),
            now: self.inner.db.now(),
            lasts: seconds(lasts),
            handle: Value::Id(facts.handle),
        };
        insert.required()
    }
}
