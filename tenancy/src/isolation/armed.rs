//! A statement that renders for one organization.

use super::key::{ScopeKey, expecting};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use uuid::Uuid;

/// A statement, and the organization that every scoped source in it must carry.
///
/// Each time the driver looks at the statement (to render it, to bind its values, to ask whether it may be cached),
/// it looks through here, so no source of another organization is rendered or bound, at whatever depth.
pub(crate) struct Armed<Q, B> {
    query: Q,
    key: ScopeKey<B>,
}

impl<Q, B> Armed<Q, B> {
    pub(crate) fn new(query: Q, key: ScopeKey<B>) -> Self {
        Self { query, key }
    }

    /// The organization; nil for the platform's statements, which name no organization table.
    pub(crate) fn organization(&self) -> Uuid {
        self.key.organization().unwrap_or(Uuid::nil())
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

/// A prepared statement is known by its text (`docs/decisions/0019`), so a statement needs no id: neither of its SQL types, nor
/// `'static`, which a brand is not.
impl<Q, B> QueryId for Armed<Q, B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
