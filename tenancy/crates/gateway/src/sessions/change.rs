//! A session changes what it may do, and with that its id. The old id is unknown at once.

use super::Sessions;
use super::begin::{last, plausible};
use super::provider_tokens::{Purpose, sealed};
use crate::audit_log;
use crate::clock::seconds;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::cookie::SetSession;
use crate::session::invalidation::Changed;
use crate::session::session_row::SessionRow;
use crate::session::verified_identity::VerifiedIdentity;
use crate::sessions::session::Session;
use crate::slug::is_slug;
use crate::statements::{self, RenewSession, text, text_or_null};
use tenancy::__private::unix_seconds;
use tenancy::scope::{OrgId, RequestedOrg};
use tenancy_service::__private::sql::{Kind, Statement, StoreError, Value};

impl Sessions {
    /// Switches the session to another of the user's organizations, by id or slug, and gives it a new id.
    ///
    /// For an organization that is unknown, foreign, suspended or closed there is one answer, and it takes one statement.
    ///
    /// # Errors
    /// [`RejectionReason::NotAMember`]; [`RejectionReason::DeadSession`] and [`RejectionReason::Changed`] when the session ended or changed meanwhile;
    /// [`RejectionReason::Unavailable`].
    pub async fn switch(&self, session: &Session, wish: &RequestedOrg) -> Result<(Session, SetSession), Rejection> {
        let [org, slug] = wished(wish);
        let switch = move |of: RenewSession| {
            let RenewSession { new_hash, now, staff_idle, idle, id_hash, version } = of;
            statements::SwitchOrganization { new_hash, now, staff_idle, idle, id_hash, version, org, slug }.required()
        };
        self.renewed(session, Renewal::by(switch, Event::Switch, RejectionReason::NotAMember)).await
    }

    /// Gives the session a new id. To be called when its user gains a privilege.
    ///
    /// # Errors
    /// [`RejectionReason::DeadSession`] and [`RejectionReason::Changed`] when the session ended or changed meanwhile;
    /// [`RejectionReason::Unavailable`].
    pub async fn renew(&self, session: &Session) -> Result<(Session, SetSession), Rejection> {
        self.renewed(session, Renewal::by(RenewSession::required, Event::Renew, RejectionReason::Changed)).await
    }

    /// The session's user has proved again who it is, perhaps more strongly (step-up): new id, new authentication time.
    ///
    /// # Errors
    /// [`RejectionReason::OtherUser`] when another user signed in, or the provider has ended that session already; otherwise as
    /// [`renew`](Self::renew) and [`sign_in`](Self::sign_in).
    pub async fn step_up(
        &self,
        session: &Session,
        signed_in: &VerifiedIdentity,
    ) -> Result<(Session, SetSession), Rejection> {
        if !plausible(signed_in) {
            return Err(self.inner.refuse(RejectionReason::SignInFacts));
        }
        let handle = session.facts().handle;
        let authenticated_at = seconds(signed_in.authenticated_at.map_or(0, unix_seconds));
        let (methods, assurance) = (Value::Text(signed_in.methods.join(" ")), signed_in.assurance.as_deref());
        let (assurance, sid) =
            (text(assurance.unwrap_or_default()), text_or_null(signed_in.provider_session.as_deref()));
        let id_token = sealed(&self.inner, signed_in.id_token.as_ref(), handle, Purpose::IdToken)?;
        let refresh_token = sealed(&self.inner, signed_in.refresh_token.as_ref(), handle, Purpose::RefreshToken)?;
        let (issuer, subject) = (text(&signed_in.issuer), text(&signed_in.subject));
        let raise = move |of: RenewSession| {
            let RenewSession { new_hash, now, staff_idle, idle, id_hash, version } = of;
            let raise = statements::RaiseAssurance {
                new_hash,
                now,
                staff_idle,
                idle,
                id_hash,
                version,
                authenticated_at,
                methods,
                assurance,
                sid,
                id_token,
                refresh_token,
                issuer,
                subject,
            };
            raise.required()
        };
        let before = self.meeting(signed_in);
        self.renewed(session, Renewal { before, ..Renewal::by(raise, Event::Renew, RejectionReason::OtherUser) }).await
    }

    /// Changes a session together with its id.
    pub(crate) async fn renewed(
        &self,
        session: &Session,
        renewal: Renewal,
    ) -> Result<(Session, SetSession), Rejection> {
        let (facts, id) = (&*self.to_change(session).await?, self.fresh_id()?);
        let (event, unmet) = (renewal.event, renewal.unmet);
        let hash = self.inner.hash(&id).to_vec();
        let mut steps = self.renewal(facts, hash.clone(), renewal);
        steps.push(audit_log::of_session(self.inner.db.now(), event.name(), None, facts.handle));
        steps.push(self.find_statement(vec![hash]).required());
        match self.inner.db.write(steps, &[Changed::Session(facts.handle)]).await.and_then(last) {
            Ok(new) => {
                self.inner.did(event);
                // Never for staff: an organization's rows are not read under an id that was there before the entry.
                if matches!(event, Event::Switch | Event::Renew) && !new.is_no_members() {
                    let clock = self.inner.db.clock();
                    self.inner.previous.follows(facts.id_hash.clone(), new.id_hash.clone(), clock);
                }
                // The id has changed by now.
                let session = self.entered(new).await.map_err(|failure| self.inner.half_done(&failure))?;
                Ok((session, SetSession::to(&id)))
            }
            Err(StoreError::Nothing) => match self.gone(facts).await {
                None => Err(self.inner.refuse_known(unmet, facts).await),
                Some(gone) => Err(self.inner.refuse(gone)),
            },
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    fn renewal(&self, facts: &SessionRow, hash: Vec<u8>, renewal: Renewal) -> Vec<Statement> {
        let [staff_idle, idle] = self.inner.settings.idle_times();
        let of = RenewSession {
            new_hash: Value::Bytes(hash),
            now: self.inner.db.now(),
            staff_idle,
            idle,
            id_hash: Value::Bytes(facts.id_hash.clone()),
            version: Value::Int(facts.version),
        };
        let mut steps = renewal.before;
        steps.push((renewal.statement)(of));
        steps.extend(renewal.after);
        steps
    }
}

/// A change of a session, and of its id.
pub(crate) struct Renewal {
    /// Makes the statement from the values that every change of a session takes.
    pub(crate) statement: Box<dyn FnOnce(RenewSession) -> Statement + Send>,
    pub(crate) event: Event,
    /// The reason when the statement found nothing although the session is as it was.
    pub(crate) unmet: RejectionReason,
    /// What must be there before.
    pub(crate) before: Vec<Statement>,
    /// What is written with the changed session, or not at all.
    pub(crate) after: Vec<Statement>,
}

impl Renewal {
    /// With nothing before and after its statement.
    pub(crate) fn by(
        statement: impl FnOnce(RenewSession) -> Statement + Send + 'static,
        event: Event,
        unmet: RejectionReason,
    ) -> Self {
        Self { statement: Box::new(statement), event, unmet, before: Vec::new(), after: Vec::new() }
    }
}

/// What a claim may mean: an id or a slug. No slug looks like an id.
pub(crate) fn wished(claim: &RequestedOrg) -> [Value; 2] {
    let id = claim.as_str().parse::<OrgId>().map_or(Value::Null(Kind::Id), |id| Value::Id(*id.as_uuid()));
    let slug = if is_slug(claim.as_str()) { claim.as_str() } else { "" };
    [id, Value::Text(slug.to_owned())]
}
