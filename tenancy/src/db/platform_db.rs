//! The platform's database: what a request needs before its organization is known, and what belongs to none.

use super::lent::Lent;
use super::pool::lease;
use super::{Driver, Error, OrgConn, PoolStatus, TenantDb, TenantDbBuilder};
use crate::isolation::{AuthorityId, Life};
use crate::schema::PlainTable;
use crate::scope::{Platform, RequestGuard, ScopeError};
use diesel::associations::HasTable;
use diesel::query_builder::{DeleteStatement, IncompleteInsertStatement, IntoUpdateTarget, UpdateStatement};
use std::fmt;
use std::time::Duration;

/// A database that reads and writes the platform's own tables and global tables, and no organization table.
///
/// A request has no [`OrgScope`](crate::OrgScope) before the service knows its organization: users, API keys and teams are looked
/// up here, and global tables are written here. Give it a URL of its own, with a database role that has no right on organization
/// tables.
///
/// ```
/// # tenancy::schema! {
/// #     platform(api_keys);
/// #     diesel::table! { api_keys (id) { id -> Integer, hash -> Text, label -> Text, } }
/// #     diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, } }
/// # }
/// # #[cfg(feature = "sqlite")] #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tenancy::db::PlatformDb;
/// use tenancy::prelude::*;
///
/// let db = PlatformDb::sqlite(":memory:")
///     .migrations(&["CREATE TABLE api_keys (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, label TEXT NOT NULL)"])
///     .schema(schema_manifest())
///     .build()
///     .await?;
/// let platform = db.scope_for("look up the key of a request");
/// let mut conn = db.scoped(&platform).await?;
/// let key = (api_keys::hash.eq("9f86d0"), api_keys::label.eq("nightly export"));
/// platform.insert_into(api_keys::table).values(key).execute(&mut conn).await?;
/// let label: String = platform.from(api_keys::table).select(api_keys::label).first(&mut conn).await?;
/// assert_eq!(label, "nightly export");
/// # Ok(()) }
/// # #[cfg(not(feature = "sqlite"))] fn main() {}
/// ```
///
/// An organization table does not compile here: `platform.from(invoices::table)` is TEN0012, and a statement of an `OrgScope` does not
/// run on a [`PlatformConn`] (`ui-tests/tests/fail/f_connection/`). In a subquery, where diesel forgets the table, it is refused
/// while it is rendered ([`ScopeError::OrganizationTable`]), and once more when its text is reviewed.
pub struct PlatformDb<Db: Driver>(TenantDb<Db>);

impl<Db: Driver> PlatformDb<Db> {
    /// Returns a scope of the platform, for one request or one piece of work. `purpose` is for the reviewer and the log.
    ///
    /// Code that holds this database can call it: give the database to the code that signs in and administers, and to no other.
    pub fn scope_for(&self, purpose: &'static str) -> PlatformScope {
        #[cfg(any(feature = "postgres", feature = "sqlite"))]
        tracing::debug!(target: "tenancy::platform", purpose, "a scope of the platform");
        let request = RequestGuard::new();
        PlatformScope { life: Life::of(&request), db: self.0.authority, purpose, _request: request }
    }

    /// A connection that runs statements of the platform's and of global tables, through [`RunQueryDsl`](crate::RunQueryDsl).
    ///
    /// Waits for a free one, 5 s unless the builder says otherwise.
    ///
    /// # Errors
    /// When the scope is of another platform database, and when no connection is available.
    pub async fn scoped<'s>(&self, scope: &'s PlatformScope) -> Result<PlatformConn<'s, Db>, Error> {
        if scope.db != self.0.authority {
            return Err(ScopeError::OtherAuthority.into());
        }
        let lease = lease(&self.0.pool).await?;
        Ok(OrgConn::lent(lease, Lent::to_the_platform(&scope.life)))
    }

    /// Has the database answer, for a readiness probe. Put a timeout around it.
    ///
    /// # Errors
    /// When no connection is available, or the database does not answer on it.
    pub async fn ping(&self) -> Result<(), Error> {
        self.0.ping().await
    }

    /// How many connections are open, idle and waited for.
    pub fn pool_status(&self) -> PoolStatus {
        self.0.pool_status()
    }
}

impl<Db: Driver> Clone for PlatformDb<Db> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Db: Driver> fmt::Debug for PlatformDb<Db> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformDb").finish_non_exhaustive()
    }
}

/// A connection of a [`PlatformDb`]. It runs statements of platform and global tables, writes included.
pub type PlatformConn<'s, Db> = OrgConn<'s, Db, Platform>;

/// The proof that code acts for the platform: for no organization, on no organization's rows.
///
/// It is not `Clone` and not (de)serialized. It confers nothing on organization tables, so it needs no time limit.
#[must_use]
pub struct PlatformScope {
    life: Life,
    db: AuthorityId,
    purpose: &'static str,
    _request: RequestGuard,
}

impl PlatformScope {
    /// Why it was asked for.
    pub fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// A table of the platform's or a global one, as a diesel query source. Its columns and joins are diesel's.
    pub fn from<T: OfNoOrganization>(&self, table: T) -> T {
        table
    }

    /// Begins an INSERT; what follows is diesel's.
    #[expect(clippy::disallowed_methods, reason = "this is what the list sends the platform's code to")]
    pub fn insert_into<T: OfNoOrganization>(&self, table: T) -> IncompleteInsertStatement<T> {
        diesel::insert_into(table)
    }

    /// Begins an UPDATE of a table, or of what `table.filter(..)` finds; what follows is diesel's.
    #[expect(clippy::disallowed_methods, reason = "this is what the list sends the platform's code to")]
    pub fn update<T>(&self, target: T) -> UpdateStatement<T::Table, T::WhereClause>
    where
        T: IntoUpdateTarget + HasTable<Table: OfNoOrganization>,
    {
        diesel::update(target)
    }

    /// Begins a DELETE from a table, or of what `table.filter(..)` finds; what follows is diesel's.
    #[expect(clippy::disallowed_methods, reason = "this is what the list sends the platform's code to")]
    pub fn delete<T>(&self, target: T) -> DeleteStatement<T::Table, T::WhereClause>
    where
        T: IntoUpdateTarget + HasTable<Table: OfNoOrganization>,
    {
        diesel::delete(target)
    }
}

impl fmt::Debug for PlatformScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformScope").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// A platform table or a global table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is an organization table: the platform's database does not reach it",
    label = "neither a platform table nor a global table",
    note = "read and write it through its organization's scope: `scope.from(table)`, `scope.insert_into(table)`",
    note = "TEN0012: run `tenancy explain TEN0012`"
)]
pub trait OfNoOrganization: PlainTable {}
#[diagnostic::do_not_recommend]
impl<T: PlainTable> OfNoOrganization for T {}

/// How a [`PlatformDb`] is built. The settings are those of [`TenantDbBuilder`].
#[must_use]
pub struct PlatformDbBuilder<Db: Driver>(TenantDbBuilder<Db>);

impl<Db: Driver> PlatformDbBuilder<Db> {
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn of(url: super::DatabaseUrl) -> Self {
        let mut builder = TenantDbBuilder::trusting(url, AuthorityId::fresh());
        builder.review.platform = true;
        Self(builder)
    }

    /// The most connections that are open at once; 8 unless set.
    pub fn pool_size(self, connections: usize) -> Self {
        Self(self.0.pool_size(connections))
    }

    /// How long [`scoped`](PlatformDb::scoped) waits for a free connection; 5 s unless set.
    pub fn wait_timeout(self, wait: Duration) -> Self {
        Self(self.0.wait_timeout(wait))
    }

    /// How long opening a connection may take; 5 s unless set.
    pub fn connect_timeout(self, connect: Duration) -> Self {
        Self(self.0.connect_timeout(connect))
    }
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
impl<Db: Driver> PlatformDbBuilder<Db> {
    /// The schema that statements are reviewed against, as [`TenantDbBuilder::schema`]: declared relations, none of them an
    /// organization table, known functions, operators and types.
    pub fn schema(self, manifest: crate::schema::Manifest) -> Self {
        Self(self.0.schema(manifest))
    }

    /// As [`TenantDbBuilder::functions`].
    pub fn functions<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(self.0.functions(names))
    }

    /// As [`TenantDbBuilder::operators`].
    pub fn operators<'n>(self, symbols: impl IntoIterator<Item = &'n str>) -> Self {
        Self(self.0.operators(symbols))
    }

    /// As [`TenantDbBuilder::types`].
    pub fn types<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(self.0.types(names))
    }

    /// As [`TenantDbBuilder::without_statement_review`].
    pub fn without_statement_review(self, reason: &'static str) -> Self {
        Self(self.0.without_statement_review(reason))
    }
}

impl<Db: Driver> fmt::Debug for PlatformDbBuilder<Db> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformDbBuilder").finish_non_exhaustive()
    }
}

#[cfg(feature = "sqlite")]
impl PlatformDb<super::Sqlite> {
    /// The platform's tables in a database file, or in memory for `:memory:`. As [`TenantDb::sqlite`].
    pub fn sqlite(url: impl Into<String>) -> PlatformDbBuilder<super::Sqlite> {
        PlatformDbBuilder::of(super::sqlite::driver::shared(url.into()).into())
    }
}

#[cfg(feature = "sqlite")]
impl PlatformDbBuilder<super::Sqlite> {
    /// As [`TenantDbBuilder::migrations`].
    pub fn migrations(self, batches: &[&str]) -> Self {
        Self(self.0.migrations(batches))
    }

    /// Opens the database and runs the migrations.
    ///
    /// # Errors
    /// As [`TenantDbBuilder::build`].
    pub async fn build(self) -> Result<PlatformDb<super::Sqlite>, Error> {
        self.0.build().await.map(PlatformDb)
    }
}

#[cfg(feature = "postgres")]
impl PlatformDb<super::Postgres> {
    /// The platform's tables behind a `postgres://` URL, whose role should have no right on organization tables. Connections are
    /// opened when they are needed.
    pub fn postgres(url: impl Into<super::DatabaseUrl>) -> PlatformDbBuilder<super::Postgres> {
        PlatformDbBuilder::of(url.into())
    }
}

#[cfg(feature = "postgres")]
impl PlatformDbBuilder<super::Postgres> {
    /// As [`TenantDbBuilder::unnamed_statements`].
    pub fn unnamed_statements(self) -> Self {
        Self(self.0.unnamed_statements())
    }

    /// As [`TenantDbBuilder::tls`].
    #[cfg(feature = "postgres-tls")]
    pub fn tls(self, config: rustls::ClientConfig) -> Self {
        Self(self.0.tls(config))
    }

    /// As [`TenantDbBuilder::tls_with_roots`].
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "postgres-tls")]
    pub fn tls_with_roots(self, pem: &str) -> Result<Self, Error> {
        self.0.tls_with_roots(pem).map(Self)
    }

    /// Builds the pool. Does not connect.
    ///
    /// # Errors
    /// As [`TenantDbBuilder::build`].
    pub fn build(self) -> Result<PlatformDb<super::Postgres>, Error> {
        self.0.build().map(PlatformDb)
    }
}
