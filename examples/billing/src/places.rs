//! Where the tables are, and what guards them.

use crate::ledger::Ledger;
use crate::{Args, Database, StartError, demo, schema, secrets, setup};
use rustls::ClientConfig;
use std::sync::Arc;
use tenancy::audit;
use tenancy::db::tls_roots;
use tenancy::gateway::GatewayDb;
use tenancy::rls::{Options, SealKey, Sealer};
use tenancy::secrets::{ExposeSecret as _, SecretRef, Secrets, Watched, follow_seal_key};
use tenancy::{Authority, TenantDb};

/// Where tables are.
#[derive(Clone)]
enum Place {
    Sqlite(String),
    Postgres { url: String, tls: Option<Box<ClientConfig>> },
}

/// The gateway's tables, before they are opened.
pub(crate) struct Tables(Place);

/// The organizations' books, before they are opened.
pub(crate) struct Shelf {
    place: Place,
    wall: Option<Box<Wall>>,
}

/// Wall two: what seals, and what the audit at boot is told.
struct Wall {
    sealer: Arc<Sealer>,
    options: audit::Options,
    /// The key's secret, which may change while the service runs.
    _followed: Option<Watched<SealKey>>,
}

impl Wall {
    fn new(sealer: Arc<Sealer>, roles: Options) -> Self {
        let mut options = audit::Options::new(roles);
        // The gateway's own. The service's role reads none of them.
        let tables = ["memberships", "removed_members", "provider_organizations", "sessions", "entries", "audit"];
        options.ignored_tables.extend(tables.map(|table| format!("public.gateway_{table}")));
        Self { sealer, options, _followed: None }
    }

    /// With the key that a secret holds.
    async fn following(secrets: &Secrets, key: &SecretRef, roles: Options) -> Result<Self, StartError> {
        let wall = Self::new(Arc::new(Sealer::suspended()), roles);
        let followed = follow_seal_key(secrets, key, Arc::clone(&wall.sealer)).await?;
        Ok(Self { _followed: Some(followed), ..wall })
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
        let tls = roots(args)?;
        let made = setup::postgres(migrator, tls.as_deref()).await?;
        let wall = Some(Box::new(Wall::new(Arc::new(Sealer::new(&made.key)), made.options).for_development()));
        let on_postgres = |url| Place::Postgres { url, tls: tls.clone() };
        return Ok((Tables(on_postgres(made.gateway)), Shelf { place: on_postgres(made.service), wall }));
    }
    let shelf = books(args, secrets).await?;
    let tables = match (&shelf.place, &args.gateway_database) {
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
    Ok(Tables(place(args, secrets, named, "--gateway-database").await?))
}

/// The books alone.
pub(crate) async fn books(args: &Args, secrets: &Secrets) -> Result<Shelf, StartError> {
    let place = place(args, secrets, &args.database, "--database").await?;
    let wall = match (&place, secrets::optional(args.seal_key.as_ref(), "--seal-key")?) {
        (Place::Sqlite(_), Some(_)) => return usage("--both-walls is for PostgreSQL: SQLite has one"),
        (Place::Sqlite(_), None) => None,
        (Place::Postgres { .. }, None) => {
            tracing::warn!("without --both-walls only the rendered SQL keeps organizations apart");
            None
        }
        (Place::Postgres { url, .. }, Some(key)) => {
            let mut options = Options::new(role(url)).owner_role(&args.rls_owner_role);
            options.directory = args.compare_epochs.then(|| "public".to_owned());
            Some(Box::new(Wall::following(secrets, &key, options).await?))
        }
    };
    Ok(Shelf { place, wall })
}

fn usage<T>(text: &str) -> Result<T, StartError> {
    Err(StartError::Usage(text.to_owned()))
}

/// What an argument names, with what connections to it run over.
async fn place(args: &Args, secrets: &Secrets, named: &Database, name: &str) -> Result<Place, StartError> {
    let postgres = |url| Ok(Place::Postgres { url, tls: roots(args)? });
    match named {
        Database::Sqlite(_) if args.postgres_ca.is_some() => usage("--postgres-ca is for PostgreSQL"),
        Database::Sqlite(file) => Ok(Place::Sqlite(file.clone())),
        Database::Postgres(url) => postgres(url.clone()),
        Database::Secret(reference) => {
            let url = secrets.read(reference).await?;
            match url.expose_secret().parse() {
                Ok(Database::Postgres(url)) => postgres(url),
                _ => usage(&format!("the secret that {name} names holds no postgres:// URL")),
            }
        }
        Database::Unreadable => usage(&format!(
            "{name}: write sqlite::memory:, sqlite:FILE, postgres://ROLE:PASSWORD@HOST/NAME, or the secret that holds that URL"
        )),
    }
}

/// TLS to PostgreSQL, if the arguments name roots.
fn roots(args: &Args) -> Result<Option<Box<ClientConfig>>, StartError> {
    let Some(file) = &args.postgres_ca else { return Ok(None) };
    Ok(Some(Box::new(tls_roots(&secrets::certificates(file, "--postgres-ca")?)?)))
}

impl Tables {
    pub(crate) async fn open(&self) -> Result<GatewayDb, StartError> {
        match &self.0 {
            Place::Sqlite(file) => {
                let tables = GatewayDb::sqlite(file).await?;
                tables.migrate().await?;
                Ok(tables)
            }
            // Its role makes no tables: whoever migrates does.
            Place::Postgres { url, tls: Some(tls) } => Ok(GatewayDb::postgres_over_tls(url, ClientConfig::clone(tls))?),
            Place::Postgres { url, tls: None } => Ok(GatewayDb::postgres(url)?),
        }
    }
}

impl Shelf {
    /// Opens the books for scopes that `authority` minted. Keep the shelf for as long as they are used: it follows the seal's key.
    pub(crate) async fn open(&self, authority: &Authority) -> Result<Ledger, StartError> {
        let (url, tls) = match &self.place {
            Place::Sqlite(file) => {
                let db = TenantDb::sqlite(file, authority).migrations(&[&demo::for_sqlite()]).build().await?;
                return Ok(Ledger::Sqlite(db));
            }
            Place::Postgres { url, tls } => (url, tls),
        };
        let db = TenantDb::postgres(url, authority);
        let db = match tls {
            Some(tls) => db.tls(ClientConfig::clone(tls)),
            None => db,
        };
        let Some(wall) = &self.wall else { return Ok(Ledger::Postgres(db.build()?)) };
        let db = db.sealed(Arc::clone(&wall.sealer))?;
        let compares = wall.options.wall.directory.is_some();
        let db = if compares { db.compare_epochs() } else { db }.build()?;
        let report = audit::ensure(&db, &schema::schema_manifest(), &wall.options).await?;
        for finding in &report.findings {
            tracing::warn!(rule = finding.rule.id, "the audit of wall two found something lesser");
        }
        Ok(Ledger::Walled(db))
    }
}

/// The role that a URL names.
fn role(url: &str) -> &str {
    let user = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
    user.split_once(':').map_or(user, |(name, _)| name)
}
