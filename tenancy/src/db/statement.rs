//! A statement on its way to the driver.

use super::driver::{Reviewed, Stands};
use crate::scope::{Brand, Request, ScopeKey, expecting};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use std::any::Any;
use uuid::Uuid;

/// A statement, and the organization that every scoped source in it must carry.
///
/// Each time the driver looks at the statement (to render it, to bind its values, to ask whether it may be cached),
/// it looks through here, so no source of another organization is rendered or bound, at whatever depth.
pub(super) struct Armed<Q, B> {
    query: Q,
    key: ScopeKey<B>,
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
    Free,
}

impl<Q, B> Armed<Q, B> {
    pub(super) fn new(query: Q, key: ScopeKey<B>) -> Self {
        Self { query, key, text: Text::Rendered }
    }

    pub(super) fn of(query: Q, key: ScopeKey<B>, text: Text) -> Self {
        Self { query, key, text }
    }
}

impl<Q, B> Reviewed for Armed<Q, B> {
    fn stands(&self) -> Stands {
        // A key without an organization renders nothing.
        let organization = self.key.organization().unwrap_or(Uuid::nil());
        match self.text {
            Text::Rendered => Stands::For(organization),
            Text::Excused => Stands::Excused(organization),
            Text::Free => Stands::Free,
        }
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
///
/// One impl, which asks the brand: of two impls, one for each kind of brand, the compiler would take the other for a statement
/// without a `QueryId`, and infer a brand that the connection does not have.
pub trait Identified<B> {
    /// As diesel's.
    type Id: Any;
    /// As diesel's.
    const STATIC: bool;
}

#[diagnostic::do_not_recommend]
impl<Q, B: Caches<Q>> Identified<B> for Q {
    type Id = B::Id;
    const STATIC: bool = B::STATIC;
}

/// How a brand's statements are cached.
pub trait Caches<Q> {
    /// As diesel's.
    type Id: Any;
    /// As diesel's.
    const STATIC: bool;
}

#[diagnostic::do_not_recommend]
impl<Q: QueryId> Caches<Q> for Request {
    type Id = Q::QueryId;
    const STATIC: bool = Q::HAS_STATIC_QUERY_ID;
}

// Diesel's ids are `'static`, which a brand is not; these statements are cached by their text.
impl<Q> Caches<Q> for Brand<'_> {
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
