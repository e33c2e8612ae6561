//! Raw SQL, before a service starts: migrations, and the data of tests.
//!
//! Nothing here belongs into a service that answers requests. It opens a connection of its own, with whatever
//! credentials its URL holds, and no scope limits it. `clippy.toml` lists it among the functions that need a reason.

use super::driver::OURS;
use super::{Driver, Error, PoolError};

/// Runs SQL batches, in order, on a connection of its own to `url`, **without any scope**.
///
/// A batch may hold several statements. Each is run as it is: never pass user input.
///
/// # Errors
/// When the connection cannot be opened, or at the first batch that fails.
pub async fn run_unscoped_sql<Db: Driver>(url: &str, batches: &[&str]) -> Result<(), Error> {
    run::<Db>(url, &Db::Settings::default(), batches).await
}

/// The same on PostgreSQL over TLS and in no other way; see [`TenantDbBuilder::tls`](super::TenantDbBuilder::tls).
///
/// # Errors
/// As [`run_unscoped_sql`], and when the server has no TLS or another certificate.
#[cfg(feature = "postgres-tls")]
pub async fn run_unscoped_sql_over_tls(url: &str, config: rustls::ClientConfig, batches: &[&str]) -> Result<(), Error> {
    run::<super::Postgres>(url, &super::postgres::settings::Settings::over_tls(config), batches).await
}

async fn run<Db: Driver>(url: &str, settings: &Db::Settings, batches: &[&str]) -> Result<(), Error> {
    let mut conn = Db::connect(url, settings, OURS).await.map_err(PoolError::Connect)?;
    for batch in batches {
        Db::batch(&mut conn, batch, OURS).await?;
    }
    Ok(())
}
