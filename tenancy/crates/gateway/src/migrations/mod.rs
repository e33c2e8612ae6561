//! Versioned migrations of the gateway's tables.
//!
//! Each migration has a number, a name and a text, and is applied once, in a transaction that also records it in the table
//! `gateway_migrations`. On PostgreSQL an advisory lock makes several processes take turns, on SQLite `BEGIN IMMEDIATE`. A database whose
//! record has a migration that this program does not know, or one with another checksum, is rejected. So is one in which another role
//! made something under a name that begins with `gateway_`: [`RelationError`].
//!
//! [`GatewayDb::migrate`](crate::GatewayDb::migrate) applies them, and so does `tenancy gateway migrate`.

mod columns;
mod error;
mod grants;
mod look;
mod place;
mod relation_error;
mod relations;
mod runner;
mod script;
mod shape;
pub(crate) mod statements;

pub use error::MigrationError;
pub use grants::postgres_grants;
pub(crate) use look::status;
pub use relation_error::RelationError;
pub(crate) use relations::Purpose;
pub(crate) use runner::apply;
pub use script::{postgres_guarded, postgres_script};
pub use tenancy_service::RoleNameError;

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The migrations for PostgreSQL, in order.
pub const POSTGRES: &[Migration] = &[Migration::new(1, "tables", include_str!("postgres/0001_tables.up.sql"))];

/// The migrations for SQLite, in order.
pub const SQLITE: &[Migration] = &[Migration::new(1, "tables", include_str!("sqlite/0001_tables.up.sql"))];

/// One migration. Its text never changes once it is released: its checksum is recorded where it was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

impl Migration {
    /// A migration with its number, which is one more than that of the migration before it.
    pub const fn new(version: u32, name: &'static str, sql: &'static str) -> Self {
        Self { version, name, sql }
    }

    /// Returns its number. The first is 1.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Returns its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns its SQL, which may hold several statements.
    pub const fn sql(&self) -> &'static str {
        self.sql
    }

    /// Returns the SHA-256 of its text in hexadecimal digits. The form of its line ends does not matter.
    pub fn checksum(&self) -> String {
        let hash = Sha256::digest(self.sql.replace('\r', "").as_bytes());
        hash.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Which migrations a database has, and which it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Those that are recorded.
    pub applied: Vec<Migration>,
    /// Those that [`GatewayDb::migrate`](crate::GatewayDb::migrate) would apply.
    pub pending: Vec<Migration>,
    /// Whether tables of a release that recorded no migrations are there. Migrating compares their columns and adopts them.
    pub adopts: bool,
}

impl MigrationStatus {
    /// Succeeds when no migration is pending.
    ///
    /// # Errors
    /// [`MigrationError::Missing`], [`MigrationError::Unrecorded`], [`MigrationError::Outdated`].
    pub fn check(&self) -> Result<(), MigrationError> {
        let Some(last) = self.pending.last() else { return Ok(()) };
        Err(match self.applied.last() {
            Some(applied) => MigrationError::Outdated { applied: applied.version, needed: last.version },
            None if self.adopts => MigrationError::Unrecorded,
            None => MigrationError::Missing,
        })
    }
}

/// The database that the tables lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only this database makes one"))]
    Postgres,
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "only this database makes one"))]
    Sqlite,
}

impl Dialect {
    pub(crate) const fn migrations(self) -> &'static [Migration] {
        match self {
            Self::Postgres => POSTGRES,
            Self::Sqlite => SQLITE,
        }
    }

    /// Begins the transaction of a migration. PostgreSQL: at READ COMMITTED, so that the statements after the lock see what other runs
    /// committed. A lock on a table is waited for 10 s: behind it, every statement of the running gateways waits as well.
    const fn begin(self) -> &'static str {
        match self {
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'",
            Self::Sqlite => "BEGIN IMMEDIATE",
        }
    }

    /// Begins a transaction that sees one moment and changes nothing.
    const fn begin_reading(self) -> &'static str {
        match self {
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Self::Sqlite => "BEGIN",
        }
    }

    /// Lets no other session write to the record or add a trigger to it, until the transaction ends. On SQLite no other one writes anyway.
    const fn lock_record(self) -> &'static str {
        match self {
            Self::Postgres => "LOCK TABLE gateway_migrations IN SHARE ROW EXCLUSIVE MODE",
            Self::Sqlite => "SELECT 1",
        }
    }

    /// Makes the record.
    const fn record_table(self) -> &'static str {
        match self {
            Self::Postgres => {
                "CREATE TABLE gateway_migrations (version bigint PRIMARY KEY, name text NOT NULL, \
                 checksum text NOT NULL, applied_at bigint NOT NULL)"
            }
            Self::Sqlite => {
                "CREATE TABLE gateway_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
                 checksum TEXT NOT NULL, applied_at INTEGER NOT NULL)"
            }
        }
    }
}

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests;
