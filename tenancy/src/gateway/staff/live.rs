//! Whether an entry holds now.

use super::Entered;
use super::approve::waiting;
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::clock::seconds;
use crate::gateway::counters::Event;
use crate::gateway::facts::Facts;
use crate::gateway::inner::Inner;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::gateway::sessions::Sessions;
use crate::scope::LEEWAY;
use std::time::Duration;

/// An entry holds for its own session while that is alive and its time is not over, nobody ended it, its user is of the staff and no member of
/// anything, its organization is active, and somebody else approved it if it needs that. Takes the session, the user, the organization, the time with the leeway,
/// and the time twice more.
macro_rules! live {
    ($what:literal) => {
        concat!(
            $what,
            " FROM gateway_entries e JOIN gateway_staff t ON t.user_id = e.user_id \
             JOIN gateway_users u ON u.id = e.user_id AND u.disabled = 0 \
             JOIN gateway_organizations o ON o.id = e.org_id AND o.state = 'active' \
             JOIN gateway_sessions s ON s.handle = e.session AND s.user_epoch = u.session_epoch AND s.ended_at IS NULL \
             WHERE e.session = ? AND e.user_id = ? AND e.org_id = ? AND ? + ? < e.until \
             AND ? < s.idle_until AND ? < s.abs_until \
             AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id) \
             AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = e.user_id) \
             AND (e.needs_approval = 0 OR EXISTS (SELECT 1 FROM gateway_entry_approvals a \
             WHERE a.entry = e.id AND a.user_id <> e.user_id))"
        )
    };
}

const ENTERED: &str = live!("SELECT e.id, e.org_id, o.slug, e.writes, e.until, o.epoch, u.epoch");
const COLUMNS: &[Kind] = &[Kind::Id, Kind::Id, Kind::Text, Kind::Int, Kind::Int, Kind::Int, Kind::Int];

/// A line of the log for each time that something is granted under an entry, which it names.
const GRANTED: &str = concat!(
    live!(
        "INSERT INTO gateway_audit (at, event, reason, user_id, org_id, session) \
         SELECT ?, ?, ?, e.user_id, e.org_id, e.session"
    ),
    " AND e.id = ?"
);

const EVER: &str = "SELECT e.id FROM gateway_entries e WHERE e.session = ? LIMIT 1";

const WAITING: &str = concat!("SELECT e.id FROM gateway_entries e WHERE e.session = ? AND ", waiting!(), " LIMIT 1");

/// The values of [`live!`].
fn of(inner: &Inner, facts: &Facts) -> Vec<Value> {
    let org = facts.org.map_or(Value::Null(Kind::Id), |org| Value::Id(*org.as_uuid()));
    let now = || inner.db.now();
    vec![Value::Id(facts.handle), Value::Id(facts.user), org, now(), seconds(LEEWAY), now(), now()]
}

impl Sessions {
    /// The session of these facts, with the entry that it is under if there is one. Members' sessions are asked for nothing.
    pub(in crate::gateway) async fn entered(&self, facts: Facts) -> Result<Session, Failure> {
        if !facts.is_no_members() {
            return Ok(self.session(facts));
        }
        let statement = Statement::new(ENTERED, of(&self.inner, &facts)).returning(COLUMNS);
        let row = self.inner.db.read(statement).await?.rows.into_iter().next();
        Ok(self.session(facts).under(row.map(Entered::read).transpose()?))
    }
}

/// Asks once more whether the entry holds, and writes down that something is granted under it. Returns how long that may live.
///
/// # Errors
/// [`Reason::EntryOver`]; [`Reason::Unavailable`], when it cannot be written down. Then nothing is granted.
pub(in crate::gateway) async fn record(
    inner: &Inner,
    session: &Session,
    entered: &Entered,
) -> Result<Duration, Refused> {
    let id = entered.id();
    let said = vec![inner.db.now(), Value::Text(Event::StaffGrant.name().to_owned()), Value::Text(id.to_string())];
    let line = [said, of(inner, session.facts()), vec![Value::Id(id)]].concat();
    match inner.db.write(vec![Statement::new(GRANTED, line).required()], &[]).await {
        // At least a second is left: the look-up asked for more than the leeway.
        Ok(_) => Ok(Duration::from_secs(entered.until().saturating_sub(LEEWAY).saturating_sub(session.now()).max(1))),
        Err(Failure::Nothing) => Err(inner.refuse_known(Reason::EntryOver, session.facts()).await),
        Err(failure) => Err(inner.unavailable(&failure)),
    }
}

/// Why a session without a membership gets nothing: its entry waits or is over, or it never entered.
pub(in crate::gateway) async fn why_not(inner: &Inner, session: &Session) -> Result<Reason, Refused> {
    if !session.facts().is_no_members() || session.entry().is_some() {
        return Ok(Reason::NotAMember);
    }
    let handle = || Value::Id(session.handle());
    for (sql, values, reason) in
        [(WAITING, vec![handle(), inner.db.now()], Reason::EntryWaiting), (EVER, vec![handle()], Reason::EntryOver)]
    {
        let answer = inner.db.read(Statement::new(sql, values).returning(&[Kind::Id])).await;
        if !answer.map_err(|failure| inner.unavailable(&failure))?.rows.is_empty() {
            return Ok(reason);
        }
    }
    Ok(Reason::NotAMember)
}
