//! How many connections a pool has, for monitoring.

use super::pool::Connections;
use super::{Driver, TenantDb};

/// How a pool of connections stands at a moment. One in which callers wait for long is too small, or its statements are slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// How many connections it opens at most.
    pub most: usize,
    /// How many are open, those that are being opened among them.
    pub open: usize,
    /// How many of these are idle.
    pub idle: usize,
    /// How many callers wait for one.
    pub waiting: usize,
}

impl PoolStatus {
    pub(super) fn of<Db: Driver>(connections: &Connections<Db>) -> Self {
        let status = connections.status();
        Self { most: status.max_size, open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// As gauges in the text format of Prometheus: `tenancy_<pool>_pool_connections` by state, and
    /// `tenancy_<pool>_pool_waiting`.
    pub fn metrics(&self, pool: &'static str) -> String {
        let Self { most, open, idle, waiting } = self;
        format!(
            "# TYPE tenancy_{pool}_pool_connections gauge\n\
             tenancy_{pool}_pool_connections{{state=\"most\"}} {most}\n\
             tenancy_{pool}_pool_connections{{state=\"open\"}} {open}\n\
             tenancy_{pool}_pool_connections{{state=\"idle\"}} {idle}\n\
             # TYPE tenancy_{pool}_pool_waiting gauge\n\
             tenancy_{pool}_pool_waiting {waiting}\n"
        )
    }
}

impl<Db: Driver> TenantDb<Db> {
    /// How its pool stands now.
    pub fn pool_status(&self) -> PoolStatus {
        PoolStatus::of(&self.pool)
    }
}
