//! Counts of what an edge did and refused. No label names an organization or a user.

use super::rejection::RejectionReason;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Declares the events with their name in metrics and in the audit log.
macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:literal),* $(,)?) => {
        /// What the gateway, or a service behind it, did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $event,)*
        }

        impl Event {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$event),*];

            /// Returns its name in metrics and in the audit log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$event => $name,)* }
            }
        }
    };
}

events! {
    /// A session began.
    SignIn = "sign_in",
    /// A session proved its user again, or was given a new id.
    Renew = "renew",
    /// A session changed its organization.
    Switch = "switch",
    /// A session ended before its time.
    End = "end",
    /// A member of the platform's staff entered an organization.
    StaffEnter = "staff_enter",
    /// One approved another's entry.
    StaffApprove = "staff_approve",
    /// One left it.
    StaffLeave = "staff_leave",
    /// A scope was granted to one under an entry.
    StaffGrant = "staff_grant",
    /// A scope was minted.
    Mint = "mint",
    /// A header that names a user's identity was removed from a request.
    IdentityHeader = "identity_header",
    /// An unsafe request that said nothing about its origin was let through on its form token alone.
    UnknownOrigin = "unknown_origin",
    /// A grant was signed for a service in another process.
    Grant = "grant",
    /// The service asked for the gateways' key statements.
    KeyRefresh = "key_refresh",
    /// A request's session was found in memory.
    CacheHit = "session_cache_hit",
    /// It was not, and the database was asked.
    CacheMiss = "session_cache_miss",
}

/// One number for each event and reason.
#[derive(Debug)]
pub struct Counters {
    events: Vec<AtomicU64>,
    reasons: Vec<AtomicU64>,
}

impl Counters {
    /// All at zero.
    #[expect(clippy::new_without_default, reason = "counters begin with the program that serves them")]
    pub fn new() -> Self {
        let zeros = |count| std::iter::repeat_with(AtomicU64::default).take(count).collect();
        Self { events: zeros(Event::ALL.len()), reasons: zeros(RejectionReason::ALL.len()) }
    }

    /// Counts an event.
    pub fn count(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a refusal.
    pub fn refuse(&self, reason: RejectionReason) {
        self.reasons[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests were refused for this reason.
    pub fn refused(&self, reason: RejectionReason) -> u64 {
        self.reasons[reason as usize].load(Ordering::Relaxed)
    }

    /// In the text format of Prometheus; `edge` is `gateway` or `service`.
    pub fn text(&self, edge: &str) -> String {
        let (events, rejections) = (format!("tenancy_{edge}_events_total"), format!("tenancy_{edge}_refusals_total"));
        let mut text = MetricsText::default();
        text.counter(&events);
        for (event, count) in Event::ALL.iter().zip(&self.events) {
            text.sample(&events, &[("event", event.name())], count.load(Ordering::Relaxed));
        }
        text.counter(&rejections);
        for (reason, count) in RejectionReason::ALL.iter().zip(&self.reasons) {
            text.sample(&rejections, &[("reason", reason.name())], count.load(Ordering::Relaxed));
        }
        text.finish()
    }
}

/// Writes counters in the text format of Prometheus.
#[derive(Debug, Default)]
pub struct MetricsText(String);

impl MetricsText {
    /// Begins a counter, whose samples follow.
    pub fn counter(&mut self, name: &str) {
        let _ = writeln!(self.0, "# TYPE {name} counter");
    }

    /// Writes a sample with its labels.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"", if at == 0 { '{' } else { ',' });
            for letter in text.chars() {
                match letter {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    letter => self.0.push(letter),
                }
            }
            self.0.push('"');
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_its_line() {
        let mut text = MetricsText::default();
        text.counter("one_total");
        text.sample("one_total", &[], 1);
        text.sample("one_total", &[("issuer", "https://id\"\\\n"), ("reason", "x")], 2);
        let expected =
            "# TYPE one_total counter\none_total 1\none_total{issuer=\"https://id\\\"\\\\\\n\",reason=\"x\"} 2\n";
        assert_eq!(text.finish(), expected);
    }
}
