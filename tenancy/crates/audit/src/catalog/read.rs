//! Reads the catalog, in one statement.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the audit looks at the database without a scope; it serves no request, and the text is ours"
)]

use super::document::{Catalog, Distribution};
use super::reach::Reach;
use diesel::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tenancy::__private::Encryption;
use tenancy_rls::__private::{self as trust, Read, unscoped};

/// Why the audit could not look. The server's text is for the operator; it never reaches a client of the service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// No connection.
    #[error("the audit cannot connect: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// No connection as the service's role, whose URL is the second one.
    #[error("the audit cannot connect as the service's role: {0}")]
    ConnectAsService(#[source] diesel::ConnectionError),
    /// The server refused a statement of the audit.
    #[error("the audit's statement failed: {0}")]
    Statement(#[from] diesel::result::Error),
    /// The server's answer has another form than expected.
    #[error("the catalog reads unexpectedly: {0}")]
    Unexpected(#[from] serde_json::Error),
    /// Rules rest on catalogs that older servers lack.
    #[error("the audit needs PostgreSQL 15 or newer; the server says {0}")]
    TooOld(String),
}

/// A connection of the audit's own. It changes nothing that lasts: what it must try it rolls back.
pub(crate) struct Session {
    conn: AsyncPgConnection,
    sent: usize,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Text>)]
    document: Option<String>,
}

/// For every connection. Only the server's own schemas are in the search path, whatever the database's owner has set for its
/// sessions. JIT is off because compiling the catalog's statement takes some ten times as long as running it.
const SETTINGS: &str = "SET search_path = pg_catalog, pg_temp; SET quote_all_identifiers = off; SET jit = off; \
                        SET lock_timeout = '2s'; SET statement_timeout = '20s'";

/// For the role that looks.
const READS_ONLY: &str = "SET default_transaction_read_only = on";

impl Session {
    /// As the role that looks.
    pub(crate) async fn open(url: &str, encryption: &Encryption) -> Result<Self, CatalogError> {
        let mut session = Self { conn: unscoped(encryption, url).await?, sent: 0 };
        session.run(&format!("{SETTINGS}; {READS_ONLY}")).await?;
        Ok(session)
    }

    /// As the service's role, for the probes.
    pub(crate) async fn open_as_service(url: &str, encryption: &Encryption) -> Result<Self, CatalogError> {
        let mut session =
            Self { conn: unscoped(encryption, url).await.map_err(CatalogError::ConnectAsService)?, sent: 0 };
        session.run(SETTINGS).await?;
        Ok(session)
    }

    /// Begins a transaction in which these relations stay as they are; `false` when they could not be locked.
    /// [`end`](Self::end) ends it either way.
    pub(crate) async fn begin_with(&mut self, relations: &[Read], superuser: bool) -> Result<bool, CatalogError> {
        // Without policies, which are code of the tables' owners: a read that would need one fails.
        let begin = format!("BEGIN READ ONLY; SET LOCAL row_security = off; {}", trust::lock(relations, superuser));
        match self.run(&begin).await {
            Ok(()) => Ok(true),
            Err(why @ Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)) => Err(why.into()),
            Err(Error::DatabaseError(..)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// Why each of these relations, which are locked, must not be read.
    pub(crate) async fn untrusted(&mut self, relations: &[Read]) -> Result<Vec<Option<String>>, CatalogError> {
        Ok(trust::reads(self.conn(), relations).await?)
    }

    pub(crate) async fn end(&mut self) -> Result<(), CatalogError> {
        Ok(self.run("ROLLBACK").await?)
    }

    /// How many times something was sent.
    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    fn conn(&mut self) -> &mut AsyncPgConnection {
        self.sent += 1;
        &mut self.conn
    }

    /// Runs statements whose answers do not matter.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), diesel::result::Error> {
        self.conn().batch_execute(sql).await
    }

    /// The texts in the first column, which must be called `document`.
    pub(crate) async fn texts(&mut self, sql: &str) -> Result<Vec<Option<String>>, diesel::result::Error> {
        let rows: Vec<Value> = diesel::sql_query(sql).load(self.conn()).await?;
        Ok(rows.into_iter().map(|row| row.document).collect())
    }

    /// As [`texts`](Self::texts), with values as binds: a token must never be part of a statement's text.
    pub(crate) async fn set_for_transaction(&mut self, name: &str, value: &str) -> Result<(), diesel::result::Error> {
        let set = diesel::sql_query("SELECT set_config($1, $2, true) AS document").bind::<Text, _>(name);
        set.bind::<Text, _>(value).load::<Value>(self.conn()).await.map(drop)
    }

    pub(crate) async fn catalog(&mut self) -> Result<Catalog, CatalogError> {
        let version = self.texts("SELECT current_setting('server_version_num') AS document").await?;
        let version = version.into_iter().flatten().next().unwrap_or_default();
        if version.parse().unwrap_or(0) < 150_000 {
            return Err(CatalogError::TooOld(version));
        }
        let document = self.texts(include_str!("catalog.sql")).await?.into_iter().flatten().next().unwrap_or_default();
        let mut catalog: Catalog = serde_json::from_str(&document)?;
        if catalog.extensions.iter().any(|name| name == "citus") {
            catalog.citus = Some(self.distribution().await?);
        }
        catalog.reach = self.reach().await?;
        Ok(catalog)
    }

    /// The rules that need it say so when the server refuses it; the others go on.
    async fn reach(&mut self) -> Result<Reach, CatalogError> {
        match self.texts(include_str!("reach.sql")).await {
            Ok(document) => Ok(serde_json::from_str(&document.into_iter().flatten().next().unwrap_or_default())?),
            Err(Error::DatabaseError(kind, info)) if !matches!(kind, DatabaseErrorKind::ClosedConnection) => {
                Ok(Reach { failed: info.message().to_owned(), ..Reach::default() })
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn distribution(&mut self) -> Result<Vec<Distribution>, CatalogError> {
        let sql = "SELECT jsonb_build_object('table', logicalrelid::oid::int8, 'colocation', colocationid::int8, 'column', \
                   column_to_column_name(logicalrelid, partkey))::text AS document FROM pg_dist_partition";
        let rows = self.texts(sql).await?.into_iter().flatten();
        rows.map(|row| serde_json::from_str(&row).map_err(CatalogError::from)).collect()
    }
}
