//! Accepted findings, each with a reason and a last day.

use super::finding::{Accepted, Finding, Report};
use super::rule::Hit;
use super::rules::{known, rule};
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// The list, as it is kept beside the source: `tenancy-audit.toml`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Its entries.
    #[serde(default)]
    pub accept: Vec<Entry>,
}

/// One accepted finding.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entry {
    /// The rule's id.
    pub rule: String,
    /// The finding's object, in full.
    pub object: String,
    /// Why it may stay.
    pub reason: String,
    /// The last day: `2027-01-31`.
    pub expires: String,
}

impl Baseline {
    /// Reads the list.
    ///
    /// # Errors
    /// When the text is not TOML of this form.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Takes what is accepted out of the findings, and adds what is wrong with the list itself.
    pub fn apply(&self, report: &mut Report) {
        self.apply_on(report, &today());
    }

    pub(super) fn apply_on(&self, report: &mut Report, today: &str) {
        let mut expired = Vec::new();
        let mut incomplete = Vec::new();
        let mut unmet = Vec::new();
        for entry in &self.accept {
            let object = format!("{} {}", entry.rule, entry.object);
            if let Some(why) = entry.incomplete() {
                incomplete.push(Hit::new(object, why));
            } else if entry.expires.as_str() < today {
                expired.push(Hit::new(object, format!("was accepted until {}", entry.expires)));
            } else if !entry.take(report) && report.ran.contains(&entry.rule.as_str()) {
                unmet.push(Hit::new(object, "meets no finding"));
            }
        }
        for (id, hits) in [("X01", expired), ("X02", incomplete), ("X03", unmet)] {
            report.add(known(id), hits);
        }
        report.sort();
    }
}

impl Entry {
    fn incomplete(&self) -> Option<&'static str> {
        let day = self.expires.as_bytes();
        let dated = day.len() == 10
            && day
                .iter()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
        match self {
            _ if rule(&self.rule).is_none() => Some("names no rule"),
            _ if self.rule.starts_with('X') => Some("the rules of the baseline itself cannot be accepted"),
            _ if self.object.trim().is_empty() => Some("names no object"),
            _ if self.reason.trim().is_empty() => Some("has no reason"),
            _ if !dated => Some("has no day"),
            _ => None,
        }
    }

    /// Moves the findings that this entry accepts.
    fn take(&self, report: &mut Report) -> bool {
        let ours = |finding: &Finding| finding.rule.id == self.rule && finding.object == self.object;
        let (taken, left): (Vec<_>, Vec<_>) = std::mem::take(&mut report.findings).into_iter().partition(ours);
        report.findings = left;
        let met = !taken.is_empty();
        let accepted = |finding| Accepted { finding, reason: self.reason.clone(), expires: self.expires.clone() };
        report.accepted.extend(taken.into_iter().map(accepted));
        met
    }
}

fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    date(seconds / 86_400)
}

/// The date of a day since 1970-01-01, in the Gregorian calendar.
fn date(days: u64) -> String {
    // Years that begin in March have their leap day last; 719 468 days lie before 1970 from the year 0 on.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod unit {
    use super::date;

    #[test]
    fn days_have_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(20_088), "2024-12-31");
        assert_eq!(date(20_089), "2025-01-01");
    }
}
