//! What the layer hands to the extractors, in the request's extensions.
//!
//! The type is not public, so nothing but the layer puts one there, and nothing but the extractors reads it
//! (`ui-tests/tests/fail/hostile/what_the_layer_carries.rs`).

use crate::local_grants;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::active_access::ActiveAccess;
use crate::session::session_row::Member;
use crate::sessions::Sessions;
use crate::sessions::change::wished;
use crate::sessions::session::Session;
use crate::state::Inner;
use crate::statements;
use crate::support_access;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::SystemTime;
use tenancy::__private::{proof_time, unix_time};
use tenancy::scope::{Actor, Grant, OrgScope, RequestGuard, RequestedOrg, Tier};
use tenancy_service::__private::sql::Value;

/// The request's session and what is needed to mint its scope, once.
#[derive(Clone)]
pub(crate) struct RequestState(Arc<State>);

struct State {
    inner: Arc<Inner>,
    session: Option<Session>,
    #[cfg_attr(not(feature = "proxy"), expect(dead_code, reason = "only grants that leave the process name it"))]
    authority: String,
    /// Not owned: code that keeps the extensions does not keep the request alive.
    alive: Weak<RequestGuard>,
    taken: AtomicBool,
}

impl RequestState {
    pub(crate) fn new(
        inner: Arc<Inner>,
        session: Option<Session>,
        authority: String,
        alive: &Arc<RequestGuard>,
    ) -> Self {
        let (alive, taken) = (Arc::downgrade(alive), AtomicBool::new(false));
        Self(Arc::new(State { inner, session, authority, alive, taken }))
    }

    /// The session as it is now. It is looked up again for a caller that asks later than a second after the look-up,
    /// behind a layer that waited for something.
    pub(crate) async fn session(&self) -> Result<Session, Rejection> {
        let session = self.0.session.as_ref().ok_or_else(|| self.0.inner.refuse(RejectionReason::NoSession))?;
        if session.is_fresh() {
            return Ok(session.clone());
        }
        let now = Sessions::new(Arc::clone(&self.0.inner)).look_again(session).await?;
        now.ok_or_else(|| self.0.inner.refuse(RejectionReason::DeadSession))
    }

    /// The same where there may be none.
    pub(crate) async fn session_if_any(&self) -> Result<Option<Session>, Rejection> {
        match &self.0.session {
            Some(session) if !session.is_fresh() => Sessions::new(Arc::clone(&self.0.inner)).look_again(session).await,
            session => Ok(session.clone()),
        }
    }

    /// The path parameter in which a client may say which organization it means.
    pub(crate) fn path_parameter(&self) -> Option<&str> {
        self.0.inner.settings.path_parameter.as_deref()
    }

    /// The request's scope: for the organization that was wished for if there is a wish, else for the session's.
    pub(crate) async fn scope(&self, wish: Option<RequestedOrg>) -> Result<OrgScope, Rejection> {
        let (grant, now) = self.grant(local_grants::AUDIENCE, wish).await?;
        self.mint(&grant, now).map_err(|reason| self.0.inner.refuse(reason))
    }

    /// What this request is granted at a service, once: for the organization that was wished for if there is a wish, else for
    /// the session's. With the time by the clock of the sessions, in seconds since 1970.
    pub(crate) async fn grant(
        &self,
        audience: &str,
        wish: Option<RequestedOrg>,
    ) -> Result<(Grant, SystemTime), Rejection> {
        let session = &self.session().await?;
        if self.0.taken.swap(true, Ordering::Relaxed) {
            return Err(self.0.inner.refuse(RejectionReason::ScopeTaken));
        }
        let member = match &wish {
            Some(wish) => self.member(session, wish).await?,
            None => session.facts().member,
        };
        if let Some(member) = member {
            return Ok((self.granted(session, &member, audience), unix_time(session.now())));
        }
        if let Some(entered) = session.entry().filter(|entered| wish.as_ref().is_none_or(|wish| entered.is_meant(wish)))
        {
            return Ok((self.granted_to_staff(session, entered, audience).await?, unix_time(session.now())));
        }
        if wish.is_none() && session.facts().org.is_none() {
            return Err(self.0.inner.refuse(RejectionReason::NoOrganization));
        }
        let reason = support_access::why_not(&self.0.inner, session).await?;
        Err(self.0.inner.refuse_known(reason, session.facts()).await)
    }

    #[cfg(feature = "proxy")]
    pub(crate) fn inner(&self) -> &Inner {
        &self.0.inner
    }

    /// The host that the request named, as it was received.
    #[cfg(feature = "proxy")]
    pub(crate) fn authority(&self) -> &str {
        &self.0.authority
    }

    /// The session's membership in the organization that a client means. Unknown and foreign ones take the same statement
    /// and find the same nothing.
    async fn member(&self, session: &Session, wish: &RequestedOrg) -> Result<Option<Member>, Rejection> {
        let [id, slug] = wished(wish);
        let find = statements::FindMembership { user: Value::Id(session.facts().user), id, slug };
        let read = async {
            let answer = self.0.inner.db.read(find.statement()).await?;
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
            authenticated_at: proof_time(session.proved_at()),
            actor: None,
            lifetime: self.0.inner.settings.grant,
        }
    }

    /// What a member of staff is granted, after it was written down. The grant ends with the entry.
    async fn granted_to_staff(
        &self,
        session: &Session,
        entered: &ActiveAccess,
        audience: &str,
    ) -> Result<Grant, Rejection> {
        let inner = &self.0.inner;
        let left = support_access::record(inner, session, entered).await?;
        let member = Member { org: entered.org(), tier: Tier::Platform, epochs: entered.epochs() };
        let staff = session.subject().clone();
        let actor = Some(Actor { staff, entry: entered.id(), writes: entered.writes() });
        inner.did(Event::StaffGrant);
        Ok(Grant { actor, lifetime: left.min(inner.settings.grant), ..self.granted(session, &member, audience) })
    }

    /// The scope of a grant to this process, for this request and no longer than it. `now` is the sessions' (since 1970): that
    /// clock said when the user proved who it is, so it says how long ago that was.
    fn mint(&self, grant: &Grant, now: SystemTime) -> Result<OrgScope, RejectionReason> {
        let inner = &self.0.inner;
        let alive = self.0.alive.upgrade().ok_or(RejectionReason::Mint)?;
        let scope = inner.own.scope(grant, &alive, now);
        inner.did(Event::Mint);
        scope.ok_or(RejectionReason::Mint)
    }
}
