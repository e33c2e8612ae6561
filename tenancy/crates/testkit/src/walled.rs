//! A PostgreSQL database of one test's own, behind both walls.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tenancy::TenantDb;
use tenancy::db::unscoped_sql::run_unscoped_sql;
use tenancy::db::{BothWalls, Postgres, TenantDbBuilder};
use tenancy::schema::Manifest;
use tenancy_rls::{Options, Raised, raise};

use crate::TestKit;

/// A database with the tables of one test, roles of its own and wall two around it. From [`TestKit::postgres`].
pub struct WalledDatabase {
    server: String,
    name: String,
    options: Options,
    manifest: Manifest,
    raised: Raised,
}

impl WalledDatabase {
    pub(crate) async fn create(server: &str, manifest: Manifest, migrations: &[&str]) -> Self {
        let name = unique();
        let options = Options::new(format!("app_{name}")).owner_role(format!("owner_{name}"));
        run(server, &[&format!("CREATE DATABASE {name}")]).await;
        let url = in_database(server, &name);
        run(&url, migrations).await;
        let raised = raise(&url, &manifest, &options).await.unwrap_or_else(|why| panic!("no wall was built: {why:?}"));
        Self { server: server.to_owned(), name, options, manifest, raised }
    }

    /// A pool as the service's role, sealed, that trusts the kit; call `build`.
    ///
    /// # Panics
    /// Never, as long as the URL of the server names a host.
    pub fn tenant_db(&self, kit: &TestKit) -> TenantDbBuilder<Postgres, BothWalls> {
        let db = TenantDb::postgres(self.raised.url(), kit.authority()).schema(self.manifest.clone());
        db.sealed(self.raised.sealer()).expect("the URL names a database")
    }

    /// The database as the service's role.
    pub fn url(&self) -> &str {
        self.raised.url()
    }

    /// The database as the role of the server's URL, for what a test does behind the walls.
    pub fn admin_url(&self) -> String {
        in_database(&self.server, &self.name)
    }

    /// Removes the database and its roles. Sessions that are open in it are ended.
    ///
    /// # Panics
    /// When the server is not reached.
    pub async fn remove(self) {
        let Self { server, name, options, .. } = self;
        run(&server, &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]).await;
        // They own nothing outside of it.
        run(&server, &[&format!("DROP ROLE IF EXISTS {}", options.app_role)]).await;
        run(&server, &[&format!("DROP ROLE IF EXISTS {}", options.owner_role)]).await;
    }
}

impl fmt::Debug for WalledDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalledDatabase").field("name", &self.name).finish_non_exhaustive()
    }
}

async fn run(url: &str, batches: &[&str]) {
    run_unscoped_sql::<Postgres>(url, batches).await.unwrap_or_else(|why| panic!("{why:?}"));
}

/// A name that no other test has, also on a server that several processes use.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("kit_{}_{now}_{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The URL of another database of the same server.
fn in_database(url: &str, name: &str) -> String {
    let (before, options) = url.split_once('?').map_or((url, None), |(before, options)| (before, Some(options)));
    let start = before.find("://").map_or(0, |at| at + 3);
    let end = before.get(start..).and_then(|rest| rest.find('/')).map_or(before.len(), |at| start + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", before.get(..end).unwrap_or(before))
}

#[cfg(test)]
mod tests {
    use super::in_database;

    #[test]
    fn another_database_of_the_same_server() {
        assert_eq!(in_database("postgres://a:b@host:5432/postgres", "x"), "postgres://a:b@host:5432/x");
        assert_eq!(in_database("postgres://a@host?sslmode=disable", "x"), "postgres://a@host/x?sslmode=disable");
        assert_eq!(in_database("postgres://host/db?a=/b", "x"), "postgres://host/x?a=/b");
    }
}
