//! A statement on its way to the driver.

use crate::scope::{Brand, Request, ScopeKey, expecting};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use std::any::Any;

/// A statement, and the organization that every scoped source in it must carry.
///
/// Each time the driver looks at the statement (to render it, to bind its values, to ask whether it may be cached),
/// it looks through here, so no source of another organization is rendered or bound, at whatever depth.
pub(super) struct Armed<Q, B> {
    query: Q,
    key: ScopeKey<B>,
}

impl<Q, B> Armed<Q, B> {
    pub(super) fn new(query: Q, key: ScopeKey<B>) -> Self {
        Self { query, key }
    }
}

impl<Q: Query, B> Query for Armed<Q, B> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, B, DB: Backend> QueryFragment<DB> for Armed<Q, B> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        expecting(&self.key, || self.query.walk_ast(pass))
    }
}

impl<Q: Identified<B>, B> QueryId for Armed<Q, B> {
    type QueryId = Q::Id;
    const HAS_STATIC_QUERY_ID: bool = Q::STATIC;
}

/// How a statement of brand `B` is known to diesel's statement cache.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no statement",
    note = "start from the scope: `scope.from(table)`, `scope.insert_into(table)`, `scope.update(table)`, `scope.delete(table)`"
)]
pub trait Identified<B> {
    /// As diesel's.
    type Id: Any;
    /// As diesel's.
    const STATIC: bool;
}

#[diagnostic::do_not_recommend]
impl<Q: QueryId> Identified<Request> for Q {
    type Id = Q::QueryId;
    const STATIC: bool = Q::HAS_STATIC_QUERY_ID;
}

// Diesel's ids are `'static`, which a brand is not; these statements are cached by their text.
#[diagnostic::do_not_recommend]
impl<'id, Q> Identified<Brand<'id>> for Q {
    type Id = ();
    const STATIC: bool = false;
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
