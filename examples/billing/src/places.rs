//! Where the tables are, and what guards them.

use crate::ledger::Ledger;
use crate::permissions::{self, Permissions};
use crate::ready::Need;
use crate::{Args, Database, StartError, demo, schema, secrets, setup};
use rustls::ClientConfig;
use std::sync::Arc;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy::db::{DatabaseUrl, follow_database_url, follow_seal_key};
use tenancy::{Authority, TenantDb};
use tenancy_audit as audit;
use tenancy_gateway::GatewayDb;
use tenancy_gateway::migrations::MigrationError;
use tenancy_rls::Options;
use tenancy_secrets::{SecretRef, Secrets, Watched};
use tenancy_tls::{client_config, watch_identity};
use uuid::Uuid;

/// How the names of memory begin that books are in.
const MEMORY: &str = "file:/billing-";

/// Where tables are. What follows a secret is held.
#[derive(Clone)]
enum Place {
    Sqlite(String),
    Postgres { url: DatabaseUrl, tls: Option<Box<ClientConfig>>, _followed: Option<Watched<DatabaseUrl>> },
}

/// The gateway's tables, before they are opened.
pub(crate) struct Tables(Place);

/// The organizations' books, before they are opened.
pub(crate) struct Shelf {
    place: Place,
    /// The roles, on PostgreSQL: the same database by a role of its own. SQLite has them where the books are.
    roles: Option<Place>,
    wall: Option<Box<Wall>>,
}

/// Wall two: what seals, and what the audit at boot receives.
struct Wall {
    sealer: Arc<Sealer>,
    options: audit::Options,
    /// The key's secret, which may change while the service runs.
    followed: Option<Watched<SealKey>>,
}

impl Wall {
    fn new(sealer: Arc<Sealer>, roles: Options) -> Self {
        let mut options = audit::Options::new(roles);
        // The gateway's own. The service's role reads none of them.
        let tables = ["memberships", "removed_members", "provider_organizations", "sessions", "entries", "audit"];
        options.ignored_tables.extend(tables.map(|table| format!("public.gateway_{table}")));
        Self { sealer, options, followed: None }
    }

    /// With the key that a secret holds.
    async fn following(secrets: &Secrets, key: &SecretRef, roles: Options) -> Result<Self, StartError> {
        let wall = Self::new(Arc::new(Sealer::suspended()), roles);
        let followed = follow_seal_key(secrets, key, Arc::clone(&wall.sealer)).await?;
        Ok(Self { followed: Some(followed), ..wall })
    }

    /// The role of the permission engine reads the epochs of all organizations, and so passes by row-level security.
    fn knowing(mut self, engine: &Place) -> Self {
        if let Place::Postgres { url, .. } = engine
            && let Some(role) = url.role()
        {
            self.options.readers.push(role.clone());
            self.options.administrators.push(role);
        }
        self
    }

    /// A machine for development may have a server without the latest fixes.
    fn for_development(mut self) -> Self {
        tracing::warn!("the server's release is not looked at (F01): this set-up is for development");
        self.options.disabled.push("F01".to_owned());
        self
    }
}

/// Both, for one process.
pub(crate) async fn both(args: &Args, secrets: &Secrets) -> Result<(Tables, Shelf), StartError> {
    if let Some(migrator) = &args.setup_postgres {
        let tls = tls(args, secrets, None).await?;
        let made = setup::postgres(migrator, tls.as_deref()).await?;
        let on_postgres = |url: String| Place::Postgres { url: url.into(), tls: tls.clone(), _followed: None };
        let roles = made.permissions.map(on_postgres);
        let wall = Wall::new(Arc::new(Sealer::new(&made.key)), made.options).for_development();
        let wall = Some(Box::new(roles.iter().fold(wall, Wall::knowing)));
        return Ok((Tables(on_postgres(made.gateway)), Shelf { place: on_postgres(made.service), roles, wall }));
    }
    let shelf = books(args, secrets).await?;
    let tables = match (&shelf.place, &args.gateway_database) {
        // The books' memory has a name, so that the roles are in it too. Sessions have a memory of their own.
        (Place::Sqlite(file), None) if file.starts_with(MEMORY) => Tables(Place::Sqlite(":memory:".to_owned())),
        (place @ Place::Sqlite(_), None) => Tables(place.clone()),
        (Place::Sqlite(_), Some(_)) => return usage("--gateway-database is for PostgreSQL"),
        (Place::Postgres { .. }, None) => {
            return usage("with PostgreSQL name the gateway's role too: --gateway-database");
        }
        (Place::Postgres { .. }, Some(_)) => tables(args, secrets).await?,
    };
    Ok((tables, shelf))
}

/// The gateway's tables alone.
pub(crate) async fn tables(args: &Args, secrets: &Secrets) -> Result<Tables, StartError> {
    let in_memory = Database::Sqlite(":memory:".to_owned());
    let named = args.gateway_database.as_ref().unwrap_or(&in_memory);
    let of = &args.postgres;
    let pair = Pair {
        certificate: secrets::optional(of.gateway_postgres_certificate.as_ref(), "--gateway-postgres-certificate")?,
        key: secrets::optional(of.gateway_postgres_key.as_ref(), "--gateway-postgres-key")?,
    };
    Ok(Tables(place(args, secrets, named, "--gateway-database", pair).await?))
}

/// The books alone.
pub(crate) async fn books(args: &Args, secrets: &Secrets) -> Result<Shelf, StartError> {
    let pair = Pair {
        certificate: secrets::optional(args.postgres.postgres_certificate.as_ref(), "--postgres-certificate")?,
        key: secrets::optional(args.postgres.postgres_key.as_ref(), "--postgres-key")?,
    };
    let place = match place(args, secrets, &args.database, "--database", pair).await? {
        Place::Sqlite(file) if file == ":memory:" => Place::Sqlite(format!("{MEMORY}{}?vfs=memdb", Uuid::new_v4())),
        place => place,
    };
    let roles = roles(args, secrets, &place).await?;
    let wall = match (&place, secrets::optional(args.seal_key.as_ref(), "--seal-key")?) {
        (Place::Sqlite(_), Some(_)) => return usage("--both-walls is for PostgreSQL: SQLite has one"),
        (Place::Sqlite(_), None) => None,
        (Place::Postgres { .. }, None) => {
            tracing::warn!("without --both-walls only the rendered SQL keeps organizations apart");
            None
        }
        (Place::Postgres { url, .. }, Some(key)) => {
            let mut options = Options::new(url.role().unwrap_or_default()).owner_role(&args.rls_owner_role);
            options.directory = args.compare_epochs.then(|| "public".to_owned());
            Some(Box::new(roles.iter().fold(Wall::following(secrets, &key, options).await?, Wall::knowing)))
        }
    };
    Ok(Shelf { place, roles, wall })
}

/// The roles beside books on PostgreSQL.
async fn roles(args: &Args, secrets: &Secrets, books: &Place) -> Result<Option<Place>, StartError> {
    let of = &args.postgres;
    let named = match (books, &args.permissions_database) {
        (Place::Sqlite(_), None) => return Ok(None),
        (Place::Sqlite(_), Some(_)) => return usage("--permissions-database is for PostgreSQL"),
        (Place::Postgres { .. }, None) => {
            tracing::warn!(
                "without --permissions-database privileged actions are switched off: each is answered with 503"
            );
            return Ok(None);
        }
        (Place::Postgres { .. }, Some(named)) => named,
    };
    let pair = Pair {
        certificate: secrets::optional(
            of.permissions_postgres_certificate.as_ref(),
            "--permissions-postgres-certificate",
        )?,
        key: secrets::optional(of.permissions_postgres_key.as_ref(), "--permissions-postgres-key")?,
    };
    match place(args, secrets, named, "--permissions-database", pair).await? {
        Place::Sqlite(_) => {
            usage("--permissions-database is a role of the database of the books: write a postgres:// URL")
        }
        place => Ok(Some(place)),
    }
}

fn usage<T>(text: &str) -> Result<T, StartError> {
    Err(StartError::Usage(text.to_owned()))
}

/// The certificate that a role of PostgreSQL's comes in by, and its key.
struct Pair {
    certificate: Option<SecretRef>,
    key: Option<SecretRef>,
}

/// What an argument names, with what connections to it run over.
async fn place(args: &Args, secrets: &Secrets, named: &Database, name: &str, pair: Pair) -> Result<Place, StartError> {
    let (url, _followed) = match named {
        Database::Sqlite(_) if args.postgres.postgres_ca.is_some() => return usage("--postgres-ca is for PostgreSQL"),
        Database::Sqlite(file) => return Ok(Place::Sqlite(file.clone())),
        Database::Postgres(url) => (url.into(), None),
        Database::Secret(reference) => {
            let (url, followed) = follow_database_url(secrets, reference).await?;
            (url, Some(followed))
        }
        Database::Unreadable => {
            return usage(&format!(
                "{name}: write sqlite::memory:, sqlite:FILE, postgres://ROLE:PASSWORD@HOST/NAME, or the secret that holds that URL"
            ));
        }
    };
    Ok(Place::Postgres { url, tls: tls(args, secrets, pair.certificate.zip(pair.key)).await?, _followed })
}

/// TLS to PostgreSQL, if the arguments name roots; with the role's certificate, if there is one.
async fn tls(
    args: &Args,
    secrets: &Secrets,
    pair: Option<(SecretRef, SecretRef)>,
) -> Result<Option<Box<ClientConfig>>, StartError> {
    let Some(file) = &args.postgres.postgres_ca else { return Ok(None) };
    let identity = match pair {
        Some((certificate, key)) => Some(watch_identity(secrets, certificate, key).await?),
        None => None,
    };
    let roots = secrets::certificates(file, "--postgres-ca")?;
    Ok(Some(Box::new(
        client_config(&roots, identity).map_err(|why| StartError::Usage(format!("--postgres-ca: {why}")))?,
    )))
}

impl Tables {
    pub(crate) async fn open(&self) -> Result<GatewayDb, StartError> {
        match &self.0 {
            Place::Sqlite(file) => {
                let tables = GatewayDb::sqlite(file).await?;
                tables.migrate().await?;
                Ok(tables)
            }
            // Its role makes no tables: the role that migrates does.
            Place::Postgres { url, tls: Some(tls), .. } => {
                migrated(GatewayDb::postgres_over_tls(url.clone(), ClientConfig::clone(tls))?).await
            }
            Place::Postgres { url, tls: None, .. } => migrated(GatewayDb::postgres(url.clone())?).await,
        }
    }
}

/// Tables that lack a migration stop the start, and say which command to run. A database that is away does not: the probe of
/// readiness asks again.
async fn migrated(tables: GatewayDb) -> Result<GatewayDb, StartError> {
    match tables.check_migrations().await {
        Ok(()) | Err(MigrationError::Database(_)) => Ok(tables),
        Err(error) => Err(error.into()),
    }
}

impl Shelf {
    /// What the books' pages need.
    pub(crate) fn needs(&self, ledger: &Ledger) -> Vec<Need> {
        let seal = self.wall.as_ref().and_then(|wall| wall.followed.clone()).map(Need::Seal);
        seal.into_iter().chain([Need::Books(ledger.clone())]).collect()
    }

    /// Opens the books for scopes that `authority` minted. Keep the shelf for as long as they are used: it follows the seal's key.
    pub(crate) async fn open(&self, authority: &Authority) -> Result<(Ledger, Permissions), StartError> {
        let permissions = self.permissions().await?;
        let ledger = self.ledger(authority, &permissions).await?;
        Ok((ledger, permissions))
    }

    async fn permissions(&self) -> Result<Permissions, StartError> {
        match (&self.place, &self.roles) {
            (Place::Sqlite(file), _) => permissions::over_sqlite(file).await,
            (Place::Postgres { .. }, Some(Place::Postgres { url, tls, .. })) => {
                permissions::over_postgres(url, tls.as_deref()).await
            }
            (Place::Postgres { .. }, _) => Ok(Permissions::switched_off()),
        }
    }

    async fn ledger(&self, authority: &Authority, permissions: &Permissions) -> Result<Ledger, StartError> {
        let (url, tls) = match &self.place {
            Place::Sqlite(file) => {
                let db = TenantDb::sqlite(file, authority).schema(schema::schema_manifest());
                let db = db.permits(permissions.authority()).migrations(&[&demo::for_sqlite()]).build().await?;
                return Ok(Ledger::Sqlite(db));
            }
            Place::Postgres { url, tls, .. } => (url, tls),
        };
        let db = TenantDb::postgres(url.clone(), authority).schema(schema::schema_manifest());
        let db = db.permits(permissions.authority());
        let db = match tls {
            Some(tls) => db.tls(ClientConfig::clone(tls)),
            None => db,
        };
        let Some(wall) = &self.wall else { return Ok(Ledger::Postgres { db: db.build()?, both_walls: false }) };
        let db = db.sealed(Arc::clone(&wall.sealer))?;
        let compares = wall.options.wall.directory.is_some();
        let db = if compares { db.compare_epochs() } else { db };
        let (endpoint, db) = (db.endpoint(), db.build()?);
        let report = audit::ensure(&endpoint, &schema::schema_manifest(), &wall.options).await?;
        for finding in &report.findings {
            tracing::warn!(rule = finding.rule.id, "the audit of wall two found something lesser");
        }
        Ok(Ledger::Postgres { db, both_walls: true })
    }
}
