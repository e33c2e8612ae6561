//! What the assertions of a file came to.

use super::Assertion;
use std::fmt;

/// The outcome of a validation file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    passed: usize,
    failures: Vec<Failure>,
    notes: Vec<&'static str>,
}

/// An assertion that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The assertion.
    pub assertion: Assertion,
    /// The answer of the engine, or its error.
    pub found: Result<bool, String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |yes: bool| if yes { "allowed" } else { "denied" };
        write!(f, "`{}` must be {}, and ", self.assertion, name(self.assertion.expected))?;
        match &self.found {
            Ok(yes) => write!(f, "is {}", name(*yes)),
            Err(error) => write!(f, "fails: {error}"),
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, assertion: &Assertion, found: Result<bool, String>) {
        if found == Ok(assertion.expected) {
            self.passed += 1;
        } else {
            self.failures.push(Failure { assertion: assertion.clone(), found });
        }
    }

    pub(super) fn note(&mut self, note: &'static str) {
        self.notes.push(note);
    }

    /// Returns whether every assertion holds. A file without assertions has passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns how many assertions were checked.
    #[must_use]
    pub fn checked(&self) -> usize {
        self.passed + self.failures.len()
    }

    /// Returns the assertions that do not hold, in the order of the file.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Returns what was not checked.
    #[must_use]
    pub fn notes(&self) -> &[&'static str] {
        &self.notes
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} assertions hold", self.passed, self.checked())?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n{failure}"))?;
        self.notes.iter().try_for_each(|note| write!(f, "\nnote: {note}"))
    }
}
