//! A session begins, at sign-in and only there.

use super::Sessions;
use crate::audit_log;
use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cookie::SetSession;
use crate::session::invalidation::Changed;
use crate::session::session_row::{SessionRow, shape};
use crate::session::verified_identity::VerifiedIdentity;
use crate::sessions::provider_tokens::{Purpose, sealed};
use crate::sessions::session::Session;
use crate::statements::{self, text, text_or_null};
use tenancy::__private::unix_seconds;
use tenancy::scope::Subject;
use tenancy_service::__private::sql::{Answer, Statement, StoreError, Value};
use uuid::Uuid;

/// Longest issuer, in bytes.
const ISSUER: usize = 512;
/// Longest subject, provider session and assurance, in bytes (OpenID Connect's own limit of `sub`).
const NAME: usize = 255;
/// Most methods of authentication.
const METHODS: usize = 16;
/// How much of a browser's name is kept for the list of sessions, in characters.
const AGENT: usize = 120;

impl Sessions {
    /// Begins a session for the user who signed in: always with a new id, whatever the browser sent.
    ///
    /// `replaced` is the session that the browser had until now; it is dead from here on. `agent` is the browser's name
    /// for the list of sessions. The user is known from now on and is a member of nothing by that. With one
    /// organization the session acts for it, with several for none until it [switches](Self::switch). Where a user has a
    /// limited number of sessions, the one that was used longest ago may end
    /// ([`most_sessions`](crate::GatewayBuilder::most_sessions)).
    ///
    /// Return the [`SetSession`] with the response: it carries the cookie.
    ///
    /// # Errors
    /// [`RejectionReason::SignInFacts`] for facts that no provider should state; [`RejectionReason::SignInRefused`] when the user is disabled
    /// or the provider has ended this session already; [`RejectionReason::Unavailable`]. Nothing is left half done.
    pub async fn sign_in(
        &self,
        signed_in: &VerifiedIdentity,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Rejection> {
        self.begin(signed_in, Vec::new(), replaced, agent).await
    }

    /// `joins` run when the user is there, and before the session looks for its organization.
    pub(crate) async fn begin(
        &self,
        signed_in: &VerifiedIdentity,
        joins: Vec<Statement>,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Rejection> {
        if !plausible(signed_in) {
            return Err(self.inner.refuse(RejectionReason::SignInFacts));
        }
        let (id, handle) = (self.fresh_id()?, Uuid::new_v4());
        let hash = self.inner.hash(&id).to_vec();
        let insert = self.insert(signed_in, hash.clone(), handle, agent)?;
        let mut steps = self.meeting(signed_in);
        steps.extend(self.one_at_a_time(signed_in));
        steps.extend(joins);
        steps.extend(replaced.map(|old| {
            statements::ReplaceSession { now: self.inner.db.now(), handle: Value::Id(old.facts().handle) }.statement()
        }));
        steps.push(insert);
        steps.extend(self.too_many(signed_in, handle));
        steps.push(audit_log::of_session(self.inner.db.now(), Event::SignIn.name(), None, handle));
        steps.push(self.find_statement(vec![hash]).required());
        let subject = Subject { issuer: signed_in.issuer.clone(), subject: signed_in.subject.clone() };
        let mut changed = vec![Changed::Subject(&subject)];
        changed.extend(replaced.map(|old| Changed::Session(old.facts().handle)));
        match self.inner.db.write(steps, &changed).await.and_then(last) {
            Ok(facts) => {
                self.inner.did(Event::SignIn);
                Ok((self.session(facts), SetSession::to(&id)))
            }
            Err(StoreError::Nothing) => Err(self.sign_in_refused(signed_in).await),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// The user, and the provider's session: rows that must be there before the session is.
    pub(super) fn meeting(&self, signed_in: &VerifiedIdentity) -> Vec<Statement> {
        let now = || self.inner.db.now();
        let (id, issuer, subject) = (Value::Id(Uuid::new_v4()), text(&signed_in.issuer), text(&signed_in.subject));
        let mut steps = vec![statements::AddUser { id, issuer: issuer.clone(), subject, now: now() }.statement()];
        steps.extend(signed_in.provider_session.as_deref().map(|sid| {
            let (sid, now, life) = (text(sid), now(), seconds(self.inner.settings.absolute));
            statements::MeetProviderSession { issuer, sid, now, life }.statement()
        }));
        steps
    }

    fn insert(
        &self,
        signed_in: &VerifiedIdentity,
        hash: Vec<u8>,
        handle: Uuid,
        agent: Option<&str>,
    ) -> Result<Statement, Rejection> {
        let [staff_idle, idle] = self.inner.settings.idle_times();
        let [staff_absolute, absolute] = self.inner.settings.absolute_times();
        let seal = |token: &Option<_>, purpose| sealed(&self.inner, token.as_ref(), handle, purpose);
        let insert = statements::InsertSession {
            id_hash: Value::Bytes(hash),
            handle: Value::Id(handle),
            authenticated_at: seconds(signed_in.authenticated_at.map_or(0, unix_seconds)),
            now: self.inner.db.now(),
            methods: Value::Text(signed_in.methods.join(" ")),
            assurance: text(signed_in.assurance.as_deref().unwrap_or_default()),
            sid: text_or_null(signed_in.provider_session.as_deref()),
            staff_idle,
            idle,
            staff_absolute,
            absolute,
            id_token: seal(&signed_in.id_token, Purpose::IdToken)?,
            refresh_token: seal(&signed_in.refresh_token, Purpose::RefreshToken)?,
            agent: text_or_null(agent.map(printable).as_deref()),
            issuer: text(&signed_in.issuer),
            subject: text(&signed_in.subject),
        };
        Ok(insert.required())
    }

    async fn sign_in_refused(&self, signed_in: &VerifiedIdentity) -> Rejection {
        let reason = RejectionReason::SignInRefused;
        let (op, id) = (&signed_in.issuer, &signed_in.subject);
        let line = audit_log::of_subject(self.inner.db.now(), "refusal", reason.name(), op, id);
        if let Err(failure) = self.inner.db.write(vec![line], &[]).await {
            return self.inner.unavailable(&failure);
        }
        self.inner.refuse(reason)
    }
}

/// The session that the last of several statements returned.
pub(super) fn last(mut answers: Vec<Answer>) -> Result<SessionRow, StoreError> {
    let row = answers.pop().and_then(|answer| answer.rows.into_iter().next());
    SessionRow::read(row.ok_or_else(shape)?)
}

/// Whether a provider may have said this: names that are there, not endless, and hold no control characters.
pub(super) fn plausible(signed_in: &VerifiedIdentity) -> bool {
    let bounded = |text: &str, most: usize| text.len() <= most && !text.chars().any(char::is_control);
    let name = |text: &str, most: usize| !text.is_empty() && bounded(text, most);
    let method = |text: &String| name(text, NAME) && !text.contains(' ');
    name(&signed_in.issuer, ISSUER)
        && name(&signed_in.subject, NAME)
        && signed_in.provider_session.as_deref().is_none_or(|sid| name(sid, NAME))
        && signed_in.assurance.as_deref().is_none_or(|acr| bounded(acr, NAME))
        && signed_in.methods.len() <= METHODS
        && signed_in.methods.iter().all(method)
}

fn printable(agent: &str) -> String {
    agent.chars().filter(|letter| !letter.is_control()).take(AGENT).collect()
}
