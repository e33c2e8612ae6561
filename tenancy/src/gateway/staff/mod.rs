//! Staff of the platform: how they act in a customer's organization, which they are no members of.
//!
//! Who is staff says the directory alone, never a claim or a role of a token (`people.rs`). Staff enter an organization for
//! a written reason and a time, after the entry was committed to a log that takes no change (`enter.rs`), and, where
//! it is asked for, approved by a second person (`approve.rs`). Every request
//! under it asks whether it still holds and writes a line before anything is granted (`live.rs`). The organization's own
//! members can see who was there (`visits.rs`). See `docs/guide/staff.md`.

mod approve;
mod enter;
mod entry;
mod live;
mod people;
mod visits;

pub use entry::{Entered, Entry};
pub(super) use live::{record, why_not};
pub use visits::Visit;

/// What a gateway was told about staff. Times are in seconds.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) idle: u64,
    pub(super) absolute: u64,
    pub(super) assurance: Vec<String>,
    pub(super) proof_age: u64,
    /// Whether an entry to change waits for a second person.
    pub(super) approval: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: 10 * 60,
            absolute: 60 * 60,
            assurance: vec!["mfa".to_owned()],
            proof_age: 10 * 60,
            approval: false,
        }
    }
}

impl Settings {
    /// The same, with no session of staff outliving a member's.
    pub(super) fn within(self, idle: u64, absolute: u64) -> Self {
        Self { idle: self.idle.min(idle), absolute: self.absolute.min(absolute), ..self }
    }
}
