//! What a service tells a pool about its statements.

use super::super::{Driver, TenantDbBuilder};
use crate::schema::Manifest;

impl<Db: Driver, Walls> TenantDbBuilder<Db, Walls> {
    /// The schema that statements are reviewed against: what [`schema!`](crate::schema!) writes down as `schema_manifest()`. Call it
    /// once for each `schema!` whose tables the service uses.
    ///
    /// Before a text is sent for the first time, a parser of its own reads it: one statement, declared relations, organization
    /// tables only where the text carries the scope's organization, no change of the organization column, known functions,
    /// operators and types. A statement that it does not approve is not sent:
    /// [`ScopeError::Text`](crate::ScopeError::Text). A text that was approved is not read again.
    pub fn schema(mut self, manifest: Manifest) -> Self {
        self.review.manifests.push(manifest);
        self
    }

    /// Names functions of the service's own database that statements may call, in the spelling of the database: `slug`, or
    /// `tools.slug`.
    ///
    /// **Name a function only if you have read that it runs no SQL of its caller's and reads no table**: its body is not looked at.
    pub fn functions<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.review.functions.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Names operators that statements may use beside the database's own: `<=>`, or `tools.===` for `OPERATOR(tools.===)`. The same
    /// holds as for [`functions`](Self::functions), since an operator calls one.
    pub fn operators<'n>(mut self, symbols: impl IntoIterator<Item = &'n str>) -> Self {
        self.review.operators.extend(symbols.into_iter().map(str::to_owned));
        self
    }

    /// Names types of the service's own that statements may cast to: `mood`, or `tools.mood`. The same holds as for
    /// [`functions`](Self::functions): a type has an input function, may have casts, and a domain has checks.
    pub fn types<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.review.types.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// Sends statements without a review of their text. **Then only the types of a statement keep it inside its organization, and
    /// wall two where it stands.**
    ///
    /// `reason` is for the reviewer and the log, and is not empty.
    pub fn without_statement_review(mut self, reason: &'static str) -> Self {
        self.review.without = Some(reason);
        self
    }
}
