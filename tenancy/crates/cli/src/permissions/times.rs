//! Dates and times as texts.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};
use tenancy_permits::Relationship;

/// `2030-01-01T00:00:00Z`, in whole seconds. A year after 9999, which only SQL can store, is shown as seconds since 1970.
pub(super) fn text(time: SystemTime) -> String {
    let mut text = String::new();
    match write!(text, "{}", humantime::format_rfc3339_seconds(time)) {
        Ok(()) => text,
        Err(_) => time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).to_string(),
    }
}

/// The relationship with its expiry, as `Relationship` reads it.
pub(super) fn relationship(relationship: &Relationship) -> String {
    match relationship.expires_at {
        None => relationship.to_string(),
        Some(expires) => format!("{relationship}[expiration:{}]", text(expires)),
    }
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
        assert_eq!(text(UNIX_EPOCH + Duration::from_secs(253_402_300_800)), "253402300800");
    }
}
