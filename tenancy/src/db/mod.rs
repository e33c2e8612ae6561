//! The database as a service may use it: through a scope, and through nothing else.
//!
//! A service holds a [`TenantDb`] and, for one request, an [`OrgConn`]. Neither is a diesel connection or leads to
//! one, so raw SQL has nothing to run on (`ui-tests/tests/fail/f_connection/`).

mod bulk;
mod conn;
mod driver;
mod error;
#[cfg(feature = "postgres")]
pub(crate) mod pg;
mod ping;
#[cfg(any(feature = "gateway", all(feature = "service", any(feature = "postgres", feature = "sqlite"))))]
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    expect(dead_code, reason = "without a driver nothing builds a pool")
)]
#[cfg_attr(not(feature = "gateway"), expect(dead_code, reason = "a service reads epochs and writes nothing"))]
pub(crate) mod platform;
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    expect(dead_code, reason = "without a driver nothing builds a pool")
)]
mod pool;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod review;
mod rows;
mod run;
mod sent;
pub mod setup;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod statement;
mod status;
mod transaction;
mod url;

pub use conn::OrgConn;
pub use driver::Driver;
pub use error::{Error, PoolError};
#[cfg(feature = "rls")]
pub use pg::{BothWalls, RawSql, RunsRawSql};
#[cfg(feature = "postgres")]
pub use pg::{Postgres, WallOne, Walls};
#[cfg(feature = "postgres-tls")]
pub use pg::{tls_roots, tls_roots_and_certificate};
pub use pool::{TenantDb, TenantDbBuilder};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use review::{Dialect, StatementReview};
pub use rows::{Execute, First, Load, LoadStream, Stream};
pub use run::RunQueryDsl;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use status::PoolStatus;
pub use url::DatabaseUrl;

#[cfg(all(test, feature = "signer", feature = "sqlite"))]
mod tests;
