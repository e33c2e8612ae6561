//! The database as a service may use it: through a scope, and through nothing else.
//!
//! A service holds a [`TenantDb`] and, for one request, an [`OrgConn`]. Neither is a diesel connection or leads to
//! one, so raw SQL has nothing to run on (`ui-tests/tests/fail/f_connection/`).

mod bulk;
mod conn;
mod dispatch;
mod driver;
mod error;
#[cfg(all(feature = "postgres", feature = "secrets"))]
mod follow;
mod futures;
mod lent;
mod ping;
mod platform_db;
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    expect(dead_code, reason = "without a driver nothing builds a pool")
)]
mod pool;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod review;
mod reviewed;
mod run_query_dsl;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod statement;
mod status;
pub(crate) mod store;
mod transaction;
pub mod unscoped_sql;
mod url;

pub use conn::OrgConn;
pub use driver::Driver;
pub use error::{Error, PoolError};
#[cfg(all(feature = "postgres", feature = "secrets"))]
pub use follow::follow_database_url;
pub use futures::{Execute, First, Load, LoadStream, Stream};
pub use platform_db::{OfNoOrganization, PlatformConn, PlatformDb, PlatformDbBuilder, PlatformScope};
#[cfg(feature = "postgres")]
pub use pool::BothWalls;
pub use pool::{TenantDb, TenantDbBuilder, WallOne};
#[cfg(feature = "postgres")]
pub use postgres::driver::Postgres;
#[cfg(feature = "postgres")]
pub use postgres::endpoint::Endpoint;
#[cfg(all(feature = "postgres", feature = "secrets"))]
pub use postgres::follow_seal::follow_seal_key;
#[cfg(feature = "postgres")]
pub use postgres::row_security::{ProvesWallTwo, RawSql, RunsRawSql, WallTwo, seal};
#[cfg(feature = "postgres-tls")]
pub use postgres::tls::{tls_roots, tls_roots_and_certificate};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use review::{Dialect, StatementReview};
pub use run_query_dsl::RunQueryDsl;
#[cfg(feature = "sqlite")]
pub use sqlite::driver::Sqlite;
pub use status::PoolStatus;
pub use url::DatabaseUrl;

#[cfg(all(test, feature = "signing", feature = "sqlite"))]
mod tests;
