//! What a pool's builder sets for the review of statements' texts.

use super::rules::Rules;
use super::{Dialect, Review};
use crate::db::PoolError;
use crate::schema::Manifest;
use std::sync::Arc;

/// Declarations, and what the service adds to the known names.
#[derive(Default)]
pub(in crate::db) struct ReviewSettings {
    pub(in crate::db) manifests: Vec<Manifest>,
    pub(in crate::db) functions: Vec<String>,
    pub(in crate::db) operators: Vec<String>,
    pub(in crate::db) types: Vec<String>,
    /// Why no text is reviewed.
    pub(in crate::db) without: Option<&'static str>,
    /// The pool is the platform's.
    pub(in crate::db) platform: bool,
}

impl ReviewSettings {
    /// The review; `None` when the service does without.
    ///
    /// # Errors
    /// When neither a declaration nor a reason to do without one was set.
    pub(in crate::db) fn build(self, dialect: Dialect) -> Result<Option<Arc<Review>>, PoolError> {
        match self.without.map(str::trim) {
            Some("") => return Err(PoolError::Setup("`without_statement_review` needs a reason")),
            Some(reason) => {
                tracing::warn!(target: "tenancy::review", reason, "no statement's text of this pool is reviewed");
                return Ok(None);
            }
            None if self.manifests.is_empty() => return Err(PoolError::Setup(NO_SCHEMA)),
            None => {}
        }
        let mut rules = Rules::new(dialect);
        rules.platform = self.platform;
        self.manifests.iter().for_each(|manifest| rules.declare(manifest));
        self.functions.iter().for_each(|name| rules.add_function(name));
        self.operators.iter().for_each(|symbol| rules.add_operator(symbol));
        self.types.iter().for_each(|name| rules.add_type(name));
        Ok(Some(Arc::new(Review::of(rules))))
    }
}

const NO_SCHEMA: &str =
    "it has no schema to review statements against: add `.schema(schema_manifest())`, which `schema!` writes";
