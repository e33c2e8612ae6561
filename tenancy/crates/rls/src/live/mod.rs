//! The wall against a live database: what it lacks, and the run that builds it.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this reads catalogues and runs DDL, as the role that migrates and never as a service"
)]

mod apply;
mod error;
mod json;
mod probe;
mod read_catalog;
mod trust;

pub use apply::{Progress, apply};
pub use error::LiveError;

pub use crate::locked_reads::UntrustedError;

use crate::catalog::Catalog;
use crate::connection::unscoped;
use crate::locked_reads::PATH;
use crate::options::Options;
use crate::plan::{Context, Plan, build};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tenancy::__private::Encryption;
use tenancy::schema::Manifest;

/// The steps that the live database lacks; after [`apply`] there are none.
///
/// It changes nothing. The server's own form of a policy is learnt from one on a temporary table in a transaction that
/// is rolled back, so the role needs TEMPORARY on the database, which the owner of the database has.
///
/// # Errors
/// When the declaration contradicts itself, or the catalogue cannot be read.
pub async fn diff(conn: &mut AsyncPgConnection, manifest: &Manifest, options: &Options) -> Result<Plan, LiveError> {
    // Refuses a bad declaration before the database is asked.
    let shape = Context::new(manifest, options, None)?;
    let schemas = shape.schemas();
    conn.batch_execute("BEGIN").await.map_err(LiveError::Catalog)?;
    let catalog = read(conn, manifest, options, &schemas).await;
    let ended = conn.batch_execute("ROLLBACK").await.map_err(LiveError::Catalog);
    let catalog = catalog?;
    ended?;
    Ok(build(&Context::new(manifest, options, Some(&catalog))?)?)
}

async fn read(
    conn: &mut AsyncPgConnection,
    manifest: &Manifest,
    options: &Options,
    schemas: &[&str],
) -> Result<Catalog, LiveError> {
    // No function or operator of another role takes part in what follows.
    let settings = format!("SET LOCAL search_path = {}; SET LOCAL row_security = off", PATH);
    conn.batch_execute(&settings).await.map_err(LiveError::Catalog)?;
    trust::event_triggers(conn).await?;
    trust::of_the_wall(conn, options).await?;
    let mut catalog = read_catalog::read_catalog(conn, options, schemas).await?;
    catalog.expected = probe::policies(conn, manifest, options, &catalog).await?;
    Ok(catalog)
}

/// A connection for the command line and for migrations: whatever role the URL names.
///
/// # Errors
/// When the server is not reached or refuses the role, or the URL demands TLS.
pub async fn connect(url: &str) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    unscoped(&Encryption::default(), url).await
}

/// The same over TLS and in no other way, as `sslmode=verify-full` does; see
/// [`TenantDbBuilder::tls`](tenancy::db::TenantDbBuilder::tls) and [`tls_roots`](tenancy::db::tls_roots).
///
/// # Errors
/// As [`connect`], and when the server has no TLS, no root issued its certificate, it has another name, or the URL
/// forbids TLS.
pub async fn connect_over_tls(
    url: &str,
    config: rustls::ClientConfig,
) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    unscoped(&config.into(), url).await
}
