//! Sessions end.

use super::Sessions;
use crate::audit_log;
use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cookie::EndSession;
use crate::session::invalidation::Changed;
use crate::session::session_row::Cells;
use crate::sessions::session::Session;
use crate::statements::{self, issuer, subject as id_of, text};
use std::time::{Duration, SystemTime};
use tenancy::scope::{OrgId, Subject};
use tenancy_service::__private::sql::{Statement, StoreError, Value};
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
    /// When the user signed in.
    pub created_at: SystemTime,
    /// When it was last used, to the minute.
    pub seen_at: SystemTime,
    /// What the browser called itself.
    pub agent: Option<String>,
    /// Whether it is the session that asks.
    pub current: bool,
}

impl Sessions {
    /// Ends the session. Return the [`EndSession`] with the response: it takes the cookie away.
    ///
    /// Ending one that is over already is no error.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`]: the session is then still alive.
    pub async fn end(&self, session: &Session) -> Result<EndSession, Rejection> {
        self.end_one(session, session.facts().handle, None).await.map(|()| EndSession::new())
    }

    /// Ends another of the user's own sessions, from the list of them. A handle that is not the user's ends nothing.
    ///
    /// # Errors
    /// [`RejectionReason::StaleProof`] where the gateway asks for a fresh one
    /// ([`fresh_proof_to_end_sessions`](crate::GatewayBuilder::fresh_proof_to_end_sessions)), unless it is the session
    /// itself; [`RejectionReason::Unavailable`].
    pub async fn end_own(&self, session: &Session, handle: Uuid) -> Result<(), Rejection> {
        if handle == session.facts().handle {
            return self.end_one(session, handle, None).await;
        }
        self.freshly_proved(session).await?;
        self.end_one(session, handle, Some(self.alive(session))).await
    }

    /// Whether the session's proof is as fresh as the gateway asks of a user who ends sessions.
    async fn freshly_proved(&self, session: &Session) -> Result<(), Rejection> {
        match self.inner.settings.fresh {
            Some(age) if !session.authenticated_within(Duration::from_secs(age)) => {
                Err(self.inner.refuse_known(RejectionReason::StaleProof, session.facts()).await)
            }
            _ => Ok(()),
        }
    }

    /// `asked` is what must hold for it.
    async fn end_one(&self, session: &Session, handle: Uuid, asked: Option<Statement>) -> Result<(), Rejection> {
        let (now, user) = (self.inner.db.now(), Value::Id(session.facts().user));
        let end = statements::EndOwnSession { now, why: text("signed out"), handle: Value::Id(handle), user };
        let line = audit_log::of_session(self.inner.db.now(), Event::End.name(), Some("signed out"), handle);
        let steps = asked.into_iter().chain([end.required(), line]).collect();
        self.ended(steps, Changed::Session(handle)).await
    }

    /// Ends all of the user's sessions, this one too, and whatever was granted to them.
    ///
    /// # Errors
    /// [`RejectionReason::StaleProof`] as for [`end_own`](Self::end_own); [`RejectionReason::Unavailable`].
    pub async fn end_everywhere(&self, session: &Session) -> Result<EndSession, Rejection> {
        self.freshly_proved(session).await?;
        self.end_user(session, "session user").await.map(|()| EndSession::new())
    }

    /// Ends all sessions of a user, for an operator or a provider's event. Unknown users have none.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn end_subject(&self, subject: &Subject) -> Result<(), Rejection> {
        let (issuer, name, now) = (|| issuer(subject), || id_of(subject), self.inner.db.now());
        let end = statements::EndSessionsOfSubject { now, why: text("subject"), issuer: issuer(), subject: name() };
        let line =
            audit_log::of_subject(self.inner.db.now(), Event::End.name(), "subject", &subject.issuer, &subject.subject);
        let steps =
            vec![statements::RaiseBothEpochsOf { issuer: issuer(), subject: name() }.required(), end.statement(), line];
        self.ended(steps, Changed::Subject(subject)).await
    }

    /// Ends the sessions that belong to a session of the provider's: a back-channel logout by `sid`.
    ///
    /// When no session is there yet, one that begins within 10 min for the same `sid` is refused. A `sid` of another
    /// issuer is another session.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn end_provider_session(&self, issuer: &str, sid: &str) -> Result<(), Rejection> {
        let now = || self.inner.db.now();
        let (issuer, sid) = (|| text(issuer), || text(sid));
        let mark =
            statements::MarkProviderLogout { issuer: issuer(), sid: sid(), now: now(), life: seconds(TOMBSTONE) };
        let end = statements::EndSessionsOfProvider { now: now(), why: text("provider"), issuer: issuer(), sid: sid() };
        let steps = vec![
            mark.statement(),
            statements::RaiseEpochOfProviderSession { issuer: issuer(), sid: sid() }.statement(),
            end.statement(),
            audit_log::of_directory(now(), Event::End.name(), "provider", None, None),
        ];
        // Whose they are, only the statements find.
        self.ended(steps, Changed::Everything).await
    }

    /// Ends all sessions that act for an organization, and whatever was granted in it. Its members may sign in again: to
    /// keep them out, suspend it.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn end_organization(&self, org: OrgId, actor: &str) -> Result<(), Rejection> {
        let (id, now) = (|| statements::org(org), self.inner.db.now());
        let line = audit_log::of_directory(self.inner.db.now(), Event::End.name(), actor, None, Some(*org.as_uuid()));
        let steps = vec![
            statements::RaiseOrganizationEpoch { org: id() }.statement(),
            statements::EndSessionsOfOrganization { now, why: text("organization"), org: id() }.statement(),
            line,
        ];
        self.ended(steps, Changed::Organization(org)).await
    }

    async fn end_user(&self, session: &Session, actor: &str) -> Result<(), Rejection> {
        let user = session.facts().user;
        let (id, now) = (|| Value::Id(user), self.inner.db.now());
        let line = audit_log::of_directory(self.inner.db.now(), Event::End.name(), actor, Some(user), None);
        let end = statements::EndSessionsOfUser { now, why: text("everywhere"), user: id() }.statement();
        let steps = vec![self.alive(session), statements::RaiseBothEpochs { user: id() }.statement(), end, line];
        self.ended(steps, Changed::Subject(session.subject())).await
    }

    async fn ended(&self, steps: Vec<Statement>, changed: Changed<'_>) -> Result<(), Rejection> {
        match self.inner.db.write(steps, &[changed]).await {
            Ok(_) => {
                self.inner.did(Event::End);
                Ok(())
            }
            // There was nothing to end.
            Err(StoreError::Nothing) => Ok(()),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// The user's own live sessions, the one used last first, at most 100.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn list(&self, session: &Session) -> Result<Vec<OwnSession>, Rejection> {
        let (user, current) = (Value::Id(session.facts().user), session.facts().handle);
        let list = statements::ListSessions { user, now: self.inner.db.now(), most: seconds(LISTED as u64) };
        let read = async {
            let answer = self.inner.db.read(list.statement()).await?;
            answer.rows.into_iter().map(|row| own(row, current)).collect::<Result<Vec<_>, StoreError>>()
        };
        read.await.map_err(|failure| self.inner.unavailable(&failure))
    }
}

fn own(row: Vec<Value>, current: Uuid) -> Result<OwnSession, StoreError> {
    let mut row = Cells::new(row);
    let (handle, created_at, seen_at, agent) = (row.id()?, row.time()?, row.time()?, row.text_or_none()?);
    Ok(OwnSession { handle, created_at, seen_at, agent, current: handle == current })
}
