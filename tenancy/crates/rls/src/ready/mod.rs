//! Whether the declared schema can be spread over the nodes of a Citus cluster, each organization on one of them.
//!
//! [`check`] reads the declaration only: it asks no server, so it can run in a service's tests and in CI long before a
//! second node is thought of. What Citus refuses at `create_distributed_table` is then a finding of today, not a migration
//! of every key later. `tenancy rls ready` does it from a shell; `docs/guide/scaling-out.md` has the rules.
//!
//! **Ready as declared is not ready.** A declaration says nothing of unique keys, foreign keys' actions, triggers and
//! defaults: [`UNSEEN`] lists what only the database shows, and which rule of `tenancy audit` looks there. No Citus
//! server was ever run by our tests.

mod finding;
mod rules;
#[cfg(test)]
mod tests;

pub use finding::{Finding, Rule, Verdict};

use super::options::Options;
use serde::Serialize;
use std::fmt;
use tenancy::schema::Manifest;

/// Something that no declaration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unseen {
    /// What it is.
    pub what: &'static str,
    /// The rules of `tenancy audit --target citus` that look for it in the database; none where nothing does.
    pub audit: &'static [&'static str],
}

/// What a declaration does not say and Citus wants, or our walls want there.
pub const UNSEEN: &[Unseen] = &[
    Unseen { what: "primary, unique and exclusion keys of the database: each holds the organization", audit: &["E01"] },
    Unseen { what: "foreign keys between organization tables: each is by the pair", audit: &["E02"] },
    Unseen {
        what: "foreign keys' actions: no SET NULL and no SET DEFAULT where the key holds the organization",
        audit: &["E03"],
    },
    Unseen {
        what: "the organization column: NOT NULL, without a default, of the declared type",
        audit: &["A04", "A05", "A06"],
    },
    Unseen { what: "foreign keys from global tables to organization tables", audit: &["E12"] },
    Unseen { what: "triggers and generated columns that write the organization", audit: &["A08"] },
    Unseen { what: "the policies that are there now: none has a sub-select", audit: &["B08"] },
    Unseen { what: "the distribution itself: by the organization, in one colocation group", audit: &["F09"] },
    Unseen { what: "deferrable constraints, inheritance, other triggers: Citus refuses them", audit: &[] },
    Unseen { what: "volatile functions in writes: ids and times come from the service", audit: &[] },
];

/// What [`check`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Readiness {
    /// The worst first.
    pub findings: Vec<Finding>,
    /// What was not looked at, because no declaration says it: [`UNSEEN`].
    pub unseen: &'static [Unseen],
}

impl Readiness {
    /// Whether nothing was refused. **Not** whether a cluster takes the database: see [`UNSEEN`].
    pub fn is_ready_as_declared(&self) -> bool {
        self.of(Verdict::Refused).next().is_none()
    }

    /// The findings of that verdict.
    pub fn of(&self, verdict: Verdict) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict == verdict)
    }
}

/// Asks the declaration. `options` are those that the wall is planned with; of them the target, the level and the default
/// schema matter.
pub fn check(manifest: &Manifest, options: &Options) -> Readiness {
    let mut findings = rules::findings(manifest, options);
    findings.sort_by(|a, b| b.verdict.cmp(&a.verdict).then_with(|| a.table.cmp(&b.table)));
    Readiness { findings, unseen: UNSEEN }
}

/// As text for people, with what was not looked at.
impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}\n")?;
        }
        writeln!(f, "The declaration does not say, and was not asked:")?;
        for Unseen { what, audit } in self.unseen {
            let by =
                if audit.is_empty() { "yours to look at".to_owned() } else { format!("audit {}", audit.join(", ")) };
            writeln!(f, "  {what} ({by})")?;
        }
        let count = |verdict| self.of(verdict).count();
        let ready = if self.is_ready_as_declared() { "ready as declared" } else { "not ready" };
        let (refused, open, advice) = (count(Verdict::Refused), count(Verdict::Open), count(Verdict::Advice));
        write!(f, "\n{ready}: {refused} refused, {open} open, {advice} advice")
    }
}
