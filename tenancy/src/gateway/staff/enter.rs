//! Staff enter an organization, and leave it.

use super::Entry;
use crate::db::platform::{Kind, Statement, Value};
use crate::gateway::clock::seconds;
use crate::gateway::cookie::SetSession;
use crate::gateway::counters::Event;
use crate::gateway::directory::{EPOCH, name};
use crate::gateway::facts::Facts;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::gateway::sessions::Sessions;
use crate::gateway::sessions::change::{Renewal, renewed, wished};
use crate::gateway::sessions::{for_staff, live};
use crate::scope::{Claim, is_recent};
use uuid::Uuid;

/// That the user is of the staff is asked by the statement that writes the organization, under the user's row that whoever
/// changes it holds.
const ENTER: &str = renewed!(
    ", org_id = (SELECT o.id FROM gateway_organizations o WHERE o.id = ? OR o.slug = ?)",
    " AND EXISTS (SELECT 1 FROM gateway_staff s WHERE s.user_id = gateway_sessions.user_id) \
      AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = gateway_sessions.user_id) \
      AND EXISTS (SELECT 1 FROM gateway_organizations o WHERE o.state = 'active' AND (o.id = ? OR o.slug = ?))"
);

const LEAVE: &str = renewed!(
    ", org_id = NULL",
    " AND EXISTS (SELECT 1 FROM gateway_staff s WHERE s.user_id = gateway_sessions.user_id)"
);

/// The organization and the user are those that the session's row holds now.
const WRITE: &str = "INSERT INTO gateway_entries \
     (id, session, user_id, org_id, writes, needs_approval, reason, ticket, entered_at, until) \
     SELECT ?, handle, user_id, org_id, ?, ?, ?, ?, ?, ? + ? FROM gateway_sessions WHERE handle = ?";

/// Ends what a session has open.
const END: &str = "INSERT INTO gateway_entry_ends (entry, ended_at, why) SELECT e.id, ?, ? FROM gateway_entries e \
                   WHERE e.session = ? AND ? < e.until \
                   AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id)";

const IS_STAFF: &str = "SELECT t.user_id FROM gateway_staff t WHERE t.user_id = ?";

impl Sessions {
    /// Lets a member of the platform's staff enter an organization, by id or slug, and gives the session a new id. One that
    /// is open ends.
    ///
    /// The entry is committed, with its reason, to tables that take no change, in one transaction with the session; only then
    /// is there anything to grant. Every request under it asks again whether it holds. Where changes need an approval, an entry to
    /// change holds when somebody else has [approved](Self::approve) it; until then the session has no
    /// [`entry`](Session::entry).
    ///
    /// # Errors
    /// [`Reason::EntryReason`] and [`Reason::EntryTime`] for what [`Entry`] does not take; [`Reason::NotStaff`];
    /// [`Reason::EntryProof`] and [`Reason::EntryAge`] when the session's user did not prove enough, or too long ago: let them
    /// [`raise`](Self::raise) it; [`Reason::EntryOrganization`]; [`Reason::DeadSession`] and [`Reason::Changed`] when the
    /// session ended or changed meanwhile; [`Reason::Unavailable`]. Nothing is left half done, and the first six have one
    /// answer, [`NotAMember`](crate::gateway::NotAMember)'s.
    pub async fn enter(&self, session: &Session, wish: &Claim, entry: Entry) -> Result<(Session, SetSession), Refused> {
        let facts = self.to_change(session).await?;
        let lasts = match self.may_enter(&facts, &entry).await? {
            Ok(lasts) => lasts,
            Err(reason) => return Err(self.inner.refuse_known(reason, &facts).await),
        };
        let [id, slug] = wished(wish);
        let renewal = Renewal {
            before: self.closing(&facts, "entered again"),
            set: vec![id.clone(), slug.clone()],
            only: vec![id, slug],
            after: vec![self.writing(&facts, entry, lasts)],
            ..Renewal::of(ENTER, Event::StaffEnter, Reason::EntryOrganization)
        };
        self.renewed(session, renewal).await
    }

    /// Ends the entry before its time, and gives the session a new id. Leaving one that is over is no error.
    ///
    /// # Errors
    /// [`Reason::NotStaff`]; [`Reason::DeadSession`] and [`Reason::Changed`] when the session ended or changed meanwhile;
    /// [`Reason::Unavailable`].
    pub async fn leave(&self, session: &Session) -> Result<(Session, SetSession), Refused> {
        let before = self.closing(session.facts(), "left");
        let renewal = Renewal { before, ..Renewal::of(LEAVE, Event::StaffLeave, Reason::NotStaff) };
        self.renewed(session, renewal).await
    }

    /// Whether the user of these facts is of the staff.
    pub(super) async fn is_staff(&self, facts: &Facts) -> Result<bool, Refused> {
        let staff = Statement::new(IS_STAFF, vec![Value::Id(facts.user)]).returning(&[Kind::Id]);
        let answer = self.inner.db.read(staff).await.map_err(|failure| self.inner.unavailable(&failure))?;
        Ok(!answer.rows.is_empty())
    }

    /// Whether a session is one of the staff whose user proved enough, lately; or what is missing.
    pub(super) async fn has_proved(&self, facts: &Facts) -> Result<Result<(), Reason>, Refused> {
        let settings = &self.inner.settings.staff;
        if !self.is_staff(facts).await? {
            return Ok(Err(Reason::NotStaff));
        }
        let proved =
            |word: &String| facts.assurance == *word || facts.methods.split_whitespace().any(|one| one == word);
        if !settings.assurance.iter().any(proved) {
            return Ok(Err(Reason::EntryProof));
        }
        let recent = is_recent(facts.authenticated_at, facts.now, settings.proof_age);
        Ok(if recent { Ok(()) } else { Err(Reason::EntryAge) })
    }

    /// For how long this session may enter, in seconds, or why it may not.
    async fn may_enter(&self, facts: &Facts, entry: &Entry) -> Result<Result<u64, Reason>, Refused> {
        Ok(self.has_proved(facts).await?.and_then(|()| entry.checked()))
    }

    /// Ends what the session has open, and what was granted to its user and is still about. Holds the user's row.
    fn closing(&self, facts: &Facts, why: &str) -> Vec<Statement> {
        let now = || self.inner.db.now();
        let end = vec![now(), Value::Text(why.to_owned()), Value::Id(facts.handle), now()];
        vec![Statement::new(EPOCH, name(&facts.subject)).required(), Statement::new(END, end)]
    }

    fn writing(&self, facts: &Facts, entry: Entry, lasts: u64) -> Statement {
        let now = || self.inner.db.now();
        let ticket = entry.ticket.map_or(Value::Null(Kind::Text), Value::Text);
        let values = vec![
            Value::Id(Uuid::new_v4()),
            Value::Int(entry.writes.into()),
            Value::Int((entry.writes && self.inner.settings.staff.approval).into()),
            Value::Text(entry.reason),
            ticket,
            now(),
            now(),
            seconds(lasts),
            Value::Id(facts.handle),
        ];
        Statement::new(WRITE, values).required()
    }
}
