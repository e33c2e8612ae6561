//! Why the gateway's tables are not as this program needs them.

use super::relation_error::{RelationError, Shown};
use tenancy::db::Error;

/// The gateway's tables are not as this program needs them, or were not migrated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// There are no tables.
    #[error(
        "the gateway's tables are missing: run `tenancy gateway migrate` as the role that owns them (SQLite: `GatewayDb::migrate`)"
    )]
    Missing,
    /// Migrations are pending.
    #[error(
        "the gateway's tables are at migration {applied} and this program needs {needed}: run `tenancy gateway migrate` as the role \
         that owns them (SQLite: `GatewayDb::migrate`)"
    )]
    Outdated {
        /// The last migration that is recorded.
        applied: u32,
        /// The last migration of this program.
        needed: u32,
    },
    /// The tables are from a release that recorded no migrations.
    #[error(
        "the gateway's tables were made before migrations were recorded: run `tenancy gateway migrate`, which compares their columns \
         and records them"
    )]
    Unrecorded,
    /// The role may not read which migrations are applied.
    #[error("the role may not read the table `gateway_migrations`: run `tenancy gateway grants --role NAME --apply`")]
    Unreadable,
    /// A newer program migrated the database.
    #[error(
        "the database has migration {version} `{}`, which this program does not know: a newer program migrated it. Run that \
         version or a later one",
        Shown(.name)
    )]
    Newer {
        /// The migration's number.
        version: i64,
        /// Its name in the record.
        name: String,
    },
    /// An applied migration is not the one of this program.
    #[error(
        "migration {version} `{name}` was applied with another text than this program's: run the program that applied it, or restore \
         the migration's file. A change of the tables is a migration with a new number"
    )]
    Changed {
        /// The migration's number.
        version: u32,
        /// Its name in this program.
        name: &'static str,
    },
    /// A migration is recorded although one before it is not.
    #[error(
        "the table `gateway_migrations` lacks migration {version} and has a later one: restore the table from a backup"
    )]
    Gap {
        /// The migration that is not recorded.
        version: u32,
    },
    /// A migration is recorded more than once.
    #[error(
        "the table `gateway_migrations` names migration {version} more than once, so it has lost its primary key: restore the table from a \
         backup"
    )]
    Repeated {
        /// The migration's number.
        version: i64,
    },
    /// The tables of an earlier release differ from what it made.
    #[error("the gateway's tables cannot be adopted: {}. Change it back, then run `tenancy gateway migrate` again", Shown(.0))]
    Different(String),
    /// A relation with a name of the gateway's is not one that a migration made, or one that a migration made is missing.
    #[error("the gateway's tables are not those that a migration made: {0}")]
    Relation(#[from] RelationError),
    /// The settings of the database make the session act as another role. Its owner chose that role, and code of it may take the session's own role
    /// back.
    #[error(
        "the settings of the database make `{}` act as `{}`: run `ALTER DATABASE .. RESET role`. Where a role is to act as the owner of the tables, \
         say so for that role: `ALTER ROLE .. SET role = ..`",
        Shown(.session), Shown(.role)
    )]
    ActsAs {
        /// The role that logged in.
        session: String,
        /// The role that it acts as.
        role: String,
    },
    /// Another session holds the lock under which the tables are migrated.
    #[error(
        "the lock under which the gateway's tables are migrated is held by {0}: wait until it ends, or end it if it is no migration, \
         then run `tenancy gateway migrate` again. Nothing was changed"
    )]
    Waited(String),
    /// Another session held a lock on a table for too long. Nothing of the migration remains.
    #[error(
        "migration {version} `{name}` waited 10 s for another session's lock on the gateway's tables, and was undone: end the transaction \
         that holds it (`pg_locks` names it), then run `tenancy gateway migrate` again"
    )]
    Locked {
        /// The migration's number.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What the database reported.
        #[source]
        source: Error,
    },
    /// The answer to a migration's COMMIT did not arrive.
    #[error(
        "the database did not answer whether migration {version} `{name}` was committed: run `tenancy gateway migrate` again, which \
         applies it if it was not"
    )]
    Unconfirmed {
        /// The migration's number.
        version: u32,
        /// Its name.
        name: &'static str,
        /// Why no answer arrived.
        #[source]
        source: Error,
    },
    /// A migration failed. Nothing of it remains.
    #[error(
        "migration {version} `{name}` failed and was undone. The role must be allowed to create and own the gateway's tables"
    )]
    Failed {
        /// The migration's number.
        version: u32,
        /// Its name.
        name: &'static str,
        /// What the database reported.
        #[source]
        source: Error,
    },
    /// Another program changed the record without the lock of a migration.
    #[error(
        "another program changed `gateway_migrations` at the same time, without the lock of a migration. Nothing was changed: run \
         `tenancy gateway migrate` again"
    )]
    Contended,
    /// The database could not be asked.
    #[error("the gateway's database could not be asked about its migrations")]
    Database(#[source] Error),
}
