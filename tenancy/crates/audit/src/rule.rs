//! What a rule is. The list of all of them is `rules/mod.rs`.

use super::context::Context;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Costs performance or leaks little.
    Low,
    /// Weakens a second line, or makes the next mistake dangerous.
    Medium,
    /// One step away from a hole.
    High,
    /// A wall has a hole.
    Critical,
}

impl Severity {
    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let all = [Self::Low, Self::Medium, Self::High, Self::Critical];
        let found = all.into_iter().find(|severity| severity.name() == name);
        found.ok_or_else(|| format!("`{name}` is no severity: low, medium, high, critical"))
    }
}

/// One rule of the audit.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// `A01`; stable.
    pub id: &'static str,
    /// Of its findings, unless a finding says otherwise.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What is looked at.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    pub(super) check: Check,
}

/// How a rule looks.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// At the catalog, which is in memory.
    Catalog(fn(&Context<'_>) -> Vec<Hit>),
    /// At the running server: `probes.rs`, `row_checks.rs` or `keys.rs`.
    Live,
    /// At the service's source: `source/mod.rs`.
    Source,
    /// At the list of accepted findings: `baseline.rs`.
    Baseline,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Catalog(_) => "catalog",
            Self::Live => "live",
            Self::Source => "source",
            Self::Baseline => "baseline",
        })
    }
}

impl Rule {
    /// The page about it.
    pub fn page(&self) -> String {
        format!("docs/audit/{}.md", self.id)
    }

    /// The text of that page.
    pub fn markdown(&self) -> String {
        let Self { id, severity, title, what, why, fix, .. } = self;
        let seen = match self.check {
            Check::Catalog(_) => "the database's catalog",
            Check::Live => "the running server",
            Check::Source => "the service's source",
            Check::Baseline => "the list of accepted findings",
        };
        format!(
            "# {id}: {title}\n\nSeverity: {severity}. Seen in: {seen}.\n\n## What\n\n{what}\n\n## Why\n\n{why}\n\n## Fix\n\n{fix}\n"
        )
    }
}

/// What a rule saw, before it is a [`Finding`](super::Finding).
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) object: String,
    pub(super) detail: String,
    pub(super) severity: Option<Severity>,
}

impl Hit {
    pub(super) fn new(object: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { object: object.into(), detail: detail.into(), severity: None }
    }

    pub(super) fn at(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}
