//! What the audit says.

use super::printable::shown;
use super::rule::{Hit, Rule, Severity};
use super::rules::rule;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// By which rule.
    #[serde(serialize_with = "id")]
    pub rule: &'static Rule,
    /// How bad.
    pub severity: Severity,
    /// With what: `public.invoices`, `role app`, `src/main.rs:12`. With the rule's id it names the finding in a baseline.
    pub object: String,
    /// What was seen.
    pub detail: String,
    /// Where in the source, when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The file, relative to the crate.
    pub file: String,
    /// From 1.
    pub line: usize,
}

fn id<S: Serializer>(rule: &&'static Rule, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(rule.id)
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, hit: Hit) -> Self {
        let severity = hit.severity.unwrap_or(rule.severity);
        Self { rule, severity, object: hit.object, detail: hit.detail, place: None }
    }
}

/// A rule that could not look. It is never counted as passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotRun {
    /// Its id.
    pub rule: &'static str,
    /// Why.
    pub why: String,
}

/// The result of an audit.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// What a baseline accepts, and until when.
    pub accepted: Vec<Accepted>,
    /// What was not looked at.
    pub not_run: Vec<NotRun>,
    /// The rules that looked.
    pub ran: Vec<&'static str>,
    /// How many statements were sent to the database: as many round trips.
    #[serde(skip)]
    pub statements: usize,
    /// How long it took.
    #[serde(skip)]
    pub took: Duration,
}

/// A finding that a baseline or a package's mark accepts.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Accepted {
    /// The finding.
    pub finding: Finding,
    /// Why it may stay.
    pub reason: String,
    /// Until which day.
    pub expires: String,
}

impl Report {
    /// The worst severity that was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// Whether anything is as bad as that, or worse.
    pub fn fails_on(&self, threshold: Severity) -> bool {
        self.worst().is_some_and(|worst| worst >= threshold)
    }

    /// Adds what another audit says.
    pub fn merge(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.accepted.extend(other.accepted);
        self.not_run.extend(other.not_run);
        self.ran.extend(other.ran);
        self.statements += other.statements;
        self.took += other.took;
        self.sort();
    }

    /// Takes rules out by id, as if they had not run; they are reported as not run.
    pub fn disable(&mut self, ids: &[String]) {
        for rule in ids.iter().filter_map(|id| rule(id)) {
            self.findings.retain(|finding| finding.rule.id != rule.id);
            self.ran.retain(|ran| *ran != rule.id);
            self.not_run.retain(|not_run| not_run.rule != rule.id);
            self.skip(rule.id, "disabled by the options");
        }
        self.sort();
    }

    pub(super) fn add(&mut self, rule: &'static Rule, hits: Vec<Hit>) {
        self.ran.push(rule.id);
        self.findings.extend(hits.into_iter().map(|hit| Finding::new(rule, hit)));
    }

    /// What a rule saw at a second place.
    pub(super) fn more(&mut self, rule: &'static Rule, hits: Vec<Hit>) {
        self.findings.extend(hits.into_iter().map(|hit| Finding::new(rule, hit)));
    }

    pub(super) fn skip(&mut self, rule: &'static str, why: impl Into<String>) {
        self.not_run.push(NotRun { rule, why: why.into() });
    }

    pub(super) fn sort(&mut self) {
        let key = |finding: &Finding| (std::cmp::Reverse(finding.severity), finding.rule.id, finding.object.clone());
        self.findings.sort_by_key(key);
        self.not_run.sort_by_key(|not_run| not_run.rule);
        self.not_run.dedup();
    }

    /// The ids of the rules that found something, each once.
    pub fn rule_ids(&self) -> Vec<&'static str> {
        let mut ids: Vec<_> = self.findings.iter().map(|finding| finding.rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (object, detail) = (shown(&self.object), shown(&self.detail));
        write!(f, "{} {} {object}: {detail}", self.rule.id, self.severity)
    }
}
