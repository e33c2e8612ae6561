//! Sessions that were looked up a moment ago, when a gateway is configured to keep them.

use crate::session::bounded_cache::BoundedCache;
use crate::session::invalidation::Invalidation;
use crate::session::session_row::SessionRow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many sessions are kept at most: some 0.5 KiB each.
const MOST: usize = 16_384;

/// By the keyed hash of a session's id, and the number of the keys that it is under.
pub(crate) type CacheKey = ([u8; 32], u64);

/// Live sessions. That there is none is never kept.
pub(crate) struct Cache {
    time: Duration,
    kept: BoundedCache<CacheKey, Arc<CachedSession>>,
}

/// When a reading began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Began {
    number: u64,
    at: Instant,
}

struct CachedSession {
    facts: Arc<SessionRow>,
    began: Began,
}

impl Began {
    pub(crate) fn now(changes: &Invalidation) -> Self {
        Self { number: changes.number(), at: Instant::now() }
    }
}

impl Cache {
    /// Keeps a session for so long.
    pub(crate) fn new(time: Duration) -> Self {
        Self { time, kept: BoundedCache::new(MOST) }
    }

    /// The live session and what time it is for it, if it was read short enough ago and this process has changed
    /// nothing of it since. `clock` is a test's.
    pub(crate) fn get(
        &self,
        key: &CacheKey,
        changes: &Invalidation,
        clock: Option<u64>,
    ) -> Option<(Arc<SessionRow>, u64)> {
        let entry = self.kept.get(key)?;
        let (age, now) = entry.age(clock)?;
        let facts = &entry.facts;
        let holds = age < self.time && !facts.is_over(now) && changes.none_since(entry.began.number, facts);
        holds.then(|| (Arc::clone(facts), now))
    }

    /// Keeps what a reading that began then has found.
    pub(crate) fn keep(&self, key: CacheKey, facts: Arc<SessionRow>, began: Began) {
        self.kept.keep(key, Arc::new(CachedSession { facts, began }));
    }
}

impl CachedSession {
    /// How old it is, and the time by the clock that it was read under. That time is rounded up: a session may seem to have
    /// ended a second early, and is then looked up.
    fn age(&self, clock: Option<u64>) -> Option<(Duration, u64)> {
        match clock {
            Some(now) => Some((Duration::from_secs(now.checked_sub(self.facts.now)?), now)),
            None => {
                let age = self.began.at.elapsed();
                Some((age, self.facts.now.saturating_add(age.as_secs() + 1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::invalidation::Changed;
    use crate::session::session_row::Member;
    use tenancy::scope::{Epochs, OrgId, Subject, Tier};
    use uuid::Uuid;

    const ORG: OrgId = OrgId::new(Uuid::from_u128(0xa));
    const KEY: CacheKey = ([7; 32], 0);

    fn facts() -> Arc<SessionRow> {
        let subject = Subject { issuer: "https://id.test".to_owned(), subject: "alice".to_owned() };
        let member = Member { org: ORG, tier: Tier::Org, epochs: Epochs { org: 1, sub: 1 } };
        Arc::new(SessionRow {
            id_hash: vec![7; 32],
            handle: Uuid::from_u128(1),
            version: 1,
            user: Uuid::from_u128(2),
            subject,
            org: Some(ORG),
            member: Some(member),
            authenticated_at: 900,
            methods: String::new(),
            assurance: String::new(),
            seen_at: 1000,
            idle_until: 1100,
            absolute_until: 1200,
            now: 1000,
        })
    }

    /// The database may have read the row before or after the change: that is unknown, so it is not used.
    #[test]
    fn a_reading_that_was_under_way_during_a_change_is_not_used() {
        let (changes, cache, facts) = (Invalidation::none(), Cache::new(Duration::from_secs(10)), facts());
        let found = || cache.get(&KEY, &changes, Some(1000)).is_some();
        let all = [
            Changed::Session(facts.handle),
            Changed::Subject(&facts.subject),
            Changed::Organization(ORG),
            Changed::Everything,
        ];
        for changed in all {
            let before = Began::now(&changes);
            let change = changes.begin(&[changed]);
            let during = Began::now(&changes);
            cache.keep(KEY, Arc::clone(&facts), before);
            assert!(!found(), "it began before {changed:?}");
            cache.keep(KEY, Arc::clone(&facts), during);
            // Also when no caller waits for the change any more.
            drop(change);
            assert!(!found(), "it began during {changed:?}");
            cache.keep(KEY, Arc::clone(&facts), Began::now(&changes));
            assert!(found(), "it began after {changed:?}");
        }
        drop(changes.begin(&[]));
        assert!(found());
    }

    #[test]
    fn it_is_used_for_its_time_and_within_the_sessions() {
        let (changes, cache) = (Invalidation::none(), Cache::new(Duration::from_secs(150)));
        cache.keep(KEY, facts(), Began::now(&changes));
        for (now, found) in [(999, false), (1000, true), (1099, true), (1100, false), (1199, false)] {
            let time = cache.get(&KEY, &changes, Some(now)).map(|(_, time)| time);
            assert_eq!(time, found.then_some(now), "{now}");
        }
        assert!(cache.get(&([7; 32], 1), &changes, Some(1000)).is_none(), "under other keys");
        // By the database's clock, rounded up.
        assert!(cache.get(&KEY, &changes, None).is_some_and(|(_, now)| now > 1000));
    }
}
