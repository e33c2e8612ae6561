//! How a gateway is set up.

use crate::database::GatewayDb;
use crate::gateway::Gateway;
use crate::local_grants::LocalGrants;
use crate::metrics::Counters;
use crate::noted_rejections::Noted;
use crate::origin::{Origin, OriginError};
use crate::rejection::NotAMember;
use crate::session::cache::Cache;
use crate::session::previous_id::Previous;
use crate::session::session_keyring::SessionKeys;
use crate::settings::{Settings, SupportSettings};
use crate::state::Inner;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tenancy::scope::SignerError;

/// The longest time for which sessions are kept in memory.
const CACHED: Duration = Duration::from_secs(10);

/// A gateway that cannot work as it was set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// The origin.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A time is zero, or idle sessions would outlive the longest session.
    #[error("sessions live for at least a second, and idle ones no longer than the longest")]
    Lifetime,
    /// A user could have no session at all.
    #[error("a user has one session at least")]
    MostSessions,
    /// Sessions would be cached for no time, or for more than 10 s.
    #[error("sessions are cached for more than no time and for 10 s at most")]
    CacheTime,
    /// No signing key could be made.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// Sets a gateway up; see [`Gateway::builder`].
#[derive(Debug)]
#[must_use]
pub struct GatewayBuilder {
    db: GatewayDb,
    keys: SessionKeys,
    origin: String,
    idle: Duration,
    absolute: Duration,
    grant: Duration,
    not_a_member: NotAMember,
    path_parameter: Option<String>,
    cached: Option<Duration>,
    most: Option<u32>,
    fresh: Option<Duration>,
    body: usize,
    body_time: Duration,
    previous: Duration,
    staff: SupportSettings,
}

impl Gateway {
    /// A gateway over these tables, with these keys, for browsers that reach it at `origin`, for instance
    /// `https://billing.example`. Call [`build`](GatewayBuilder::build).
    pub fn builder(db: GatewayDb, keys: SessionKeys, origin: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(db, keys, origin.into())
    }
}

impl GatewayBuilder {
    pub(crate) fn new(db: GatewayDb, keys: SessionKeys, origin: String) -> Self {
        Self {
            db,
            keys,
            origin,
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            grant: Duration::from_secs(30),
            not_a_member: NotAMember::default(),
            path_parameter: None,
            cached: None,
            most: None,
            fresh: None,
            body: 2 * 1024 * 1024,
            body_time: Duration::from_secs(20),
            previous: Duration::ZERO,
            staff: SupportSettings::default(),
        }
    }

    /// How long a session lives without a request, in whole seconds; 30 min unless set. It may end up to a minute early,
    /// because not every request is written down, and never late.
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How long a session lives at most, in whole seconds; 12 h unless set.
    pub fn absolute_timeout(mut self, absolute: Duration) -> Self {
        self.absolute = absolute;
        self
    }

    /// How long a request may use its scope, in whole seconds, at most 60 s; 30 s unless set. A clock's leeway of 5 s comes
    /// on top.
    ///
    /// What one request was granted is kept for a third of it, for the next request that would be granted exactly the same. So
    /// a request gets two thirds of it at least, and the leeway.
    pub fn scope_lifetime(mut self, lifetime: Duration) -> Self {
        self.grant = lifetime;
        self
    }

    /// What to answer when the user is no member of the organization; [`NotAMember::NotFound`] unless set.
    pub fn not_a_member(mut self, answer: NotAMember) -> Self {
        self.not_a_member = answer;
        self
    }

    /// The path parameter in which a client says which of its organizations it means, for instance `org` for
    /// `/o/{org}/invoices`; none unless set.
    ///
    /// It is a wish: an id or a slug, checked against the session's memberships. Routes without the parameter act for the
    /// session's organization.
    pub fn organization_in_path(mut self, parameter: impl Into<String>) -> Self {
        self.path_parameter = Some(parameter.into());
        self
    }

    /// How many sessions a user has at once at most; without a limit unless set.
    ///
    /// A sign-in beyond it goes through and ends the session that was used longest ago, to the minute; its line in the audit log
    /// says `end`, `too many`. Never the other way round: an attacker who knows a password could keep its owner out.
    pub fn most_sessions(mut self, sessions: u32) -> Self {
        self.most = Some(sessions);
        self
    }

    /// How long ago, in whole seconds, a user may have proved who it is to end others of the own sessions
    /// ([`end_own`](crate::Sessions::end_own), [`end_everywhere`](crate::Sessions::end_everywhere)); however long unless set.
    ///
    /// Later it is [`RejectionReason::StaleProof`](crate::RejectionReason::StaleProof): begin a sign-in that is within that time
    /// (`LoginRequest::max_age`, feature `oidc`) and [`step_up`](crate::Sessions::step_up) the session. A session ends itself at any time.
    pub fn fresh_proof_to_end_sessions(mut self, age: Duration) -> Self {
        self.fresh = Some(age);
        self
    }

    /// The longest body of a request that changes something, in bytes, as axum's own limit 2 MiB unless set; longer ones are
    /// `413`. It is read whole before the session is looked up. A form that carries its token in a field has 64 KiB at most.
    /// Under [`streamed_layer`](Gateway::streamed_layer) the handler sets its own limit.
    pub fn longest_body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }

    /// How long to wait for a whole body, in any route; 20 s unless set. Then it is `408`, or breaks off where a handler reads
    /// it.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_time = time;
        self
    }

    /// For how long a session's previous id still reads after a switch, a renewal or a step-up, at most 30 s; not at all unless
    /// set.
    ///
    /// Browsers send several requests at once: those that were on their way with the old cookie would be `401`. Under the
    /// previous id nothing is changed, no proof counts as fresh, and nothing is lent to staff. This process alone knows of it:
    /// at another one the previous id is unknown at once, as it is after a sign-in, an entry of staff, or an end.
    pub fn previous_id_reads(mut self, time: Duration) -> Self {
        self.previous = time.min(Duration::from_secs(30));
        self
    }

    /// Keeps sessions in memory for so long, at most 10 s, and asks the database no more often; not at all unless set.
    ///
    /// What this gateway changes holds at once all the same: a session, user or organization that was signed out, switched,
    /// suspended or changed otherwise is looked up again. A change by *another* process, or by an operator who edits the tables,
    /// holds here up to `time` later. With `compare_epochs` on the database a removed, disabled or changed member and a suspended
    /// organization still run no further transaction; the end of one session ([`Sessions::end`](crate::Sessions::end),
    /// [`end_own`](crate::Sessions::end_own)) and of an old id after a switch or a renewal raise no epoch, so elsewhere the old
    /// cookie is taken for up to `time` more.
    ///
    /// Only live sessions are kept, 16,384 at most, by the keyed hash of their id. Idle and absolute limits are exact. A
    /// request that names an organization by its path is looked up in the database each time.
    pub fn cache_sessions(mut self, time: Duration) -> Self {
        self.cached = Some(time);
        self
    }

    /// How long sessions of the platform's staff live: without a request, and at most, in whole seconds; 10 min and 1 h unless
    /// set, and never longer than those of members.
    pub fn staff_timeouts(mut self, idle: Duration, absolute: Duration) -> Self {
        (self.staff.idle, self.staff.absolute) = (idle.as_secs(), absolute.as_secs());
        self
    }

    /// What staff must have proved to enter an organization: one of these words among the session's methods (`amr`), or as
    /// its assurance (`acr`). `mfa` unless set, which RFC 8176 gives to a proof by several factors; `otp` or `hwk` alone may be
    /// the only one. With no words, every entry is refused.
    pub fn staff_assurance<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.staff.assurance = words.into_iter().map(Into::into).collect();
        self
    }

    /// How old that proof may be when staff enter, in whole seconds; 10 min unless set.
    pub fn staff_proof_age(mut self, age: Duration) -> Self {
        self.staff.proof_age = age.as_secs();
        self
    }

    /// Has an entry of staff to change something wait until another of them has approved it. See
    /// [`Sessions::approve`](crate::Sessions::approve).
    pub fn staff_changes_need_approval(mut self) -> Self {
        self.staff.approval = true;
        self
    }

    /// Builds the gateway, with a signing key of its own that never leaves the process, and another one each hour.
    ///
    /// # Errors
    /// When the origin is not valid, a time or number is out of bounds, or the system has no randomness.
    pub fn build(self) -> Result<Gateway, GatewayError> {
        let (idle, absolute) = (self.idle.as_secs(), self.absolute.as_secs());
        let staff = self.staff.within(idle, absolute);
        if idle == 0 || absolute < idle || staff.idle == 0 || staff.absolute < staff.idle {
            return Err(GatewayError::Lifetime);
        }
        if !(1..=60).contains(&self.grant.as_secs()) {
            return Err(SignerError::Lifetime.into());
        }
        if self.cached.is_some_and(|time| time.is_zero() || time > CACHED) {
            return Err(GatewayError::CacheTime);
        }
        let most = self.most.map(|most| NonZeroU32::new(most).ok_or(GatewayError::MostSessions)).transpose()?;
        let settings = Settings {
            origin: Origin::parse(&self.origin)?,
            idle,
            absolute,
            grant: self.grant,
            not_a_member: self.not_a_member,
            path_parameter: self.path_parameter,
            most,
            fresh: self.fresh.map(|age| age.as_secs()),
            body: self.body,
            body_time: self.body_time,
            staff,
        };
        let (own, cache) = (LocalGrants::new()?, self.cached.map(Cache::new));
        self.keys.serve(absolute);
        let (db, keys, counters) = (self.db, self.keys, Counters::new());
        let (noted, previous) = (Noted::new(), Previous::new(self.previous));
        Ok(Gateway { inner: Arc::new(Inner { db, keys, settings, counters, own, cache, noted, previous }) })
    }
}
