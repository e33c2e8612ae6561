//! What a check of readiness finds.

use serde::Serialize;
use std::fmt;

/// What is asked of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// The wall is planned for Citus: policies without a sub-select, one statement a transaction.
    Target,
    /// Each organization table has its organization in one column of type `Uuid`, `Binary` or `Text`.
    OrganizationColumn,
    /// That column is never NULL.
    OrganizationNull,
    /// All those columns have one type: tables are placed together by equal values.
    OrganizationType,
    /// The primary key begins with the organization.
    Key,
    /// Organization tables refer to tenant and global tables, global tables to global ones.
    Reference,
    /// A reference between organization tables is by the pair `(organization, key)`.
    Pair,
    /// How the scope reaches the nodes.
    Context,
}

/// What a finding means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// It works, and could be better.
    Advice,
    /// The declaration leaves it open: the database, or its operator, decides.
    Open,
    /// As declared, no Citus cluster takes it.
    Refused,
}

/// One thing about one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The table, `public.invoices`; `wall` where it is about all of them.
    pub table: String,
    /// What was asked.
    pub rule: Rule,
    /// What it means.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Advice => "advice",
            Self::Open => "open",
            Self::Refused => "refused",
        })
    }
}

/// `refused public.notes: ..`, then why and what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, verdict, seen, why, fix, .. } = self;
        write!(f, "{verdict} {table}: {seen}\n    why: {why}\n    fix: {fix}")
    }
}
