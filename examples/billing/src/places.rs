//! Where the tables are, and what guards them.

use crate::ledger::Ledger;
use crate::{Args, Database, StartError, demo, schema, secret_file, setup};
use std::path::Path;
use std::sync::Arc;
use tenancy::audit;
use tenancy::gateway::GatewayDb;
use tenancy::rls::{Options, SealKey, Sealer};
use tenancy::secrets::{Secrets, Watched, follow_seal_key};
use tenancy::{Authority, TenantDb};

/// Where the tables are, and what guards them.
pub(crate) enum Places {
    Sqlite(String),
    Postgres { books: String, gateway: String, wall: Option<Box<Wall>> },
}

/// Wall two: what seals, and what the audit at boot is told.
pub(crate) struct Wall {
    sealer: Arc<Sealer>,
    options: audit::Options,
    /// The key's file, which may change while the service runs.
    _followed: Option<Watched<SealKey>>,
}

impl Wall {
    fn new(sealer: Arc<Sealer>, roles: Options) -> Self {
        let mut options = audit::Options::new(roles);
        // The gateway's own. The service's role reads none of them.
        let tables = ["memberships", "removed_members", "provider_organizations", "sessions", "audit"];
        options.ignored_tables.extend(tables.map(|table| format!("public.gateway_{table}")));
        Self { sealer, options, _followed: None }
    }

    /// With the key of a file.
    async fn following(file: &Path, roles: Options) -> Result<Self, StartError> {
        let wall = Self::new(Arc::new(Sealer::suspended()), roles);
        let followed =
            follow_seal_key(&Secrets::new(), &secret_file::reference(file)?, Arc::clone(&wall.sealer)).await?;
        Ok(Self { _followed: Some(followed), ..wall })
    }

    /// A machine for development may have a server without the latest fixes.
    fn for_development(mut self) -> Self {
        tracing::warn!("the server's release is not looked at (F01): this set-up is for development");
        self.options.disabled.push("F01".to_owned());
        self
    }
}

impl Places {
    pub(crate) async fn of(args: &Args) -> Result<Self, StartError> {
        if let Some(migrator) = &args.setup_postgres {
            let made = setup::postgres(migrator).await?;
            let wall = Some(Box::new(Wall::new(Arc::new(Sealer::new(&made.key)), made.options).for_development()));
            return Ok(Self::Postgres { books: made.service, gateway: made.gateway, wall });
        }
        let usage = |text: &str| Err(StartError::Usage(text.to_owned()));
        match (&args.database, &args.gateway_database, &args.seal_key_file) {
            (Database::Sqlite(_), Some(_), _) => usage("--gateway-database is for PostgreSQL"),
            (Database::Sqlite(_), _, Some(_)) => usage("--both-walls is for PostgreSQL: SQLite has one"),
            (Database::Sqlite(file), None, None) => Ok(Self::Sqlite(file.clone())),
            (Database::Postgres(_), None, _) => {
                usage("with PostgreSQL name the gateway's role too: --gateway-database")
            }
            (Database::Postgres(books), Some(gateway), None) => {
                tracing::warn!("without --both-walls only the rendered SQL keeps organizations apart");
                Ok(Self::Postgres { books: books.clone(), gateway: gateway.clone(), wall: None })
            }
            (Database::Postgres(books), Some(gateway), Some(file)) => {
                let mut options = Options::new(role(books)).owner_role(&args.rls_owner_role);
                options.directory = args.compare_epochs.then(|| "public".to_owned());
                let wall = Some(Box::new(Wall::following(file, options).await?));
                Ok(Self::Postgres { books: books.clone(), gateway: gateway.clone(), wall })
            }
        }
    }

    pub(crate) async fn gateway(&self) -> Result<GatewayDb, StartError> {
        match self {
            Self::Sqlite(file) => {
                let tables = GatewayDb::sqlite(file).await?;
                tables.migrate().await?;
                Ok(tables)
            }
            // Its role makes no tables: whoever migrates does.
            Self::Postgres { gateway, .. } => Ok(GatewayDb::postgres(gateway)?),
        }
    }

    pub(crate) async fn ledger(&self, authority: &Authority) -> Result<Ledger, StartError> {
        match self {
            Self::Sqlite(file) => {
                let db = TenantDb::sqlite(file, authority).migrations(&[&demo::for_sqlite()]).build().await?;
                Ok(Ledger::Sqlite(db))
            }
            Self::Postgres { books, wall: None, .. } => {
                Ok(Ledger::Postgres(TenantDb::postgres(books, authority).build()?))
            }
            Self::Postgres { books, wall: Some(wall), .. } => {
                let db = TenantDb::postgres(books, authority).sealed(Arc::clone(&wall.sealer))?;
                let compares = wall.options.wall.directory.is_some();
                let db = if compares { db.compare_epochs() } else { db }.build()?;
                let report = audit::ensure(&db, &schema::schema_manifest(), &wall.options).await?;
                for finding in &report.findings {
                    tracing::warn!(rule = finding.rule.id, "the audit of wall two found something lesser");
                }
                Ok(Ledger::Walled(db))
            }
        }
    }
}

/// The role that a URL names.
fn role(url: &str) -> &str {
    let user = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
    user.split_once(':').map_or(user, |(name, _)| name)
}
