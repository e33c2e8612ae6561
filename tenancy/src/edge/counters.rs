//! Counts of what an edge did and refused. No label names an organization or a user.

use super::refusal::Reason;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the gateway, or a service behind it, did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A session began.
    SignIn,
    /// A session proved its user again, or was given a new id.
    Renew,
    /// A session changed its organization.
    Switch,
    /// A session ended before its time.
    End,
    /// A member of the platform's staff entered an organization.
    StaffEnter,
    /// One approved another's entry.
    StaffApprove,
    /// One left it.
    StaffLeave,
    /// A scope was granted to one under an entry.
    StaffGrant,
    /// A scope was minted.
    Mint,
    /// A header that speaks of somebody's identity was removed from a request.
    IdentityHeader,
    /// An unsafe request that said nothing about its origin was let through on its form token alone.
    UnknownOrigin,
    /// A grant was signed for a service in another process.
    Grant,
    /// The service asked for the gateways' key statements.
    KeyRefresh,
    /// A request's session was found in memory.
    CacheHit,
    /// It was not, and the database was asked.
    CacheMiss,
}

impl Event {
    /// All of them, in order.
    pub const ALL: &'static [Self] = &[
        Self::SignIn,
        Self::Renew,
        Self::Switch,
        Self::End,
        Self::StaffEnter,
        Self::StaffApprove,
        Self::StaffLeave,
        Self::StaffGrant,
        Self::Mint,
        Self::IdentityHeader,
        Self::UnknownOrigin,
        Self::Grant,
        Self::KeyRefresh,
        Self::CacheHit,
        Self::CacheMiss,
    ];

    /// Its name in metrics and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Renew => "renew",
            Self::Switch => "switch",
            Self::End => "end",
            Self::StaffEnter => "staff_enter",
            Self::StaffApprove => "staff_approve",
            Self::StaffLeave => "staff_leave",
            Self::StaffGrant => "staff_grant",
            Self::Mint => "mint",
            Self::IdentityHeader => "identity_header",
            Self::UnknownOrigin => "unknown_origin",
            Self::Grant => "grant",
            Self::KeyRefresh => "key_refresh",
            Self::CacheHit => "session_cache_hit",
            Self::CacheMiss => "session_cache_miss",
        }
    }
}

/// One number for each event and reason.
#[derive(Debug)]
pub(crate) struct Counters {
    events: Vec<AtomicU64>,
    reasons: Vec<AtomicU64>,
}

impl Counters {
    pub(crate) fn new() -> Self {
        let zeros = |count| std::iter::repeat_with(AtomicU64::default).take(count).collect();
        Self { events: zeros(Event::ALL.len()), reasons: zeros(Reason::ALL.len()) }
    }

    pub(crate) fn count(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refuse(&self, reason: Reason) {
        self.reasons[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, reason: Reason) -> u64 {
        self.reasons[reason as usize].load(Ordering::Relaxed)
    }

    /// In the text format of Prometheus; `edge` is `gateway` or `service`.
    pub(crate) fn text(&self, edge: &str) -> String {
        let mut out = format!("# TYPE tenancy_{edge}_events_total counter\n");
        for (event, count) in Event::ALL.iter().zip(&self.events) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(out, "tenancy_{edge}_events_total{{event=\"{}\"}} {count}", event.name());
        }
        let _ = writeln!(out, "# TYPE tenancy_{edge}_refusals_total counter");
        for (reason, count) in Reason::ALL.iter().zip(&self.reasons) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(out, "tenancy_{edge}_refusals_total{{reason=\"{}\"}} {count}", reason.name());
        }
        out
    }
}
