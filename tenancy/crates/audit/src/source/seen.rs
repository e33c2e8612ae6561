//! What the source pass saw so far, and which of it a package's mark accepts.

use crate::finding::{Accepted, Finding, Place, Report};
use crate::rule::{Check, Hit};
use crate::rules::rules;
use std::collections::BTreeMap;
use std::time::Instant;

/// Who a package is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkedFor {
    Platform,
    Tests,
}

/// A package's mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) whom: MarkedFor,
    pub(super) reason: String,
}

impl Mark {
    /// Whether findings of a rule are accepted in the package.
    fn covers(&self, rule: &str) -> bool {
        match self.whom {
            // It has a role of its own, migrates, and speaks SQL.
            MarkedFor::Platform => matches!(rule, "S13" | "S14" | "S15" | "S16"),
            MarkedFor::Tests => {
                matches!(rule, "S02" | "S04" | "S10" | "S11" | "S12" | "S13" | "S14" | "S15" | "S16" | "S17" | "S21")
            }
        }
    }
}

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) hits: BTreeMap<&'static str, Vec<(Hit, Place)>>,
    /// The same where the package's mark accepts it, with the mark's reason.
    accepted: BTreeMap<&'static str, Vec<(Hit, Place, String)>>,
    /// The mark of the package that is read.
    pub(super) mark: Option<Mark>,
}

impl Seen {
    /// `name` is what was seen: with the file it names the finding, whatever the line.
    pub(super) fn add(&mut self, id: &'static str, file: &str, line: usize, name: &str, detail: impl Into<String>) {
        let object = if name.is_empty() { file.to_owned() } else { format!("{file}: {name}") };
        let detail = format!("line {line}: {}", detail.into());
        let place = Place { file: file.to_owned(), line };
        let hit = Hit::new(object, detail);
        match self.mark.as_ref().filter(|mark| mark.covers(id)) {
            Some(mark) => self.accepted.entry(id).or_default().push((hit, place, mark.reason.clone())),
            None => self.hits.entry(id).or_default().push((hit, place)),
        }
    }

    pub(super) fn report(mut self, started: Instant) -> Report {
        let mut report = Report::default();
        for rule in rules().filter(|rule| matches!(rule.check, Check::Source)) {
            report.ran.push(rule.id);
            for (hit, place) in self.hits.remove(rule.id).unwrap_or_default() {
                report.findings.push(Finding { place: Some(place), ..Finding::new(rule, hit) });
            }
            for (hit, place, reason) in self.accepted.remove(rule.id).unwrap_or_default() {
                let finding = Finding { place: Some(place), ..Finding::new(rule, hit) };
                report.accepted.push(Accepted { finding, reason, expires: "the package's mark is removed".to_owned() });
            }
        }
        report.sort();
        report.took = started.elapsed();
        report
    }
}
