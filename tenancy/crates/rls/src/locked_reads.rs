//! What a privileged role may touch without running the code of a lesser one.
//!
//! A SELECT from a view runs the view's functions, and an INSERT runs triggers and defaults. The planner evaluates the
//! expressions of a table's indexes and statistics before it reads a row. All of this has the rights of the connected role. The
//! role that migrates may put such code where a superuser looks later. So kind and code of a relation are checked first, behind a
//! lock that keeps them as they are, with a search path of the server's own schemas.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this reads catalogues and runs DDL, as the role that migrates and never as a service"
)]

use diesel::QueryableByName;
use diesel::result::{Error, QueryResult};
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager as _};
use serde::Serialize;

/// Why `tenancy.key` is not the table that `rls apply` makes, as one value.
pub const KEY: &str = include_str!("key.sql");

/// What `trust.sql` says of a relation that does not exist.
pub(crate) const NOT_THERE: &str = "it is not there";

/// The search path of every privileged statement. `pg_temp` is named last: unnamed, it would come first.
pub(crate) const PATH: &str = "pg_catalog, pg_temp";

/// Something that a privileged command does not touch, because it would run another role's code with its own rights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` is not touched: {why}")]
#[non_exhaustive]
pub struct UntrustedError {
    /// The object: `tenancy.key`.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

impl UntrustedError {
    pub(crate) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }

    fn key(why: &str) -> Self {
        let why = format!("{why}; drop it, build the wall again with `tenancy rls apply`, and publish a new key");
        Self::new("tenancy.key", why)
    }
}

/// In the functions whose errors are diesel's.
impl From<UntrustedError> for Error {
    fn from(untrusted: UntrustedError) -> Self {
        Self::QueryBuilderError(Box::new(untrusted))
    }
}

/// A relation that is to be read: schema, name, and the columns whose values are compared or printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Read(pub String, pub String, pub Vec<String>);

/// Why each of them is not read, or `None`. Lock them first.
pub async fn reads(conn: &mut AsyncPgConnection, relations: &[Read]) -> QueryResult<Vec<Option<String>>> {
    let names = serde_json::to_string(relations).map_err(|error| Error::SerializationError(Box::new(error)))?;
    let query = diesel::sql_query(include_str!("trust.sql")).bind::<Text, _>(names);
    let json = query.get_result::<Answer>(conn).await?.json.unwrap_or_default();
    serde_json::from_str(&json).map_err(|error| Error::DeserializationError(Box::new(error)))
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Nullable<Text>)]
    json: Option<String>,
}

/// The statement that keeps relations as they are while they are read.
///
/// Only a superuser's lock keeps indexes and statistics away too: a role that may only read cannot take that one.
pub fn lock(relations: &[Read], superuser: bool) -> String {
    let mut names: Vec<String> =
        relations.iter().map(|Read(schema, name, _)| crate::quote::qualified(schema, name)).collect();
    names.sort_unstable();
    names.dedup();
    let mode = if superuser { "SHARE UPDATE EXCLUSIVE" } else { "ACCESS SHARE" };
    format!("LOCK TABLE {} IN {mode} MODE", names.join(", "))
}

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A transaction in which `tenancy.key` is the table that `rls apply` makes, and names mean what they should.
#[must_use]
pub(crate) struct Keys {
    /// The caller's search path.
    path: String,
}

impl Keys {
    /// # Errors
    /// [`UntrustedError`] as [`Error::QueryBuilderError`], when the table is not there or something on it could run code.
    pub(crate) async fn open(conn: &mut AsyncPgConnection) -> QueryResult<Self> {
        Transactions::begin_transaction(conn).await?;
        match Self::look(conn).await {
            Ok(path) => Ok(Self { path }),
            Err(why) => {
                Transactions::rollback_transaction(conn).await?;
                Err(why)
            }
        }
    }

    async fn look(conn: &mut AsyncPgConnection) -> QueryResult<String> {
        let path = text(conn, "SELECT pg_catalog.current_setting('search_path') AS json").await?.unwrap_or_default();
        conn.batch_execute(&format!(
            "SET LOCAL search_path = {PATH}; SET LOCAL row_security = off; SET LOCAL lock_timeout = '5s'"
        ))
        .await?;
        if text(conn, "SELECT to_regclass('tenancy.key')::text AS json").await?.is_none() {
            return Err(UntrustedError::key(NOT_THERE).into());
        }
        // Once before the lock, which a view would hand on, and once behind it.
        key(conn).await?;
        conn.batch_execute("LOCK TABLE tenancy.key IN SHARE UPDATE EXCLUSIVE MODE").await?;
        key(conn).await?;
        Ok(path)
    }

    /// Commits what was done, or takes it back.
    pub(crate) async fn close<T>(self, conn: &mut AsyncPgConnection, done: QueryResult<T>) -> QueryResult<T> {
        if done.is_err() {
            Transactions::rollback_transaction(conn).await?;
            return done;
        }
        // Inside a transaction of the caller's the settings would stay until its end.
        let back =
            diesel::sql_query("SELECT set_config('search_path', $1, true), set_config('row_security', 'on', true)");
        back.bind::<Text, _>(&self.path).execute(conn).await?;
        Transactions::commit_transaction(conn).await?;
        done
    }
}

/// [`UntrustedError`], if code could run when `tenancy.key` is used; nothing when it is not there.
pub(crate) async fn key(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    match text(conn, &format!("SELECT ({KEY}) AS json")).await? {
        Some(why) => Err(UntrustedError::key(&why).into()),
        None => Ok(()),
    }
}

pub(crate) async fn text(conn: &mut AsyncPgConnection, sql: &str) -> QueryResult<Option<String>> {
    Ok(diesel::sql_query(sql).get_result::<Answer>(conn).await?.json)
}
