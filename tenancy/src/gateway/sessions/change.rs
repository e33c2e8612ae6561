//! A session changes what it may do, and with that its id. The old id is unknown at once.

use super::begin::{last, plausible};
use super::tokens::{Purpose, sealed};
use super::{Sessions, audit, for_staff, live};
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::changes::Changed;
use crate::gateway::clock::seconds;
use crate::gateway::cookie::SetSession;
use crate::gateway::counters::Event;
use crate::gateway::directory::is_slug;
use crate::gateway::facts::Facts;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use crate::gateway::signed_in::SignedIn;
use crate::scope::{Claim, OrgId};

macro_rules! renewed {
    ($also:literal, $only:literal) => {
        concat!(
            "UPDATE gateway_sessions SET id_hash = ?, version = version + 1, seen_at = ?, idle_until = ? + ",
            for_staff!("gateway_sessions.user_id"),
            $also,
            " WHERE id_hash = ? AND version = ? AND ",
            live!(),
            $only
        )
    };
}

pub(in crate::gateway) use renewed;

const RENEW: &str = renewed!("", "");

/// The membership is looked up by the statement that writes it, so nothing can change in between.
const SWITCH: &str = renewed!(
    ", org_id = (SELECT o.id FROM gateway_organizations o WHERE o.id = ? OR o.slug = ?)",
    " AND EXISTS (SELECT 1 FROM gateway_memberships m \
      JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
      WHERE m.user_id = gateway_sessions.user_id AND (o.id = ? OR o.slug = ?))"
);

/// Only for the session's own user, whoever signed in meanwhile. How long the session lives at most does not change.
const RAISE: &str = renewed!(
    ", auth_time = CASE WHEN ? < ? THEN ? ELSE ? END, amr = ?, acr = ?, provider_sid = ?, sealed_id_token = ?, \
     sealed_refresh_token = ?",
    " AND EXISTS (SELECT 1 FROM gateway_users v WHERE v.id = gateway_sessions.user_id AND v.issuer = ? AND v.subject = ?) \
      AND NOT EXISTS (SELECT 1 FROM gateway_provider_sessions e WHERE e.issuer = ? AND e.sid = ? AND ? < e.ended_until)"
);

impl Sessions {
    /// Switches the session to another of the user's organizations, by id or slug, and gives it a new id.
    ///
    /// For an organization that is unknown, foreign, suspended or closed there is one answer, and it takes one statement.
    ///
    /// # Errors
    /// [`Reason::NotAMember`]; [`Reason::DeadSession`] and [`Reason::Changed`] when the session ended or changed meanwhile;
    /// [`Reason::Unavailable`].
    pub async fn switch(&self, session: &Session, wish: &Claim) -> Result<(Session, SetSession), Refused> {
        let [id, slug] = wished(wish);
        let (set, only) = (vec![id.clone(), slug.clone()], vec![id, slug]);
        let (event, unmet) = (Event::Switch, Reason::NotAMember);
        self.renewed(session, Renewal { set, only, ..Renewal::of(SWITCH, event, unmet) }).await
    }

    /// Gives the session a new id. To be called when its user gains a privilege.
    ///
    /// # Errors
    /// [`Reason::DeadSession`] and [`Reason::Changed`] when the session ended or changed meanwhile;
    /// [`Reason::Unavailable`].
    pub async fn renew(&self, session: &Session) -> Result<(Session, SetSession), Refused> {
        let (event, unmet) = (Event::Renew, Reason::Changed);
        self.renewed(session, Renewal::of(RENEW, event, unmet)).await
    }

    /// The session's user has proved again who it is, perhaps more strongly (step-up): new id, new authentication time.
    ///
    /// # Errors
    /// [`Reason::OtherUser`] when somebody else signed in, or the provider has ended that session already; otherwise as
    /// [`renew`](Self::renew) and [`sign_in`](Self::sign_in).
    pub async fn raise(&self, session: &Session, signed_in: &SignedIn) -> Result<(Session, SetSession), Refused> {
        if !plausible(signed_in) {
            return Err(self.inner.refuse(Reason::SignInFacts));
        }
        let now = || self.inner.db.now();
        let text = |text: &str| Value::Text(text.to_owned());
        let handle = session.facts().handle;
        let authenticated = seconds(signed_in.authenticated_at);
        let sid = signed_in.provider_session.as_deref().map_or(Value::Null(Kind::Text), text);
        let set = vec![
            authenticated.clone(),
            now(),
            authenticated,
            now(),
            Value::Text(signed_in.methods.join(" ")),
            text(signed_in.assurance.as_deref().unwrap_or_default()),
            sid.clone(),
            sealed(&self.inner, signed_in.id_token.as_ref(), handle, Purpose::IdToken)?,
            sealed(&self.inner, signed_in.refresh_token.as_ref(), handle, Purpose::RefreshToken)?,
        ];
        let issuer = text(&signed_in.issuer);
        let only = vec![issuer.clone(), text(&signed_in.subject), issuer, sid, now()];
        let (event, unmet, before) = (Event::Renew, Reason::OtherUser, self.meeting(signed_in));
        self.renewed(session, Renewal { before, set, only, ..Renewal::of(RAISE, event, unmet) }).await
    }

    /// Runs one of the statements above.
    pub(in crate::gateway) async fn renewed(
        &self,
        session: &Session,
        renewal: Renewal,
    ) -> Result<(Session, SetSession), Refused> {
        let (facts, id) = (&*self.to_change(session).await?, self.fresh_id()?);
        let (event, unmet) = (renewal.event, renewal.unmet);
        let hash = self.inner.hash(&id).to_vec();
        let mut steps = self.renewal(facts, hash.clone(), renewal);
        steps.push(audit::of_session(self.inner.db.now(), event.name(), None, facts.handle));
        steps.push(self.find_statement(vec![hash]).required());
        match self.inner.db.write(steps, &[Changed::Session(facts.handle)]).await.and_then(last) {
            Ok(new) => {
                self.inner.did(event);
                // Never for staff: an organization's rows are not read under an id that was there before the entry.
                if matches!(event, Event::Switch | Event::Renew) && !new.is_no_members() {
                    let clock = self.inner.db.clock();
                    self.inner.previous.follows(facts.id_hash.clone(), new.id_hash.clone(), clock);
                }
                let session = self.entered(new).await.map_err(|failure| self.inner.unavailable(&failure))?;
                Ok((session, SetSession::to(&id)))
            }
            Err(Failure::Nothing) => match self.gone(facts).await {
                None => Err(self.inner.refuse_known(unmet, facts).await),
                Some(gone) => Err(self.inner.refuse(gone)),
            },
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    fn renewal(&self, facts: &Facts, hash: Vec<u8>, renewal: Renewal) -> Vec<Statement> {
        let now = || self.inner.db.now();
        let [staff, idle] = self.inner.settings.idle_times();
        let mut values = vec![Value::Bytes(hash), now(), now(), staff, idle];
        values.extend(renewal.set);
        values.extend([Value::Bytes(facts.id_hash.clone()), Value::Int(facts.version), now(), now()]);
        values.extend(renewal.only);
        let mut steps = renewal.before;
        steps.push(Statement::new(renewal.sql, values).required());
        steps.extend(renewal.after);
        steps
    }
}

/// A change of a session, and of its id.
pub(in crate::gateway) struct Renewal {
    pub(in crate::gateway) sql: &'static str,
    pub(in crate::gateway) event: Event,
    /// The reason when the statement found nothing although the session is as it was.
    pub(in crate::gateway) unmet: Reason,
    /// What must be there before.
    pub(in crate::gateway) before: Vec<Statement>,
    /// The values that are set besides the id.
    pub(in crate::gateway) set: Vec<Value>,
    /// The values that are asked for besides the live session.
    pub(in crate::gateway) only: Vec<Value>,
    /// What is written with the changed session, or not at all.
    pub(in crate::gateway) after: Vec<Statement>,
}

impl Renewal {
    /// By a statement that takes nothing but the session.
    pub(in crate::gateway) fn of(sql: &'static str, event: Event, unmet: Reason) -> Self {
        let (before, set, only, after) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { sql, event, unmet, before, set, only, after }
    }
}

/// What a claim may mean: an id or a slug. No slug looks like an id.
pub(in crate::gateway) fn wished(claim: &Claim) -> [Value; 2] {
    let id = claim.as_str().parse::<OrgId>().map_or(Value::Null(Kind::Id), |id| Value::Id(*id.as_uuid()));
    let slug = if is_slug(claim.as_str()) { claim.as_str() } else { "" };
    [id, Value::Text(slug.to_owned())]
}
