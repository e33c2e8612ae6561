//! A second person: an entry to change waits until another member of staff has approved it, where the gateway is configured so.

use super::AccessRecord;
use super::records::visit;
use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::sessions::Sessions;
use crate::sessions::session::Session;
use crate::statements::{self, issuer, subject as id_of, text};
use tenancy_service::__private::sql::{StoreError, Value};
use uuid::Uuid;

/// How many are listed.
const LISTED: u64 = 100;

impl Sessions {
    /// The entries that wait for a second person, the oldest first, at most 100: for a page of the staff's own.
    ///
    /// # Errors
    /// [`RejectionReason::NotStaff`]; [`RejectionReason::Unavailable`].
    pub async fn waiting(&self, session: &Session) -> Result<Vec<AccessRecord>, Rejection> {
        let facts = session.facts();
        if !self.is_staff(facts).await? {
            return Err(self.inner.refuse_known(RejectionReason::NotStaff, facts).await);
        }
        let list = statements::ListWaiting { now: self.inner.db.now(), most: seconds(LISTED) }.statement();
        let read = async {
            let answer = self.inner.db.read(list).await?;
            answer.rows.into_iter().map(visit).collect::<Result<Vec<_>, StoreError>>()
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }

    /// Approves another person's entry, which holds from then on, for what is left of its time.
    ///
    /// # Errors
    /// [`RejectionReason::NotStaff`]; [`RejectionReason::EntryProof`] and [`RejectionReason::EntryAge`] as when they [`enter`](Self::enter) themselves;
    /// [`RejectionReason::EntryApproval`] when there is no such entry, it does not wait (any more), or is their own;
    /// [`RejectionReason::Unavailable`].
    pub async fn approve(&self, session: &Session, entry: Uuid) -> Result<(), Rejection> {
        let facts = self.to_change(session).await?;
        if let Err(reason) = self.has_proved(&facts).await? {
            return Err(self.inner.refuse_known(reason, &facts).await);
        }
        let (now, user, id) = (|| self.inner.db.now(), Value::Id(facts.user), Value::Id(entry));
        let line = statements::AuditApproval {
            now: now(),
            event: text(Event::StaffApprove.name()),
            reason: text(&entry.to_string()),
            user: user.clone(),
            session: Value::Id(facts.handle),
            entry: id.clone(),
        };
        let steps = vec![
            self.alive(session),
            statements::HoldUser { issuer: issuer(&facts.subject), subject: id_of(&facts.subject) }.required(),
            statements::ApproveAccess { now: now(), approver: user, entry: id }.required(),
            line.required(),
        ];
        match self.inner.db.write(steps, &[]).await {
            Ok(_) => {
                self.inner.did(Event::StaffApprove);
                Ok(())
            }
            Err(StoreError::Nothing | StoreError::Taken) => {
                Err(self.inner.refuse_known(RejectionReason::EntryApproval, &facts).await)
            }
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }
}
