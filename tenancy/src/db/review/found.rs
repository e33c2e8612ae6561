//! A finding, and what it is about.

pub(super) use crate::scope::Finding;

/// A finding, and for the log what it is about: a name, or what the parser says.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::db) struct Found {
    pub(in crate::db) finding: Finding,
    pub(in crate::db) what: String,
}

impl Found {
    pub(super) fn new(finding: Finding, what: impl ToString) -> Self {
        Self { finding, what: what.to_string() }
    }

    /// A form that the review does not know.
    pub(super) fn form(what: &str) -> Self {
        Self::new(Finding::Unreadable, what)
    }
}
