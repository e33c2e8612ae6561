//! A statement on its way to the driver.

use super::lent::Lent;
use super::reviewed::{Reviewed, Stands};
use crate::isolation::Armed;
use crate::permit::{self, PermitContext};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use crate::query::reading;
use crate::scope::ScopeKey;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that renders for one organization, and what is known of its text.
pub(super) struct ReviewedStatement<Q, B> {
    statement: Armed<Q, B>,
    permits: PermitContext,
    text: Text,
}

/// What is known of a statement's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Text {
    /// Nothing.
    #[default]
    Rendered,
    /// The service has read what the review cannot.
    Excused,
    /// Raw SQL behind wall two.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite has no wall two"))]
    Free,
}

impl<Q, B> ReviewedStatement<Q, B> {
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(dead_code, reason = "without a driver no statement is sent")
    )]
    pub(super) fn new(query: Q, key: ScopeKey<B>) -> Self {
        Self { statement: Armed::new(query, key), permits: PermitContext::NONE, text: Text::Rendered }
    }

    pub(super) fn of(query: Q, lent: &Lent<'_, B>, text: Text) -> Self {
        Self { statement: Armed::new(query, lent.key), permits: lent.permits, text }
    }
}

impl<Q, B> Reviewed for ReviewedStatement<Q, B> {
    fn stands(&self) -> Stands {
        match self.text {
            Text::Rendered => Stands::For(self.statement.organization()),
            Text::Excused => Stands::Excused(self.statement.organization()),
            Text::Free => Stands::Free,
        }
    }
}

impl<Q: Query, B> Query for ReviewedStatement<Q, B> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, B, DB: Backend> QueryFragment<DB> for ReviewedStatement<Q, B> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        permit::expecting(self.permits, || self.statement.walk_ast(pass))
    }
}

impl<Q, B> QueryId for ReviewedStatement<Q, B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Rejects a statement that names the organization column among those that it writes (TEN0230), also in a part that was written by
/// hand. The statement is rendered once more for that, so only texts that the review has not approved are checked.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(super) fn columns_read<DB: Backend<QueryBuilder: Default>>(
    query: &(impl QueryFragment<DB> + Reviewed),
    backend: &DB,
) -> QueryResult<()> {
    match query.stands() {
        // What this crate wrote, and raw SQL, which no type of ours renders.
        Stands::Own | Stands::Free => Ok(()),
        Stands::For(_) | Stands::Excused(_) => reading(|| query.to_sql(&mut DB::QueryBuilder::default(), backend)),
    }
}

/// How a statement begins: its first word, after any comments and parentheses. Nothing, when a comment does not end.
pub(super) fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '(');
        rest = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(line), _) => line.find(['\n', '\r']).map_or("", |end| &line[end..]),
            (_, Some(block)) => after_block(block),
            _ => break,
        };
    }
    rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
}

/// What stands behind a comment whose beginning was taken. Such comments nest, as in SQL.
fn after_block(mut rest: &str) -> &str {
    let mut depth = 1;
    while depth > 0 {
        let Some(end) = rest.find("*/") else { return "" };
        // In `/*/` a comment begins, and none ends.
        match rest.find("/*").filter(|inner| *inner < end) {
            Some(inner) => (depth, rest) = (depth + 1, &rest[inner + 2..]),
            None => (depth, rest) = (depth - 1, &rest[end + 2..]),
        }
    }
    rest
}

/// Whether a statement begins as one that reads. Everything else counts as one that writes.
pub(super) fn reads(sql: &str) -> bool {
    ["select", "values", "table", "with"].iter().any(|word| first_word(sql).eq_ignore_ascii_case(word))
}
