//! What this process changed in the gateway's tables, and when: whatever was read before that is used no more.
//!
//! Time here is a number that rises with every change. A change takes the next number before it begins and another after it
//! has ended, and leaves it at the place of what it changed. A reader takes the number before. What was read may be used
//! for as long as none of its places has a later number: a reading that began before a change had ended is not used after
//! it, whichever of the two the database ran first.

use crate::session::session_row::SessionRow;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tenancy::scope::{OrgId, Subject};
use uuid::Uuid;

/// How many places there are. Two things at one place cost readings, and nothing else.
const PLACES: usize = 1024;

/// Whose sessions a change makes others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Changed<'a> {
    /// One session, by its handle.
    Session(Uuid),
    /// All of a user.
    Subject(&'a Subject),
    /// All that act for an organization.
    Organization(OrgId),
    /// It cannot be said which.
    Everything,
}

/// When each place changed last.
#[derive(Clone)]
pub(crate) struct Invalidation(Arc<Places>);

struct Places {
    number: AtomicU64,
    hasher: RandomState,
    places: Box<[AtomicU64]>,
    everything: AtomicU64,
}

impl Invalidation {
    #[cfg_attr(
        not(any(test, feature = "postgres", feature = "sqlite")),
        allow(dead_code, reason = "without a database there is no gateway")
    )]
    pub(crate) fn none() -> Self {
        let places = std::iter::repeat_with(AtomicU64::default).take(PLACES).collect();
        let (number, everything) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Places { number, hasher: RandomState::new(), places, everything }))
    }

    /// The number of now, for a caller that begins to read.
    pub(crate) fn number(&self) -> u64 {
        self.0.number.load(Ordering::SeqCst)
    }

    /// Notes a change that begins, and notes it again when what it returns is dropped: also when no caller waits for it any more.
    /// The database may then commit a little later (`docs/limits.md`).
    pub(crate) fn begin(&self, changed: &[Changed<'_>]) -> Changing<'_> {
        let place = |changed: &Changed<'_>| match changed {
            Changed::Session(handle) => self.0.place(("session", *handle)),
            Changed::Subject(subject) => self.0.place(("subject", *subject)),
            Changed::Organization(org) => self.0.place(("organization", *org)),
            Changed::Everything => &self.0.everything,
        };
        let changing = Changing { number: &self.0.number, places: changed.iter().map(place).collect() };
        changing.note();
        changing
    }

    /// Whether nothing that these facts say was changed by this process since that number.
    pub(crate) fn none_since(&self, number: u64, facts: &SessionRow) -> bool {
        let unchanged = |place: &AtomicU64| place.load(Ordering::SeqCst) <= number;
        unchanged(&self.0.everything)
            && unchanged(self.0.place(("session", facts.handle)))
            && unchanged(self.0.place(("subject", &facts.subject)))
            && facts.org.is_none_or(|org| unchanged(self.0.place(("organization", org))))
    }
}

impl Places {
    fn place(&self, of: impl Hash) -> &AtomicU64 {
        &self.places[self.hasher.hash_one(of) as usize % PLACES]
    }
}

/// A change that is under way.
pub(crate) struct Changing<'a> {
    number: &'a AtomicU64,
    places: Vec<&'a AtomicU64>,
}

impl Changing<'_> {
    fn note(&self) {
        for place in &self.places {
            let number = self.number.fetch_add(1, Ordering::SeqCst) + 1;
            place.fetch_max(number, Ordering::SeqCst);
        }
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.note();
    }
}

impl fmt::Debug for Invalidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidation").finish_non_exhaustive()
    }
}
