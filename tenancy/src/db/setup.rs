//! Raw SQL, before a service starts: migrations, and the data of tests.
//!
//! Nothing here belongs into a service that answers requests. It opens a connection of its own, with whatever
//! credentials its URL holds, and no scope limits it. `clippy.toml` lists it among the functions that need a reason.

use super::{Driver, Error, PoolError};

/// Runs SQL batches, in order, on a connection of its own to `url`, **without any scope**.
///
/// A batch may hold several statements. Each is run as it is: never pass user input.
///
/// # Errors
/// When the connection cannot be opened, or at the first batch that fails.
pub async fn run_unscoped_sql<Db: Driver>(url: &str, batches: &[&str]) -> Result<(), Error> {
    let mut conn = Db::connect(url, &Db::Settings::default()).await.map_err(PoolError::Connect)?;
    for batch in batches {
        Db::batch(&mut conn, batch).await?;
    }
    Ok(())
}
