//! Whether the database answers: for readiness probes.

use super::driver::OURS;
use super::pool::{Lease, lease};
use super::{Driver, Error, TenantDb};

/// A connection that is given back only if it answered.
struct Asked<Db: Driver>(Option<Lease<Db>>);

impl<Db: Driver> Drop for Asked<Db> {
    fn drop(&mut self) {
        if let Some(lease) = self.0.take() {
            Db::discard(Lease::<Db>::take(lease));
        }
    }
}

impl<Db: Driver> TenantDb<Db> {
    /// Has the database answer, over a connection of the pool, and reads no table: for a readiness probe.
    ///
    /// It waits for a free connection and for a new one as [`scoped`](Self::scoped) does, and for the answer without end: put a
    /// timeout around it.
    ///
    /// # Errors
    /// When no connection is available, or the database does not answer on it.
    pub async fn ping(&self) -> Result<(), Error> {
        self.asked("SELECT 1").await
    }

    /// As [`ping`](Self::ping), and has the database say that it can be written to: it is no replica, not read-only, and on
    /// SQLite no other writer holds it for longer than 5 s. Nothing is written.
    ///
    /// # Errors
    /// As [`ping`](Self::ping), and when it cannot.
    pub async fn ping_to_write(&self) -> Result<(), Error> {
        self.asked(Db::WRITES).await
    }

    async fn asked(&self, sql: &str) -> Result<(), Error> {
        let mut asked = Asked::<Db>(Some(lease(&self.pool).await?));
        if let Some(lease) = &mut asked.0 {
            Db::batch(lease, sql, OURS).await?;
        }
        drop(asked.0.take());
        Ok(())
    }
}
