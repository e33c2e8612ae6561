//! Wall two: a connection on which every transaction begins with the proof of its organization.

use super::seal::{self, Access, Sealer};
use super::{ProvesWallTwo, RowSecurity, ScopeContext, Text, WallTwo};
use crate::db::{BothWalls, Error, OrgConn, PoolError, Postgres, TenantDb, TenantDbBuilder};
use crate::scope::OrgScope;
use diesel::QueryResult;
use diesel::result::Error::QueryBuilderError;
use std::sync::Arc;
use std::time::Duration;

/// How long a token lives unless its scope ends before.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

struct Sealed {
    sealer: Arc<Sealer>,
    database: String,
}

impl RowSecurity for Sealed {
    fn context(&self, scope: &ScopeContext, text: Text) -> QueryResult<String> {
        scope.life.check()?;
        // A scope that ends sooner ends its token too; a token is not shorter than a second.
        let life = scope.life.left().clamp(Duration::from_secs(1), TOKEN_LIFE);
        let token = self.sealer.seal_for(text, (scope.facts.org, access(scope)), &self.database, life);
        token.map(|token| token.expose().to_owned()).map_err(|error| QueryBuilderError(Box::new(error)))
    }
}

struct Unsealed;

impl RowSecurity for Unsealed {
    fn context(&self, scope: &ScopeContext, text: Text) -> QueryResult<String> {
        scope.life.check()?;
        Ok(seal::unsealed_for(text, scope.facts.org, access(scope)))
    }
}

fn access(scope: &ScopeContext) -> Access {
    if scope.write { Access::ReadWrite } else { Access::Read }
}

/// The database that a URL names; the server's own name for it is in the token.
fn database(url: &str) -> Option<String> {
    let config: tokio_postgres::Config = url.parse().ok()?;
    Some(config.get_dbname().or(config.get_user())?.to_owned())
}

impl TenantDbBuilder<Postgres> {
    /// Raises wall two at the sealed level: every transaction begins with a token of `sealer`, which the database
    /// checks (the crate `tenancy-rls` builds that wall). Without extra round trips.
    ///
    /// The token names the database that the URL names, lives for 60 s or as long as its scope, and holds for the
    /// transaction that it begins. When the key is rotated, give the new one to [`Sealer::replace`].
    ///
    /// # Errors
    /// When the URL names no database.
    pub fn sealed(self, sealer: Arc<Sealer>) -> Result<TenantDbBuilder<Postgres, BothWalls>, Error> {
        let database = database(&self.url.newest()).ok_or(PoolError::Setup("its URL names no database to seal for"))?;
        Ok(self.sealed_for(sealer, database))
    }

    /// As [`sealed`](Self::sealed), for a database that the server knows by another name than the URL: a pooler may
    /// rename it.
    pub fn sealed_for(self, sealer: Arc<Sealer>, database: impl Into<String>) -> TenantDbBuilder<Postgres, BothWalls> {
        self.behind_wall_two(Arc::new(Sealed { sealer, database: database.into() }))
    }

    /// Raises wall two at the unsealed level: the database believes a plain setting.
    ///
    /// **A client that runs SQL as the service's role can set it to any organization.** It holds against a forgotten
    /// predicate, not against injected SQL or a stolen password.
    pub fn unsealed(self) -> TenantDbBuilder<Postgres, BothWalls> {
        self.behind_wall_two(Arc::new(Unsealed))
    }

    fn behind_wall_two(mut self, row_security: Arc<dyn RowSecurity>) -> TenantDbBuilder<Postgres, BothWalls> {
        self.settings.row_security = Some(row_security);
        self.with_walls()
    }
}

impl TenantDbBuilder<Postgres, BothWalls> {
    /// Returns the proof that wall two stands, which [`raw_sql`](OrgConn::raw_sql) and
    /// [`scoped_read_only`](TenantDb::scoped_read_only) ask for. Take it before [`build`](Self::build), and give it only to code
    /// that needs one of them.
    pub fn wall_two(&self) -> WallTwo {
        WallTwo::new()
    }

    /// Compares the scope's epochs with those of the gateway's directory, in the statement that every transaction begins
    /// with: an organization that was suspended, a member that was removed or a session that was ended after the gateway
    /// decided is refused with [`ScopeError::Outdated`](crate::scope::ScopeError) at the next transaction, which for a statement
    /// alone is the next statement. Without it such a scope ends with its request, or with its grant.
    ///
    /// The directory's tables lie in the same database, and `Options::directory` of `tenancy-rls` has put
    /// `tenancy.standing` there; where it is missing, every statement fails. No further round trip.
    pub fn compare_epochs(mut self) -> Self {
        self.settings.epochs = true;
        self
    }

    /// Sends a token and the statement behind it as one request.
    ///
    /// tokio-postgres ends every request with a Sync message. Here the bytes between it and the server are rewritten: the
    /// token's Sync is left out, so that a statement alone needs no BEGIN and COMMIT and the server responds once. It saves a
    /// part of the time of a read over a fast network; the number of round trips is one either way. The rewriting depends on the
    /// order of tokio-postgres' messages and is not needed for isolation. What either costs is measured in
    /// `docs/decisions/0024-sync-elision.md`. Over a Unix socket it has no effect.
    pub fn sync_elision(mut self) -> Self {
        self.settings.sync_elision = true;
        self
    }
}

impl TenantDb<Postgres> {
    /// Lends a connection for reading only, as [`scoped`](Self::scoped) does for both: the token says so and the transaction is READ
    /// ONLY, so the server refuses every write.
    ///
    /// # Errors
    /// As [`scoped`](Self::scoped), and when this database is not behind wall two, so that the proof is another one's.
    pub async fn scoped_read_only<'s, B>(
        &self,
        wall_two: impl ProvesWallTwo,
        scope: &'s OrgScope<B>,
    ) -> Result<OrgConn<'s, Postgres, B>, Error> {
        let _ = wall_two;
        if self.pool.manager().settings.row_security.is_none() {
            return Err(PoolError::Setup("wall two does not stand here: the proof is another database's").into());
        }
        self.lend(scope, false).await
    }
}
