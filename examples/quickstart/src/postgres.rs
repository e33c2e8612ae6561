//! The same service on PostgreSQL.

use crate::data;
use crate::keys::Door;
use std::sync::Arc;
use tenancy::{Error, TenantDb};

/// The database that `service.rs` is written for.
type Db = tenancy::db::Postgres;

#[expect(clippy::duplicate_mod, reason = "one source for both databases, which is what this example shows")]
#[path = "service.rs"]
mod service;

#[expect(clippy::disallowed_methods, reason = "makes its tables itself, as an example may")]
pub(crate) async fn start(url: &str, door: Arc<Door>) -> Result<axum::Router, Error> {
    let options = format!("options=-c%20search_path%3D{}", data::SCHEMA);
    let url = format!("{url}{}{options}", if url.contains('?') { '&' } else { '?' });
    tenancy::db::unscoped_sql::run_unscoped_sql::<Db>(&url, &[&data::for_postgres()]).await?;
    let db = TenantDb::postgres(url, door.authority()).schema(crate::schema::schema_manifest()).build()?;
    Ok(service::router(db, door))
}
