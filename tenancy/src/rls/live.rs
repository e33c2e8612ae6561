//! The wall against a live database: what it lacks, and the run that builds it.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this reads catalogues and runs DDL, as the role that migrates and never as a service"
)]

mod apply;
mod catalog;
mod probe;
pub(crate) mod trust;

pub use apply::{Progress, apply};
pub(super) use catalog::{Catalog, ForeignKey, Function, Index, Relation};
pub use trust::Untrusted;

use super::Options;
use super::plan::{Context, Plan, PlanError, build};
use crate::db::pg::Encryption;
use crate::schema::Manifest;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::de::DeserializeOwned;

/// Why a live database could not be read or changed. The server's own text is in the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The declaration or the options contradict themselves.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The catalogue could not be read.
    #[error("the database's catalogue could not be read")]
    Catalog(#[source] diesel::result::Error),
    /// The catalogue holds something that this version does not know.
    #[error("the database's catalogue was not understood")]
    Shape(#[source] serde_json::Error),
    /// Something would run another role's code with this role's rights. Nothing was changed.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// A step failed. On PostgreSQL nothing was changed; elsewhere the steps before it stay, and may be run again.
    #[error("the step `{id}` failed")]
    Step {
        /// The step's id.
        id: String,
        /// What the server said.
        #[source]
        source: diesel::result::Error,
    },
}

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
    // No function or operator that somebody planted takes part in what follows.
    let settings = format!("SET LOCAL search_path = {}; SET LOCAL row_security = off", trust::PATH);
    conn.batch_execute(&settings).await.map_err(LiveError::Catalog)?;
    trust::event_triggers(conn).await?;
    trust::of_the_wall(conn, options).await?;
    let mut catalog = Catalog::read(conn, options, schemas).await?;
    catalog.expected = probe::policies(conn, manifest, options, &catalog).await?;
    Ok(catalog)
}

/// A row of one JSON text.
#[derive(QueryableByName)]
struct Json {
    #[diesel(sql_type = Text)]
    json: String,
}

/// What a query that returns one JSON text returns, with JSON as its two parameters.
async fn json<T: DeserializeOwned>(
    conn: &mut AsyncPgConnection,
    sql: &str,
    one: &str,
    two: &str,
) -> Result<T, LiveError> {
    let query = diesel::sql_query(sql).bind::<Text, _>(one).bind::<Text, _>(two);
    let row: Json = query.get_result(conn).await.map_err(LiveError::Catalog)?;
    serde_json::from_str(&row.json).map_err(LiveError::Shape)
}

/// A connection for the command line and for migrations: whatever role the URL names.
///
/// # Errors
/// When the server is not reached or refuses the role, or the URL demands TLS.
pub async fn connect(url: &str) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    Encryption::default().unscoped(url).await
}

/// The same over TLS and in no other way, as `sslmode=verify-full` does; see
/// [`TenantDbBuilder::tls`](crate::db::TenantDbBuilder::tls) and [`tls_roots`](crate::db::tls_roots).
///
/// # Errors
/// As [`connect`], and when the server has no TLS, its certificate is none of the roots' or bears another name, or the URL
/// forbids TLS.
#[cfg(feature = "postgres-tls")]
pub async fn connect_over_tls(
    url: &str,
    config: rustls::ClientConfig,
) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    Encryption::from(config).unscoped(url).await
}
