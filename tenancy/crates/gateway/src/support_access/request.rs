//! An entry, as it is asked for and as it holds.

use crate::rejection::RejectionReason;
use std::time::Duration;

/// The longest entry, in seconds. The table holds none that is longer.
const LONGEST: u64 = 60 * 60;
/// How long one lasts unless told otherwise, in seconds.
const USUAL: u64 = 15 * 60;
/// The longest reason, in characters.
const REASON: usize = 500;
/// The longest ticket, in characters.
const TICKET: usize = 100;

/// What a member of the platform's staff says when they enter an organization: why, and for how long. See
/// [`Sessions::enter`](crate::Sessions::enter).
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessRequest {
    pub(super) reason: String,
    pub(super) ticket: Option<String>,
    pub(super) writes: bool,
    lasts: Duration,
}

impl AccessRequest {
    /// To read: every write is refused. `reason` has 1 to 500 characters, and the organization's members can see it.
    pub fn read_only(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ticket: None, writes: false, lasts: Duration::from_secs(USUAL) }
    }

    /// To change something as well.
    pub fn read_write(reason: impl Into<String>) -> Self {
        Self { writes: true, ..Self::read_only(reason) }
    }

    /// The ticket that it is about, of 1 to 100 characters; none unless set.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// For how long, in whole seconds, at most 1 h; 15 min unless set. What is granted under it ends 5 s before, so that no
    /// clock's leeway leads beyond.
    pub fn duration(mut self, time: Duration) -> Self {
        self.lasts = time;
        self
    }

    /// For how long, in seconds.
    ///
    /// # Errors
    /// [`RejectionReason::EntryReason`] and [`RejectionReason::EntryTime`].
    pub(super) fn checked(&self) -> Result<u64, RejectionReason> {
        let said = |text: &str, most| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        if !said(&self.reason, REASON) || !self.ticket.as_deref().is_none_or(|ticket| said(ticket, TICKET)) {
            return Err(RejectionReason::EntryReason);
        }
        let seconds = self.lasts.as_secs();
        if (1..=LONGEST).contains(&seconds) { Ok(seconds) } else { Err(RejectionReason::EntryTime) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_why_and_for_an_hour_at_most() {
        let long = |letters: usize| "ä".repeat(letters);
        let good = || AccessRequest::read_only("a call");
        for reason in ["", " ", "\u{a0}\u{2003}", "a\0", "two\nlines", &long(501)] {
            assert_eq!(AccessRequest::read_write(reason).checked(), Err(RejectionReason::EntryReason), "{reason:?}");
        }
        for ticket in ["", " ", "\t", &long(101)] {
            assert_eq!(good().ticket(ticket).checked(), Err(RejectionReason::EntryReason), "{ticket:?}");
        }
        for time in [Duration::ZERO, Duration::from_millis(999), Duration::from_secs(3601), Duration::MAX] {
            assert_eq!(good().duration(time).checked(), Err(RejectionReason::EntryTime), "{time:?}");
        }
        assert_eq!(good().checked(), Ok(900));
        let longest = AccessRequest::read_only(long(500)).ticket(long(100)).duration(Duration::from_secs(3600));
        assert_eq!(longest.checked(), Ok(3600));
    }
}
