//! Wall two: a connection whose every transaction begins with the proof of its organization.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "raw SQL is what this is for: wall two stands behind it, and the reviewer sees its name"
)]

mod raw;

pub use raw::RawSql;

use super::arming::{Arm, Arming, Text};
use super::{Postgres, Walls, sealed};
use crate::db::driver::Link;
use crate::db::{Driver, Error, OrgConn, PoolError, TenantDb, TenantDbBuilder};
use crate::rls::{Access, Sealer, seal};
use crate::scope::OrgScope;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::result::Error::QueryBuilderError;
use std::sync::Arc;
use std::time::Duration;

/// Both walls stand: whatever SQL runs, PostgreSQL itself shows one organization only.
#[derive(Debug, Clone, Copy)]
pub enum BothWalls {}

impl sealed::Walls for BothWalls {}
impl Walls for BothWalls {}

/// How long a token lives unless its scope ends before.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

struct Sealed {
    sealer: Arc<Sealer>,
    database: String,
}

impl Arm for Sealed {
    fn value(&self, arming: &Arming, text: Text) -> QueryResult<String> {
        arming.life.check()?;
        // A scope that ends sooner ends its token too; a token is not shorter than a second.
        let life = arming.life.left().clamp(Duration::from_secs(1), TOKEN_LIFE);
        let token = self.sealer.seal_for(text, (arming.facts.org, access(arming)), &self.database, life);
        token.map(|token| token.expose().to_owned()).map_err(|error| QueryBuilderError(Box::new(error)))
    }
}

struct Unsealed;

impl Arm for Unsealed {
    fn value(&self, arming: &Arming, text: Text) -> QueryResult<String> {
        arming.life.check()?;
        Ok(seal::unsealed_for(text, arming.facts.org, access(arming)))
    }
}

fn access(arming: &Arming) -> Access {
    if arming.write { Access::ReadWrite } else { Access::Read }
}

/// The database that a URL names; the server's own name for it is in the token.
fn database(url: &str) -> Option<String> {
    let config: tokio_postgres::Config = url.parse().ok()?;
    Some(config.get_dbname().or(config.get_user())?.to_owned())
}

impl TenantDbBuilder<Postgres> {
    /// Raises wall two at the sealed level: every transaction begins with a token of `sealer`, which the database
    /// checks ([`rls`](crate::rls)). Without extra round trips.
    ///
    /// The token names the database that the URL names, lives for 60 s or as long as its scope, and holds for the
    /// transaction that it begins. Whoever rotates the key gives the new one to [`Sealer::replace`].
    ///
    /// # Errors
    /// When the URL names no database.
    pub fn sealed(self, sealer: Arc<Sealer>) -> Result<TenantDbBuilder<Postgres<BothWalls>>, Error> {
        let database = database(&self.url.newest()).ok_or(PoolError::Setup("its URL names no database to seal for"))?;
        Ok(self.sealed_for(sealer, database))
    }

    /// As [`sealed`](Self::sealed), for a database that the server knows by another name than the URL: a pooler may
    /// rename it.
    pub fn sealed_for(self, sealer: Arc<Sealer>, database: impl Into<String>) -> TenantDbBuilder<Postgres<BothWalls>> {
        self.armed(Arc::new(Sealed { sealer, database: database.into() }))
    }

    /// Raises wall two at the unsealed level: the database believes a plain setting.
    ///
    /// **Whoever may run SQL as the service's role can set it to any organization.** It holds against a forgotten
    /// predicate, not against injected SQL or a stolen password.
    pub fn unsealed(self) -> TenantDbBuilder<Postgres<BothWalls>> {
        self.armed(Arc::new(Unsealed))
    }

    fn armed(mut self, arm: Arc<dyn Arm>) -> TenantDbBuilder<Postgres<BothWalls>> {
        self.settings.arm = Some(arm);
        self.driven()
    }
}

impl TenantDbBuilder<Postgres<BothWalls>> {
    /// Compares the scope's epochs with those of the gateway's directory, in the statement that every transaction begins
    /// with: an organization that was suspended, a member that was removed or a session that was ended after the gateway
    /// decided is refused with [`Refusal::Outdated`](crate::scope::Refusal) at the next transaction, which for a statement
    /// alone is the next statement. Without it such a scope ends with its request, or with its grant.
    ///
    /// The directory's tables lie in the same database, and [`Options::directory`](crate::rls::Options::directory) has put
    /// `tenancy.standing` there; where it is missing, every statement fails. No further round trip.
    pub fn compare_epochs(mut self) -> Self {
        self.settings.epochs = true;
        self
    }
}

impl TenantDb<Postgres<BothWalls>> {
    /// As [`scoped`](Self::scoped), for reading only: the token says so and the transaction is READ ONLY, so the server
    /// refuses every write.
    ///
    /// # Errors
    /// As [`scoped`](Self::scoped).
    pub async fn scoped_read_only<'s, B>(
        &self,
        scope: &'s OrgScope<B>,
    ) -> Result<OrgConn<'s, Postgres<BothWalls>, B>, Error> {
        self.lend(scope, false).await
    }
}

/// A database that shows one organization only, whatever SQL runs: PostgreSQL behind both walls. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep organizations apart by itself: no raw SQL runs on it",
    label = "without wall two, raw SQL would reach every organization",
    note = "raise wall two: `TenantDb::postgres(url, &authority).sealed(sealer)`; SQLite has none",
    note = "or write it from the scope: `scope.from(table)`, `scope.update(table)`, `scope.delete(table)`",
    note = "TEN0011: see docs/errors/TEN0011.md"
)]
pub trait RunsRawSql: Driver + Link<Backend = Pg> {
    /// Marks a connection before raw SQL runs on it.
    #[doc(hidden)]
    fn taint(conn: &mut Self::Conn);
}

impl RunsRawSql for Postgres<BothWalls> {
    fn taint(conn: &mut Self::Conn) {
        conn.raw = true;
    }
}

impl<'s, Db: Driver, B> OrgConn<'s, Db, B> {
    /// Raw SQL, under wall two alone: **nothing but the database keeps it inside the organization.**
    ///
    /// `reason` is for the reviewer and the log: why diesel's DSL does not do. The text is one SELECT, INSERT, UPDATE,
    /// DELETE, MERGE, WITH, VALUES or TABLE statement, and never made from user input: values are
    /// [`bind`](RawSql::bind)ed. A setting or lock that it leaves behind ends with its transaction.
    ///
    /// Without wall two it does not compile (`ui-tests/tests/fail/f_connection/`).
    pub fn raw_sql<'c>(&'c mut self, sql: &str, reason: &'static str) -> RawSql<'c, 's, Db, B>
    where
        Db: RunsRawSql,
    {
        RawSql::new(self, sql, reason)
    }
}
