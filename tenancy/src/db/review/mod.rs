//! The second opinion: the text of every statement is read by a parser that knows nothing of how it was rendered.
//!
//! Types are the first opinion. A hand-written fragment, the name of a cast, an operator of a macro, a table that was declared a
//! second time: all of it is text in the end. Before a text is sent for the first time in a pool, `read.rs` parses it and
//! `statement.rs` asks, with `walk.rs` and `writes.rs`, what this crate promises of every statement: one statement, declared relations, organization tables in the forms
//! that carry the organization, no change of the organization column, known functions, operators and types. The answer is kept by
//! the text. What it says of the binds (which places must hold the organization) is compared with the values each time.
//!
//! It rests on the [`Manifest`] and on the text; nothing here knows the query layer (`docs/decisions/0019`).

#[cfg(feature = "sqlite")]
pub(super) mod bound;
mod builder;
mod expressions;
mod found;
mod letters;
mod named;
mod names;
mod read;
mod rules;
mod settings;
mod sources;
mod statement;
#[cfg(test)]
mod tests;
mod walk;
mod writes;

pub(super) use settings::ReviewSettings;

use super::reviewed::Stands;
use crate::schema::Manifest;
use crate::scope::{Finding, ScopeError};
use found::Found;
use rules::Rules;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// Whose SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL's.
    Postgres,
    /// SQLite's.
    Sqlite,
}

impl Dialect {
    /// The SQL schema of a table that is declared without one.
    fn default_schema(self) -> &'static str {
        match self {
            Self::Postgres => "public",
            Self::Sqlite => "main",
        }
    }
}

/// The texts that are kept with their verdicts; together they may have so many bytes.
const MOST_KEPT: usize = 16 * 1024 * 1024;

/// A text that was approved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The binds, by their places from 0, that must be the organization.
    pub(super) places: Vec<usize>,
}

impl Verdict {
    /// Whether the organization is bound wherever the text has it. `value` gives the bytes of a bind.
    #[cfg(feature = "postgres")]
    pub(super) fn admits<'v>(&self, organization: Uuid, value: impl Fn(usize) -> Option<&'v [u8]>) -> bool {
        let is_it = |bytes: &[u8]| {
            let mut buffer = Uuid::encode_buffer();
            bytes == organization.as_bytes().as_slice()
                || bytes == organization.as_hyphenated().encode_lower(&mut buffer).as_bytes()
        };
        self.places.iter().all(|place| value(*place).is_some_and(is_it))
    }
}

/// The review of one pool.
pub struct Review {
    rules: Rules,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    verdicts: HashMap<Box<str>, Arc<Verdict>>,
    bytes: usize,
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Review").finish_non_exhaustive()
    }
}

impl Review {
    fn of(rules: Rules) -> Self {
        Self { rules, kept: RwLock::default() }
    }

    /// Reads a text.
    fn places(&self, sql: &str) -> Result<Vec<usize>, Found> {
        let rules = &self.rules;
        read::read(sql, rules.dialect, |read| statement::places(read, rules))
    }

    /// Whether a text was approved before.
    pub(super) fn knows(&self, sql: &str) -> bool {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).verdicts.contains_key(sql)
    }

    /// The verdict on a text; it is read when it is seen for the first time.
    pub(super) fn verdict(&self, sql: &str) -> Result<Arc<Verdict>, Found> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).verdicts.get(sql).cloned();
        if let Some(verdict) = kept {
            return Ok(verdict);
        }
        let verdict = Arc::new(Verdict { places: self.places(sql)? });
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        // One that does not fit is read each time.
        if kept.bytes + sql.len() <= MOST_KEPT && kept.verdicts.insert(sql.into(), Arc::clone(&verdict)).is_none() {
            kept.bytes += sql.len();
        }
        Ok(verdict)
    }

    /// The verdict on a statement's text, and the organization that its binds are compared with; `None` for one that is not
    /// reviewed. `known` is what was said of this text before.
    pub(super) fn judge(
        &self,
        sql: &str,
        stands: Stands,
        known: Option<Arc<Verdict>>,
    ) -> Result<Option<(Arc<Verdict>, Uuid)>, ScopeError> {
        let (organization, excused) = match stands {
            Stands::Own | Stands::Free => return Ok(None),
            Stands::For(organization) => (organization, false),
            Stands::Excused(organization) => (organization, true),
        };
        match known.map_or_else(|| self.verdict(sql), Ok) {
            Ok(verdict) => Ok(Some((verdict, organization))),
            Err(found) if excused && found.finding == Finding::Unreadable => Ok(None),
            Err(found) => Err(refused(&found)),
        }
    }
}

/// The log says what it is about, and the error does not: an error may be shown to a client.
pub(super) fn refused(found: &Found) -> ScopeError {
    tracing::warn!(
        target: "tenancy::review",
        reason = %found.finding,
        about = found.what,
        "a statement was not sent: TEN0210"
    );
    ScopeError::Text(found.finding)
}

/// The review of statements without a database: for a test that holds a service's texts against its declaration.
///
/// A pool reviews by itself; see [`TenantDbBuilder::schema`](super::TenantDbBuilder::schema).
#[derive(Debug)]
pub struct StatementReview(Review);

impl StatementReview {
    /// A review against one declaration.
    pub fn new(dialect: Dialect, manifest: &Manifest) -> Self {
        let mut rules = Rules::new(dialect);
        rules.declare(manifest);
        Self(Review::of(rules))
    }

    /// Reads a text: the places of the binds, from 0, that must be the organization.
    ///
    /// # Errors
    /// What it was not approved for.
    pub fn read(&self, sql: &str) -> Result<Vec<usize>, Finding> {
        self.0.places(sql).map_err(|found| found.finding)
    }
}
