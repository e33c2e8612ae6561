//! The service on SQLite, in memory.

use crate::data;
use crate::keys::Door;
use std::sync::Arc;
use tenancy::{Error, TenantDb};

/// The database that `service.rs` is written for.
type Db = tenancy::db::Sqlite;

#[path = "service.rs"]
mod service;

pub(crate) async fn start(door: Arc<Door>) -> Result<axum::Router, Error> {
    let db = TenantDb::sqlite(":memory:", door.authority()).schema(crate::schema::schema_manifest());
    let db = db.migrations(&[&data::for_sqlite()]).build().await?;
    Ok(service::router(db, door))
}
