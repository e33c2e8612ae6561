//! The service on SQLite, in memory.

use crate::data;
use std::sync::Arc;
use tenancy::{Authority, Error, TenantDb};

/// The database that `service.rs` is written for.
type Db = tenancy::db::Sqlite;

#[path = "service.rs"]
mod service;

pub(crate) async fn start(authority: Arc<Authority>) -> Result<axum::Router, Error> {
    let db = TenantDb::sqlite(":memory:", &authority).schema(crate::schema::schema_manifest());
    let db = db.migrations(&[&data::for_sqlite()]).build().await?;
    Ok(service::router(db, authority))
}
