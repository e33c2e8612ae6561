//! SpiceDB's schema: the model, and a type of the adapter's own.

use super::engine::SpiceDbEngine;
use super::error::{SpiceDbError, VerifyError};
use crate::sql::SchemaError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tenancy_permission_model::Model;

/// The adapter's own type. Its one relationship names the worker that may write; see `sync.rs`.
pub(super) const OWN_TYPE: &str = "tenancy_sync";

/// Its relation.
pub(super) const OWN_RELATION: &str = "holder";

/// How long SpiceDB may take for its schema.
const PATIENCE: Duration = Duration::from_secs(10);

/// The schema that SpiceDB must have.
pub(super) fn text(model: &Model) -> String {
    format!("{model}\ndefinition {OWN_TYPE} {{\n    relation {OWN_RELATION}: {OWN_TYPE}\n}}\n")
}

impl SpiceDbEngine {
    /// Succeeds when the tables have this program's version and SpiceDB has this program's model. Call it at start: the
    /// engine gives no answer before. A worker calls it now and then, see [`SpiceDbSync::run`](super::SpiceDbSync::run):
    /// once the model is another one, the engine gives no answer any more.
    ///
    /// # Errors
    /// [`VerifyError`]: each says what to do. When the database or SpiceDB does not answer, nothing changes.
    pub async fn verify(&self) -> Result<(), VerifyError> {
        let verified = self.compare_models().await;
        match &verified {
            Ok(()) => self.inner.verified.store(true, Ordering::Release),
            Err(VerifyError::SpiceDb(_) | VerifyError::Tables(SchemaError::Engine(_))) => {}
            Err(_) => self.inner.verified.store(false, Ordering::Release),
        }
        verified
    }

    async fn compare_models(&self) -> Result<(), VerifyError> {
        let inner = &self.inner;
        inner.sql.verify().await?;
        inner.sql.verify_outbox(&inner.texts).await?;
        let found = inner.client.schema(Instant::now() + PATIENCE).await?.ok_or(VerifyError::NoSchema)?;
        let found = Model::parse(&found).map_err(|_| VerifyError::UnreadableSchema)?;
        let wanted = Model::parse(&inner.schema).map_err(|_| VerifyError::UnreadableSchema)?;
        if found.fingerprint() == wanted.fingerprint() { Ok(()) } else { Err(VerifyError::OtherSchema) }
    }

    /// Writes this program's model to SpiceDB, with a type `tenancy_sync` beside it. Run it as you run migrations, and
    /// [`adopt_model`](crate::sql::SqlEngine::adopt_model) with it. Processes with another model give no answers after
    /// their next [`verify`](Self::verify).
    ///
    /// # Errors
    /// When SpiceDB refuses it: a relation that it takes away still has relationships. Delete those first.
    pub async fn write_schema(&self) -> Result<(), SpiceDbError> {
        self.inner.client.write_schema(self.inner.schema.clone(), Instant::now() + PATIENCE).await
    }
}
