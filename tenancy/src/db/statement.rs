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

/// How a statement begins: its first word, after any parentheses.
pub(super) fn first_word(sql: &str) -> &str {
    let begins = sql.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '(');
    begins.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
}

/// Whether a statement begins as one that reads. Everything else counts as one that writes.
pub(super) fn reads(sql: &str) -> bool {
    ["select", "values", "table", "with"].iter().any(|word| first_word(sql).eq_ignore_ascii_case(word))
}
