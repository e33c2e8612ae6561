//! Dates and times as texts.

use std::time::{SystemTime, UNIX_EPOCH};
use tenancy_permits::Relationship;

/// `2030-01-01T00:00:00Z`, in whole seconds.
pub(super) fn text(time: SystemTime) -> String {
    // Every stored time is one of whole seconds from 1970 on.
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// The relationship with its expiry, as `Relationship` reads it.
pub(super) fn relationship(relationship: &Relationship) -> String {
    match relationship.expires_at {
        None => relationship.to_string(),
        Some(expires) => format!("{relationship}[expiration:{}]", text(expires)),
    }
}

/// Howard Hinnant's `civil_from_days`: the year begins in March, so that the leap day is its last.
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_written_is_read_as_the_same_time() {
        for second in (0..4_102_444_800_u64).step_by(86_400 * 13 + 12_345) {
            let time = UNIX_EPOCH + Duration::from_secs(second);
            let written: Relationship =
                format!("doc:1#viewer@user:1[expiration:{}]", text(time)).parse().expect("a date");
            assert_eq!(written.expires_at, Some(time), "{}", text(time));
        }
        assert_eq!(text(UNIX_EPOCH + Duration::from_secs(951_868_799)), "2000-02-29T23:59:59Z");
    }
}
