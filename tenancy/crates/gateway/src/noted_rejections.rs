//! How many refusals of one session are written down.
//!
//! The audit log takes no removal, so a client that repeats a refused request would fill it. So many a minute have a line each; the rest
//! is a number in one more line. Counters and the process's own log have all of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use tenancy_service::__private::locked;
use uuid::Uuid;

/// Lines of one session in a minute.
const MOST: u64 = 20;

/// What the sessions were refused in their current minutes.
pub(crate) struct Noted(Mutex<HashMap<Uuid, Minute>>);

struct Minute {
    /// In minutes since 1970.
    at: u64,
    refused: u64,
}

impl Minute {
    /// What to write of what had no line.
    fn more(&self) -> Option<String> {
        let more = self.refused.saturating_sub(MOST);
        (more > 0).then(|| format!("and {more} more"))
    }
}

impl Noted {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Whether a refusal of this session is written down at `now` (seconds since 1970), and what is to be written before it.
    pub(crate) fn due(&self, handle: Uuid, now: u64) -> Option<Option<String>> {
        let (mut minutes, at) = (self.minutes(), now / 60);
        let minute = minutes.entry(handle).or_insert(Minute { at, refused: 0 });
        let more = (minute.at != at).then(|| minute.more()).flatten();
        if minute.at != at {
            *minute = Minute { at, refused: 0 };
        }
        minute.refused += 1;
        (minute.refused <= MOST).then_some(more)
    }

    /// The sessions whose minute is over, and what is to be written of them; forgets them.
    pub(crate) fn over(&self, now: u64) -> Vec<(Uuid, String)> {
        let mut over = Vec::new();
        self.minutes().retain(|handle, minute| {
            let goes_on = minute.at == now / 60;
            over.extend(minute.more().filter(|_| !goes_on).map(|more| (*handle, more)));
            goes_on
        });
        over
    }

    fn minutes(&self) -> MutexGuard<'_, HashMap<Uuid, Minute>> {
        locked(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_a_minute_have_a_line_and_the_rest_a_number() {
        let (noted, one, other) = (Noted::new(), Uuid::from_u128(1), Uuid::from_u128(2));
        let lines = (0..50).filter(|_| noted.due(one, 60).is_some()).count() as u64;
        assert_eq!(lines, MOST);
        assert_eq!(noted.due(other, 60), Some(None), "each session for itself");
        assert_eq!(noted.due(one, 120), Some(Some("and 30 more".to_owned())));
        assert_eq!(noted.due(one, 121), Some(None));
        (0..25).for_each(|_| drop(noted.due(other, 130)));
        assert!(noted.over(179).is_empty());
        assert_eq!(noted.over(180), [(other, "and 5 more".to_owned())]);
        assert!(noted.over(240).is_empty() && noted.minutes().is_empty());
    }
}
