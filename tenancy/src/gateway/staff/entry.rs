//! An entry, as it is asked for and as it holds.

use crate::db::platform::{Failure, Value};
use crate::gateway::facts::Cells;
use crate::gateway::refusal::Reason;
use crate::scope::{Claim, Epochs, OrgId};
use std::time::Duration;
use uuid::Uuid;

/// The longest entry, in seconds. The table holds none that is longer.
const LONGEST: u64 = 60 * 60;
/// How long one lasts unless told otherwise, in seconds.
const USUAL: u64 = 15 * 60;
/// The longest reason, in characters.
const REASON: usize = 500;
/// The longest ticket, in characters.
const TICKET: usize = 100;

/// What a member of the platform's staff says when they enter an organization: why, and for how long. See
/// [`Sessions::enter`](crate::gateway::Sessions::enter).
#[derive(Debug, Clone)]
#[must_use]
pub struct Entry {
    pub(super) reason: String,
    pub(super) ticket: Option<String>,
    pub(super) writes: bool,
    lasts: Duration,
}

impl Entry {
    /// To read: every write is refused. `reason` has 1 to 500 characters, and the organization's members can see it.
    pub fn to_read(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ticket: None, writes: false, lasts: Duration::from_secs(USUAL) }
    }

    /// To change something as well.
    pub fn to_change(reason: impl Into<String>) -> Self {
        Self { writes: true, ..Self::to_read(reason) }
    }

    /// The ticket that it is about, of 1 to 100 characters; none unless set.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// For how long, in whole seconds, at most 1 h; 15 min unless set. What is granted under it ends 5 s before, so that no
    /// clock's leeway leads beyond.
    pub fn lasting(mut self, time: Duration) -> Self {
        self.lasts = time;
        self
    }

    /// For how long, in seconds.
    ///
    /// # Errors
    /// [`Reason::EntryReason`] and [`Reason::EntryTime`].
    pub(super) fn checked(&self) -> Result<u64, Reason> {
        let said = |text: &str, most| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        if !said(&self.reason, REASON) || !self.ticket.as_deref().is_none_or(|ticket| said(ticket, TICKET)) {
            return Err(Reason::EntryReason);
        }
        let seconds = self.lasts.as_secs();
        if (1..=LONGEST).contains(&seconds) { Ok(seconds) } else { Err(Reason::EntryTime) }
    }
}

/// An entry that held when the session was looked up, for a page to show. Only that look-up makes one
/// (`ui-tests/tests/fail/g_forging/an_entry_made_by_hand.rs`), and it opens nothing by itself.
#[derive(Debug, Clone)]
pub struct Entered {
    id: Uuid,
    org: OrgId,
    slug: String,
    writes: bool,
    until: u64,
    epochs: Epochs,
}

impl Entered {
    pub(super) fn read(row: Vec<Value>) -> Result<Self, Failure> {
        let mut row = Cells::new(row);
        let (id, org, slug) = (row.id()?, OrgId::new(row.id()?), row.text()?);
        let (writes, until) = (row.int()? == 1, row.count()?);
        Ok(Self { id, org, slug, writes, until, epochs: Epochs { org: row.count()?, sub: row.count()? } })
    }

    /// Names the entry, in [`Actor`](crate::scope::Actor) and in the audit log.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The organization.
    pub fn org(&self) -> OrgId {
        self.org
    }

    /// Whether it is to change something as well.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// When it ends at the latest, in seconds since 1970.
    pub fn until(&self) -> u64 {
        self.until
    }

    pub(in crate::gateway) fn epochs(&self) -> Epochs {
        self.epochs
    }

    /// Whether a client that says this means the organization, by id or slug.
    pub(in crate::gateway) fn is_meant(&self, wish: &Claim) -> bool {
        wish.names(self.org) || wish.as_str() == self.slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_why_and_for_an_hour_at_most() {
        let long = |letters: usize| "ä".repeat(letters);
        let good = || Entry::to_read("a call");
        for reason in ["", " ", "\u{a0}\u{2003}", "a\0", "two\nlines", &long(501)] {
            assert_eq!(Entry::to_change(reason).checked(), Err(Reason::EntryReason), "{reason:?}");
        }
        for ticket in ["", " ", "\t", &long(101)] {
            assert_eq!(good().ticket(ticket).checked(), Err(Reason::EntryReason), "{ticket:?}");
        }
        for time in [Duration::ZERO, Duration::from_millis(999), Duration::from_secs(3601), Duration::MAX] {
            assert_eq!(good().lasting(time).checked(), Err(Reason::EntryTime), "{time:?}");
        }
        assert_eq!(good().checked(), Ok(900));
        let longest = Entry::to_read(long(500)).ticket(long(100)).lasting(Duration::from_secs(3600));
        assert_eq!(longest.checked(), Ok(3600));
    }
}
