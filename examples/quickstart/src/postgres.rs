//! The same service on PostgreSQL.

use crate::data;
use std::sync::Arc;
use tenancy::{Authority, Error, TenantDb};

/// The database that `service.rs` is written for.
type Db = tenancy::db::Postgres;

#[expect(clippy::duplicate_mod, reason = "one source for both databases, which is what this example shows")]
#[path = "service.rs"]
mod service;

#[expect(clippy::disallowed_methods, reason = "makes its tables itself, as an example may")]
pub(crate) async fn start(url: &str, authority: Arc<Authority>) -> Result<axum::Router, Error> {
    let options = format!("options=-c%20search_path%3D{}", data::SCHEMA);
    let url = format!("{url}{}{options}", if url.contains('?') { '&' } else { '?' });
    tenancy::db::setup::run_unscoped_sql::<Db>(&url, &[&data::for_postgres()]).await?;
    Ok(service::router(TenantDb::postgres(url, &authority).build()?, authority))
}
