//! Accepted findings, each with a reason and a last day.

use super::finding::{Accepted, Finding, Report};
use super::rule::Hit;
use super::rules::{known, rule};
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

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

/// The date in UTC.
fn today() -> String {
    let mut time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    time.truncate("2030-01-01".len());
    time
}

#[cfg(test)]
mod unit {
    use super::today;

    #[test]
    fn today_is_a_date_that_compares_as_a_text() {
        let today = today();
        let form: String = today.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        assert_eq!(form, "0000-00-00");
        assert!(today.as_str() > "2026-01-01");
    }
}
