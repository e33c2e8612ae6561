//! Whether an entry holds now.

use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::active_access::ActiveAccess;
use crate::session::session_row::SessionRow;
use crate::sessions::Sessions;
use crate::sessions::session::Session;
use crate::state::Inner;
use crate::statements::{self, text};
use std::time::Duration;
use tenancy::__private::{LEEWAY, unix_seconds};
use tenancy_service::__private::sql::{Kind, StoreError, Value};

impl Sessions {
    /// The session of these facts, with the entry that it is under if there is one. Members' sessions are asked for nothing.
    pub(crate) async fn entered(&self, facts: SessionRow) -> Result<Session, StoreError> {
        if !facts.is_no_members() {
            return Ok(self.session(facts));
        }
        let find = statements::FindAccess {
            session: Value::Id(facts.handle),
            user: Value::Id(facts.user),
            org: org_of(&facts),
            now: self.inner.db.now(),
            leeway: seconds(LEEWAY),
        };
        let row = self.inner.db.read(find.statement()).await?.rows.into_iter().next();
        Ok(self.session(facts).under(row.map(ActiveAccess::read).transpose()?))
    }
}

/// Asks once more whether the entry holds, and writes down that something is granted under it. Returns how long that may live.
///
/// # Errors
/// [`RejectionReason::EntryOver`]; [`RejectionReason::Unavailable`], when it cannot be written down. Then nothing is granted.
pub(crate) async fn record(inner: &Inner, session: &Session, entered: &ActiveAccess) -> Result<Duration, Rejection> {
    let (id, facts) = (entered.id(), session.facts());
    let line = statements::AuditGrant {
        event: text(Event::StaffGrant.name()),
        reason: text(&id.to_string()),
        session: Value::Id(facts.handle),
        user: Value::Id(facts.user),
        org: org_of(facts),
        now: inner.db.now(),
        leeway: seconds(LEEWAY),
        entry: Value::Id(id),
    };
    match inner.db.write(vec![line.required()], &[]).await {
        // At least a second is left: the look-up asked for more than the leeway.
        Ok(_) => Ok(Duration::from_secs(
            unix_seconds(entered.until()).saturating_sub(LEEWAY).saturating_sub(session.now()).max(1),
        )),
        Err(StoreError::Nothing) => Err(inner.refuse_known(RejectionReason::EntryOver, session.facts()).await),
        Err(failure) => Err(inner.unavailable(&failure)),
    }
}

/// Why a session without a membership gets nothing: its entry waits or is over, or it never entered.
pub(crate) async fn why_not(inner: &Inner, session: &Session) -> Result<RejectionReason, Rejection> {
    if !session.facts().is_no_members() || session.entry().is_some() {
        return Ok(RejectionReason::NotAMember);
    }
    let handle = || Value::Id(session.handle());
    let waiting = statements::IsWaiting { session: handle(), now: inner.db.now() }.statement();
    let ever = statements::HasEverEntered { session: handle() }.statement();
    for (statement, reason) in [(waiting, RejectionReason::EntryWaiting), (ever, RejectionReason::EntryOver)] {
        let answer = inner.db.read(statement).await;
        if !answer.map_err(|failure| inner.unavailable(&failure))?.rows.is_empty() {
            return Ok(reason);
        }
    }
    Ok(RejectionReason::NotAMember)
}

fn org_of(facts: &SessionRow) -> Value {
    facts.org.map_or(Value::Null(Kind::Id), statements::org)
}
