//! Engines on the database of the books.

use super::{Permissions, actions};
use crate::StartError;
use rustls::ClientConfig;
use tenancy::db::DatabaseUrl;
use tenancy_permission_model::Model;
use tenancy_permits::sql::{BuildError, SqlEngine};

/// The model of `permissions.zed`.
fn model() -> Model {
    Model::parse(actions::PERMISSION_MODEL).expect("the macro has read this text")
}

/// The engine in the file, or the memory, that the books are in. It makes its tables itself.
pub(crate) async fn over_sqlite(file: &str) -> Result<Permissions, StartError> {
    let engine = SqlEngine::sqlite(file, model()).await?;
    engine.migrate().await?;
    engine.adopt_model().await?;
    Ok(Permissions::of(engine))
}

/// The engine on the tables that an operator migrated. Another model than this program's stops the start.
pub(crate) async fn over_postgres(url: &DatabaseUrl, tls: Option<&ClientConfig>) -> Result<Permissions, StartError> {
    let engine = engine_on_postgres(url.clone(), tls)?;
    engine.verify().await?;
    Ok(Permissions::of(engine))
}

/// An engine on PostgreSQL, over TLS where there is a configuration for it.
pub(crate) fn engine_on_postgres(
    url: impl Into<DatabaseUrl>,
    tls: Option<&ClientConfig>,
) -> Result<SqlEngine, BuildError> {
    match tls {
        Some(tls) => SqlEngine::builder(model()).postgres_over_tls(url, tls.clone()),
        None => SqlEngine::postgres(url, model()),
    }
}
