//! The checks that keep the compile-fail suite honest; `README.md` says how to add a case.
//!
//! Every check is a function over a folder that returns what is wrong there. The tests in `tests/` feed them the real
//! tree; the unit tests beside each check feed them tiny trees with one fault each, because a check that cannot fail
//! is worth nothing.

use std::fmt;

pub mod annotations;
pub mod attacks;
pub mod billing;
pub mod case;
pub mod coverage;
pub mod embed;
pub mod ledger;
pub mod paths;
pub mod prose;
pub mod reference;
pub mod repo;
pub mod stderr;
pub mod suite;
pub mod tree;

#[cfg(test)]
mod fixture;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the folder that was checked.
    pub path: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Problem {
    /// A problem in one file.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> Problem {
        Problem { path: path.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// Fails the calling test with every problem on a line of its own.
///
/// # Panics
/// When there is any problem.
#[track_caller]
pub fn assert_none(problems: &[Problem]) {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    assert!(problems.is_empty(), "{} problem(s):\n{}", problems.len(), lines.join("\n"));
}
