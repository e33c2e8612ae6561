//! A second person: an entry to change waits until another member of staff has approved it, where the gateway was told so.

use super::Visit;
use super::visits::{COLUMNS, visit};
use crate::db::platform::{Failure, Statement, Value};
use crate::gateway::clock::seconds;
use crate::gateway::counters::Event;
use crate::gateway::directory::{HOLD, name};
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::gateway::sessions::Sessions;
use uuid::Uuid;

/// How many are listed.
const LISTED: u64 = 100;

/// Which entries wait: those that need an approval and have none, whose time is not over, and that nobody ended. Takes the time.
macro_rules! waiting {
    () => {
        "e.needs_approval = 1 AND ? < e.until AND NOT EXISTS (SELECT 1 FROM gateway_entry_approvals p WHERE p.entry = e.id) \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends f WHERE f.entry = e.id)"
    };
}
pub(super) use waiting;

const LIST: &str = concat!(
    super::visits::visits!(),
    " JOIN gateway_staff s ON s.user_id = e.user_id WHERE ",
    waiting!(),
    " ORDER BY e.entered_at, e.id LIMIT ?"
);

/// Never one's own, and only by whoever is of the staff when it is written.
const APPROVE: &str = concat!(
    "INSERT INTO gateway_entry_approvals (entry, user_id, approved_at) SELECT e.id, t.user_id, ? FROM gateway_entries e \
     JOIN gateway_staff t ON t.user_id = ? AND t.user_id <> e.user_id WHERE e.id = ? AND ",
    waiting!()
);

/// The line of the approver, with the entry that it is about.
const LINE: &str = "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
                    SELECT ?, ?, ?, ?, e.org_id, ? FROM gateway_entries e WHERE e.id = ?";

impl Sessions {
    /// The entries that wait for a second person, the oldest first, at most 100: for a page of the staff's own.
    ///
    /// # Errors
    /// [`Reason::NotStaff`]; [`Reason::Unavailable`].
    pub async fn waiting(&self, session: &Session) -> Result<Vec<Visit>, Refused> {
        let facts = session.facts();
        if !self.is_staff(facts).await? {
            return Err(self.inner.refuse_known(Reason::NotStaff, facts).await);
        }
        let list = Statement::new(LIST, vec![self.inner.db.now(), seconds(LISTED)]).returning(COLUMNS);
        let read = async {
            let answer = self.inner.db.read(list).await?;
            answer.rows.into_iter().map(visit).collect::<Result<Vec<_>, Failure>>()
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }

    /// Approves somebody else's entry, which holds from then on, for what is left of its time.
    ///
    /// # Errors
    /// [`Reason::NotStaff`]; [`Reason::EntryProof`] and [`Reason::EntryAge`] as when they [`enter`](Self::enter) themselves;
    /// [`Reason::EntryApproval`] when there is no such entry, it does not wait (any more), or is their own;
    /// [`Reason::Unavailable`].
    pub async fn approve(&self, session: &Session, entry: Uuid) -> Result<(), Refused> {
        let facts = self.to_change(session).await?;
        if let Err(reason) = self.has_proved(&facts).await? {
            return Err(self.inner.refuse_known(reason, &facts).await);
        }
        let (now, user, id) = (|| self.inner.db.now(), Value::Id(facts.user), Value::Id(entry));
        let event = [Event::StaffApprove.name().to_owned(), entry.to_string()].map(Value::Text);
        let about = [user.clone(), Value::Id(facts.handle), id.clone()];
        let steps = vec![
            self.alive(session),
            Statement::new(HOLD, name(&facts.subject)).required(),
            Statement::new(APPROVE, vec![now(), user, id, now()]).required(),
            Statement::new(LINE, [&[now()], &event[..], &about[..]].concat()).required(),
        ];
        match self.inner.db.write(steps, &[]).await {
            Ok(_) => {
                self.inner.did(Event::StaffApprove);
                Ok(())
            }
            Err(Failure::Nothing | Failure::Taken) => Err(self.inner.refuse_known(Reason::EntryApproval, &facts).await),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }
}
