//! What the layer hands to the extractors, in the request's extensions.
//!
//! The type is not public, so nothing but the layer puts one there, and nothing but the extractors reads it
//! (`ui-tests/tests/fail/hostile/what_the_layer_carries.rs`).

use super::counters::Event;
use super::facts::{MEMBER, Member};
use super::inner::Inner;
use super::own;
use super::refusal::{Reason, Refused};
use super::session::Session;
use super::sessions::Sessions;
use super::sessions::change::wished;
use super::staff::{self, Entered};
use crate::db::platform::{Statement, Value};
use crate::scope::{Actor, Claim, Grant, OrgScope, RequestGuard, Tier};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// The request's session and what is needed to mint its scope, once.
#[derive(Clone)]
pub(super) struct Carried(Arc<State>);

struct State {
    inner: Arc<Inner>,
    session: Option<Session>,
    #[cfg_attr(not(feature = "proxy"), expect(dead_code, reason = "only grants that leave the process name it"))]
    authority: String,
    /// Not owned: whoever keeps the extensions does not keep the request alive.
    alive: Weak<RequestGuard>,
    taken: AtomicBool,
}

const MEMBERSHIP: &str = "SELECT o.id, m.tier, o.epoch, u.epoch FROM gateway_memberships m \
                          JOIN gateway_organizations o ON o.id = m.org_id AND o.state = 'active' \
                          JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
                          WHERE m.user_id = ? AND (o.id = ? OR o.slug = ?)";

impl Carried {
    pub(super) fn new(
        inner: Arc<Inner>,
        session: Option<Session>,
        authority: String,
        alive: &Arc<RequestGuard>,
    ) -> Self {
        let (alive, taken) = (Arc::downgrade(alive), AtomicBool::new(false));
        Self(Arc::new(State { inner, session, authority, alive, taken }))
    }

    /// The session as it is now. Whoever asks later than a second after the look-up, behind a layer that waited for something,
    /// has it looked up again.
    pub(super) async fn session(&self) -> Result<Session, Refused> {
        let session = self.0.session.as_ref().ok_or_else(|| self.0.inner.refuse(Reason::NoSession))?;
        if session.is_fresh() {
            return Ok(session.clone());
        }
        let now = Sessions::new(Arc::clone(&self.0.inner)).look_again(session).await?;
        now.ok_or_else(|| self.0.inner.refuse(Reason::DeadSession))
    }

    /// The same where there may be none.
    pub(super) async fn session_if_any(&self) -> Result<Option<Session>, Refused> {
        match &self.0.session {
            Some(session) if !session.is_fresh() => Sessions::new(Arc::clone(&self.0.inner)).look_again(session).await,
            session => Ok(session.clone()),
        }
    }

    /// The path parameter in which a client may say which organization it means.
    pub(super) fn path_parameter(&self) -> Option<&str> {
        self.0.inner.settings.path_parameter.as_deref()
    }

    /// The request's scope: for the organization that was wished for if there is a wish, else for the session's.
    pub(super) async fn scope(&self, wish: Option<Claim>) -> Result<OrgScope, Refused> {
        let (grant, now) = self.grant(own::AUDIENCE, wish).await?;
        self.mint(&grant, now).map_err(|reason| self.0.inner.refuse(reason))
    }

    /// What this request is granted at a service, once: for the organization that was wished for if there is a wish, else for
    /// the session's. With the time by the clock of the sessions, in seconds since 1970.
    pub(super) async fn grant(&self, audience: &str, wish: Option<Claim>) -> Result<(Grant, u64), Refused> {
        let session = &self.session().await?;
        if self.0.taken.swap(true, Ordering::Relaxed) {
            return Err(self.0.inner.refuse(Reason::ScopeTaken));
        }
        let member = match &wish {
            Some(wish) => self.member(session, wish).await?,
            None => session.facts().member,
        };
        if let Some(member) = member {
            return Ok((self.granted(session, &member, audience), session.now()));
        }
        if let Some(entered) = session.entry().filter(|entered| wish.as_ref().is_none_or(|wish| entered.is_meant(wish)))
        {
            return Ok((self.granted_to_staff(session, entered, audience).await?, session.now()));
        }
        if wish.is_none() && session.facts().org.is_none() {
            return Err(self.0.inner.refuse(Reason::NoOrganization));
        }
        let reason = staff::why_not(&self.0.inner, session).await?;
        Err(self.0.inner.refuse_known(reason, session.facts()).await)
    }

    #[cfg(feature = "proxy")]
    pub(super) fn inner(&self) -> &Inner {
        &self.0.inner
    }

    /// The host that the request named, as it was received.
    #[cfg(feature = "proxy")]
    pub(super) fn authority(&self) -> &str {
        &self.0.authority
    }

    /// The session's membership in the organization that a client means. Unknown and foreign ones take the same statement
    /// and find the same nothing.
    async fn member(&self, session: &Session, wish: &Claim) -> Result<Option<Member>, Refused> {
        let [id, slug] = wished(wish);
        let statement = Statement::new(MEMBERSHIP, vec![Value::Id(session.facts().user), id, slug]);
        let read = async {
            let answer = self.0.inner.db.read(statement.returning(MEMBER)).await?;
            answer.rows.into_iter().next().map(Member::read).transpose()
        };
        read.await.map_err(|failure| self.0.inner.unavailable(&failure))
    }

    fn granted(&self, session: &Session, member: &Member, audience: &str) -> Grant {
        let facts = session.facts();
        Grant {
            audience: audience.to_owned(),
            org: member.org,
            subject: facts.subject.clone(),
            session: facts.handle.to_string(),
            epochs: member.epochs,
            tier: member.tier,
            assurance: facts.assurance.clone(),
            authenticated_at: session.authenticated_at(),
            actor: None,
            lifetime: self.0.inner.settings.grant,
        }
    }

    /// What a member of staff is granted, after it was written down. The grant ends with the entry.
    async fn granted_to_staff(&self, session: &Session, entered: &Entered, audience: &str) -> Result<Grant, Refused> {
        let inner = &self.0.inner;
        let left = staff::record(inner, session, entered).await?;
        let member = Member { org: entered.org(), tier: Tier::Platform, epochs: entered.epochs() };
        let staff = session.subject().clone();
        let actor = Some(Actor { staff, entry: entered.id(), writes: entered.writes() });
        inner.did(Event::StaffGrant);
        Ok(Grant { actor, lifetime: left.min(inner.settings.grant), ..self.granted(session, &member, audience) })
    }

    /// The scope of a grant to this process, for this request and no longer than it. `now` is the sessions' (since 1970): that
    /// clock said when the user proved who it is, so it says how long ago that was.
    fn mint(&self, grant: &Grant, now: u64) -> Result<OrgScope, Reason> {
        let inner = &self.0.inner;
        let alive = self.0.alive.upgrade().ok_or(Reason::Mint)?;
        let scope = inner.own.scope(grant, &alive, now);
        inner.did(Event::Mint);
        scope.ok_or(Reason::Mint)
    }
}
