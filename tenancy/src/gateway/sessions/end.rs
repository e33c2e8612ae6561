//! Sessions end.

use super::{Sessions, audit};
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::changes::Changed;
use crate::gateway::clock::seconds;
use crate::gateway::cookie::EndSession;
use crate::gateway::counters::Event;
use crate::gateway::facts::Cells;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::scope::{OrgId, Subject};
use uuid::Uuid;

/// How long a logout that came before its sign-in is remembered, in seconds.
const TOMBSTONE: u64 = 10 * 60;
/// How many of a user's sessions are listed.
const LISTED: usize = 100;

/// One of the user's own live sessions, for a page that lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnSession {
    /// Names the session; worth nothing as a cookie.
    pub handle: Uuid,
    /// When the user signed in, in seconds since 1970.
    pub created_at: u64,
    /// When it was last used, to the minute, in seconds since 1970.
    pub seen_at: u64,
    /// What the browser called itself.
    pub agent: Option<String>,
    /// Whether it is the session that asks.
    pub current: bool,
}

macro_rules! end {
    ($which:literal) => {
        concat!(
            "UPDATE gateway_sessions SET ended_at = ?, ended_why = ?, sealed_id_token = NULL, \
             sealed_refresh_token = NULL WHERE ended_at IS NULL AND ",
            $which
        )
    };
}
pub(in crate::gateway) use end;

const END_OWN: &str = end!("handle = ? AND user_id = ?");
const END_USER: &str = end!("user_id = ?");
const END_ORGANIZATION: &str = end!("org_id = ?");
const END_PROVIDER: &str = end!("issuer = ? AND provider_sid = ?");
const END_SUBJECT: &str = end!("user_id = (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)");

/// What grants carry of the user changes too, so that a grant which is still about dies.
const EPOCH: &str = "UPDATE gateway_users SET epoch = epoch + 1, session_epoch = session_epoch + 1 WHERE id = ?";
const EPOCH_OF_SUBJECT: &str = "UPDATE gateway_users SET epoch = epoch + 1, session_epoch = session_epoch + 1 \
                                WHERE issuer = ? AND subject = ?";
const EPOCH_OF_SESSION: &str = "UPDATE gateway_users SET epoch = epoch + 1 WHERE id IN \
                                (SELECT user_id FROM gateway_sessions WHERE issuer = ? AND provider_sid = ?)";
const EPOCH_OF_ORGANIZATION: &str = "UPDATE gateway_organizations SET epoch = epoch + 1 WHERE id = ?";

/// A logout that comes before the sign-in has stored its session waits for it here.
const TOMB: &str = "INSERT INTO gateway_provider_sessions (issuer, sid, ended_until, keep_until) \
                    VALUES (?, ?, ? + ?, ? + ?) ON CONFLICT (issuer, sid) DO UPDATE \
                    SET ended_until = excluded.ended_until, keep_until = excluded.keep_until";

const LIST: &str = "SELECT handle, created_at, seen_at, agent FROM gateway_sessions WHERE user_id = ? AND \
                    user_epoch = (SELECT session_epoch FROM gateway_users WHERE id = ?) AND ended_at IS NULL \
                    AND ? < idle_until AND ? < abs_until ORDER BY seen_at DESC, created_at DESC LIMIT ?";

impl Sessions {
    /// Ends the session. Return the [`EndSession`] with the response: it takes the cookie away.
    ///
    /// Ending one that is over already is no error.
    ///
    /// # Errors
    /// [`Reason::Unavailable`]: the session is then still alive.
    pub async fn end(&self, session: &Session) -> Result<EndSession, Refused> {
        self.end_one(session, session.facts().handle, None).await.map(|()| EndSession::new())
    }

    /// Ends another of the user's own sessions, from the list of them. A handle that is not the user's ends nothing.
    ///
    /// # Errors
    /// [`Reason::StaleProof`] where the gateway asks for a fresh one
    /// ([`fresh_proof_to_end_sessions`](crate::gateway::GatewayBuilder::fresh_proof_to_end_sessions)), unless it is the session
    /// itself; [`Reason::Unavailable`].
    pub async fn end_own(&self, session: &Session, handle: Uuid) -> Result<(), Refused> {
        if handle == session.facts().handle {
            return self.end_one(session, handle, None).await;
        }
        self.freshly_proved(session).await?;
        self.end_one(session, handle, Some(self.alive(session))).await
    }

    /// Whether the session's proof is as fresh as the gateway asks of whoever ends sessions.
    async fn freshly_proved(&self, session: &Session) -> Result<(), Refused> {
        match self.inner.settings.fresh {
            Some(age) if !session.authenticated_within(age) => {
                Err(self.inner.refuse_known(Reason::StaleProof, session.facts()).await)
            }
            _ => Ok(()),
        }
    }

    /// `asked` is what must hold for it.
    async fn end_one(&self, session: &Session, handle: Uuid, asked: Option<Statement>) -> Result<(), Refused> {
        let user = session.facts().user;
        let end = self.ending(END_OWN, "signed out", vec![Value::Id(handle), Value::Id(user)]);
        let line = audit::of_session(self.inner.db.now(), Event::End.name(), Some("signed out"), handle);
        let steps = asked.into_iter().chain([end.required(), line]).collect();
        self.ended(steps, Changed::Session(handle)).await
    }

    /// Ends all of the user's sessions, this one too, and whatever was granted to them.
    ///
    /// # Errors
    /// [`Reason::StaleProof`] as for [`end_own`](Self::end_own); [`Reason::Unavailable`].
    pub async fn end_everywhere(&self, session: &Session) -> Result<EndSession, Refused> {
        self.freshly_proved(session).await?;
        self.end_user(session, "session user").await.map(|()| EndSession::new())
    }

    /// Ends all sessions of a user, for an operator or a provider's event. Unknown users have none.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn end_subject(&self, subject: &Subject) -> Result<(), Refused> {
        let name = || vec![Value::Text(subject.op.clone()), Value::Text(subject.id.clone())];
        let line = audit::of_subject(self.inner.db.now(), Event::End.name(), "subject", &subject.op, &subject.id);
        let steps = vec![
            Statement::new(EPOCH_OF_SUBJECT, name()).required(),
            self.ending(END_SUBJECT, "subject", name()),
            line,
        ];
        self.ended(steps, Changed::Subject(subject)).await
    }

    /// Ends the sessions that belong to a session of the provider's: a back-channel logout by `sid`.
    ///
    /// When no session is there yet, one that begins within 10 min for the same `sid` is refused. A `sid` of another
    /// issuer is another session.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn end_provider_session(&self, issuer: &str, sid: &str) -> Result<(), Refused> {
        let now = || self.inner.db.now();
        let name = || vec![Value::Text(issuer.to_owned()), Value::Text(sid.to_owned())];
        let mut tomb = name();
        tomb.extend([now(), seconds(TOMBSTONE), now(), seconds(TOMBSTONE)]);
        let steps = vec![
            Statement::new(TOMB, tomb),
            Statement::new(EPOCH_OF_SESSION, name()),
            self.ending(END_PROVIDER, "provider", name()),
            audit::of_directory(now(), Event::End.name(), "provider", None, None),
        ];
        // Whose they are, only the statements find.
        self.ended(steps, Changed::Everything).await
    }

    /// Ends all sessions that act for an organization, and whatever was granted in it. Its members may sign in again: to
    /// keep them out, suspend it.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn end_organization(&self, org: OrgId, actor: &str) -> Result<(), Refused> {
        let id = || vec![Value::Id(*org.as_uuid())];
        let line = audit::of_directory(self.inner.db.now(), Event::End.name(), actor, None, Some(*org.as_uuid()));
        let steps = vec![
            Statement::new(EPOCH_OF_ORGANIZATION, id()),
            self.ending(END_ORGANIZATION, "organization", id()),
            line,
        ];
        self.ended(steps, Changed::Organization(org)).await
    }

    async fn end_user(&self, session: &Session, actor: &str) -> Result<(), Refused> {
        let user = session.facts().user;
        let id = || vec![Value::Id(user)];
        let line = audit::of_directory(self.inner.db.now(), Event::End.name(), actor, Some(user), None);
        let end = self.ending(END_USER, "everywhere", id());
        let steps = vec![self.alive(session), Statement::new(EPOCH, id()), end, line];
        self.ended(steps, Changed::Subject(session.subject())).await
    }

    fn ending(&self, sql: &'static str, why: &'static str, which: Vec<Value>) -> Statement {
        let mut values = vec![self.inner.db.now(), Value::Text(why.to_owned())];
        values.extend(which);
        Statement::new(sql, values)
    }

    async fn ended(&self, steps: Vec<Statement>, changed: Changed<'_>) -> Result<(), Refused> {
        match self.inner.db.write(steps, &[changed]).await {
            Ok(_) => {
                self.inner.did(Event::End);
                Ok(())
            }
            // There was nothing to end.
            Err(Failure::Nothing) => Ok(()),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// The user's own live sessions, the one used last first, at most 100.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn list(&self, session: &Session) -> Result<Vec<OwnSession>, Refused> {
        let now = || self.inner.db.now();
        let (user, current) = (session.facts().user, session.facts().handle);
        let most = seconds(LISTED as u64);
        let list = Statement::new(LIST, vec![Value::Id(user), Value::Id(user), now(), now(), most]);
        let read = async {
            let answer = self.inner.db.read(list.returning(&[Kind::Id, Kind::Int, Kind::Int, Kind::Text])).await?;
            answer.rows.into_iter().map(|row| own(row, current)).collect::<Result<Vec<_>, Failure>>()
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }
}

fn own(row: Vec<Value>, current: Uuid) -> Result<OwnSession, Failure> {
    let mut row = Cells::new(row);
    let (handle, created_at, seen_at, agent) = (row.id()?, row.count()?, row.count()?, row.text_or_none()?);
    Ok(OwnSession { handle, created_at, seen_at, agent, current: handle == current })
}
