//! A session begins, at sign-in and only there.

use super::{Sessions, audit, for_staff};
use crate::db::platform::{Answer, Failure, Kind, Statement, Value};
use crate::gateway::changes::Changed;
use crate::gateway::clock::seconds;
use crate::gateway::cookie::SetSession;
use crate::gateway::counters::Event;
use crate::gateway::facts::{Facts, shape};
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::gateway::sessions::tokens::{Purpose, sealed};
use crate::gateway::signed_in::SignedIn;
use crate::scope::Subject;
use uuid::Uuid;

/// Longest issuer, in bytes.
const ISSUER: usize = 512;
/// Longest subject, provider session and assurance, in bytes (OpenID Connect's own limit of `sub`).
const NAME: usize = 255;
/// Most methods of authentication.
const METHODS: usize = 16;
/// How much of a browser's name is kept for the list of sessions, in characters.
const AGENT: usize = 120;

const USER: &str = "INSERT INTO gateway_users (id, issuer, subject, created_at) VALUES (?, ?, ?, ?) \
                    ON CONFLICT (issuer, subject) DO NOTHING";

/// Takes the row's lock, so that a logout of the same provider session comes wholly before or wholly after.
const MEET: &str = "INSERT INTO gateway_provider_sessions (issuer, sid, keep_until) VALUES (?, ?, ? + ?) \
                    ON CONFLICT (issuer, sid) DO UPDATE SET keep_until = excluded.keep_until";

const REPLACE: &str = "UPDATE gateway_sessions SET ended_at = ?, ended_why = 'replaced', sealed_id_token = NULL, \
                       sealed_refresh_token = NULL WHERE handle = ? AND ended_at IS NULL";

/// The organization is the user's only one; of several none is chosen silently. A provider's word about the future does
/// not make an authentication younger than now.
const INSERT: &str = concat!(
    "INSERT INTO gateway_sessions (id_hash, handle, user_id, user_epoch, org_id, auth_time, amr, acr, \
     issuer, provider_sid, created_at, seen_at, idle_until, abs_until, sealed_id_token, sealed_refresh_token, agent) \
     SELECT ?, ?, u.id, u.session_epoch, \
     (SELECT m.org_id FROM gateway_memberships m JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
      WHERE m.user_id = u.id AND NOT EXISTS (SELECT 1 FROM gateway_memberships n \
      JOIN gateway_organizations p ON p.id = n.org_id AND p.state = 'active' \
      WHERE n.user_id = u.id AND n.org_id <> m.org_id)), \
     CASE WHEN ? < ? THEN ? ELSE ? END, ?, ?, u.issuer, ?, ?, ?, ? + ",
    for_staff!("u.id"),
    ", ? + ",
    for_staff!("u.id"),
    ", ?, ?, ? FROM gateway_users u \
     WHERE u.issuer = ? AND u.subject = ? AND u.disabled = 0 AND NOT EXISTS (SELECT 1 FROM gateway_provider_sessions e \
     WHERE e.issuer = u.issuer AND e.sid = ? AND ? < e.ended_until)"
);

impl Sessions {
    /// Begins a session for whoever signed in: always with a new id, whatever the browser sent.
    ///
    /// `replaced` is the session that the browser had until now; it is dead from here on. `agent` is the browser's name
    /// for the list of sessions. The user is known from now on and is a member of nothing by that. With one
    /// organization the session acts for it, with several for none until it [switches](Self::switch). Where a user has a
    /// limited number of sessions, the one that was used longest ago may end
    /// ([`most_sessions`](crate::gateway::GatewayBuilder::most_sessions)).
    ///
    /// Return the [`SetSession`] with the response: it carries the cookie.
    ///
    /// # Errors
    /// [`Reason::SignInFacts`] for facts that no provider should state; [`Reason::SignInRefused`] when the user is disabled
    /// or the provider has ended this session already; [`Reason::Unavailable`]. Nothing is left half done.
    pub async fn sign_in(
        &self,
        signed_in: &SignedIn,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Refused> {
        self.begin(signed_in, Vec::new(), replaced, agent).await
    }

    /// `joins` run when the user is there, and before the session looks for its organization.
    pub(super) async fn begin(
        &self,
        signed_in: &SignedIn,
        joins: Vec<Statement>,
        replaced: Option<&Session>,
        agent: Option<&str>,
    ) -> Result<(Session, SetSession), Refused> {
        if !plausible(signed_in) {
            return Err(self.inner.refuse(Reason::SignInFacts));
        }
        let (id, handle) = (self.fresh_id()?, Uuid::new_v4());
        let hash = self.inner.hash(&id).to_vec();
        let insert = self.insert(signed_in, hash.clone(), handle, agent)?;
        let mut steps = self.meeting(signed_in);
        steps.extend(self.one_at_a_time(signed_in));
        steps.extend(joins);
        steps.extend(
            replaced.map(|old| Statement::new(REPLACE, vec![self.inner.db.now(), Value::Id(old.facts().handle)])),
        );
        steps.push(insert);
        steps.extend(self.too_many(signed_in, handle));
        steps.push(audit::of_session(self.inner.db.now(), Event::SignIn.name(), None, handle));
        steps.push(self.find_statement(vec![hash]).required());
        let subject = Subject { op: signed_in.issuer.clone(), id: signed_in.subject.clone() };
        let mut changed = vec![Changed::Subject(&subject)];
        changed.extend(replaced.map(|old| Changed::Session(old.facts().handle)));
        match self.inner.db.write(steps, &changed).await.and_then(last) {
            Ok(facts) => {
                self.inner.did(Event::SignIn);
                Ok((self.session(facts), SetSession::to(&id)))
            }
            Err(Failure::Nothing) => Err(self.sign_in_refused(signed_in).await),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    /// The user, and the provider's session: rows that must be there before the session is.
    pub(super) fn meeting(&self, signed_in: &SignedIn) -> Vec<Statement> {
        let now = || self.inner.db.now();
        let text = |text: &str| Value::Text(text.to_owned());
        let (issuer, subject) = (text(&signed_in.issuer), text(&signed_in.subject));
        let mut steps = vec![Statement::new(USER, vec![Value::Id(Uuid::new_v4()), issuer.clone(), subject, now()])];
        steps.extend(signed_in.provider_session.as_deref().map(|sid| {
            let life = seconds(self.inner.settings.absolute);
            Statement::new(MEET, vec![issuer, text(sid), now(), life])
        }));
        steps
    }

    fn insert(
        &self,
        signed_in: &SignedIn,
        hash: Vec<u8>,
        handle: Uuid,
        agent: Option<&str>,
    ) -> Result<Statement, Refused> {
        let now = || self.inner.db.now();
        let text = |text: &str| Value::Text(text.to_owned());
        let ([staff_idle, idle], [staff_most, most]) =
            (self.inner.settings.idle_times(), self.inner.settings.absolute_times());
        let authenticated = seconds(signed_in.authenticated_at);
        let sid = signed_in.provider_session.as_deref().map_or(Value::Null(Kind::Text), text);
        let agent = agent.map(printable).map_or(Value::Null(Kind::Text), Value::Text);
        let seal = |token: &Option<_>, purpose| sealed(&self.inner, token.as_ref(), handle, purpose);
        let values = vec![
            Value::Bytes(hash),
            Value::Id(handle),
            authenticated.clone(),
            now(),
            authenticated,
            now(),
            Value::Text(signed_in.methods.join(" ")),
            text(signed_in.assurance.as_deref().unwrap_or_default()),
            sid.clone(),
            now(),
            now(),
            now(),
            staff_idle,
            idle,
            now(),
            staff_most,
            most,
            seal(&signed_in.id_token, Purpose::IdToken)?,
            seal(&signed_in.refresh_token, Purpose::RefreshToken)?,
            agent,
            text(&signed_in.issuer),
            text(&signed_in.subject),
            sid,
            now(),
        ];
        Ok(Statement::new(INSERT, values).required())
    }

    async fn sign_in_refused(&self, signed_in: &SignedIn) -> Refused {
        let reason = Reason::SignInRefused;
        let (op, id) = (&signed_in.issuer, &signed_in.subject);
        let line = audit::of_subject(self.inner.db.now(), "refusal", reason.name(), op, id);
        if let Err(failure) = self.inner.db.write(vec![line], &[]).await {
            return self.inner.unavailable(&failure);
        }
        self.inner.refuse(reason)
    }
}

/// The session that the last of several statements returned.
pub(super) fn last(mut answers: Vec<Answer>) -> Result<Facts, Failure> {
    let row = answers.pop().and_then(|answer| answer.rows.into_iter().next());
    Facts::read(row.ok_or_else(shape)?)
}

/// Whether a provider may have said this: names that are there, not endless, and hold no control characters.
pub(super) fn plausible(signed_in: &SignedIn) -> bool {
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
