//! Counts of what the gateway did and refused. No label names an organization or a user.

use super::refusal::Reason;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the gateway did.
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
    /// A scope was minted.
    Mint,
    /// A header that speaks of somebody's identity was removed from a request.
    IdentityHeader,
    /// An unsafe request that said nothing about its origin was let through on its form token alone.
    UnknownOrigin,
}

impl Event {
    /// All of them, in order.
    pub const ALL: &'static [Self] =
        &[Self::SignIn, Self::Renew, Self::Switch, Self::End, Self::Mint, Self::IdentityHeader, Self::UnknownOrigin];

    /// Its name in metrics and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Renew => "renew",
            Self::Switch => "switch",
            Self::End => "end",
            Self::Mint => "mint",
            Self::IdentityHeader => "identity_header",
            Self::UnknownOrigin => "unknown_origin",
        }
    }
}

/// One number for each event and reason.
#[derive(Debug)]
pub(super) struct Counters {
    events: Vec<AtomicU64>,
    reasons: Vec<AtomicU64>,
}

impl Counters {
    pub(super) fn new() -> Self {
        let zeros = |count| std::iter::repeat_with(AtomicU64::default).take(count).collect();
        Self { events: zeros(Event::ALL.len()), reasons: zeros(Reason::ALL.len()) }
    }

    pub(super) fn count(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self, reason: Reason) {
        self.reasons[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self, reason: Reason) -> u64 {
        self.reasons[reason as usize].load(Ordering::Relaxed)
    }

    /// In the text format of Prometheus.
    pub(super) fn text(&self) -> String {
        let mut out = String::from("# TYPE tenancy_gateway_events_total counter\n");
        for (event, count) in Event::ALL.iter().zip(&self.events) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(out, "tenancy_gateway_events_total{{event=\"{}\"}} {count}", event.name());
        }
        out.push_str("# TYPE tenancy_gateway_refusals_total counter\n");
        for (reason, count) in Reason::ALL.iter().zip(&self.reasons) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(out, "tenancy_gateway_refusals_total{{reason=\"{}\"}} {count}", reason.name());
        }
        out
    }
}
