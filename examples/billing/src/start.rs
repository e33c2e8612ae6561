//! From arguments to a service that answers.

use crate::ledger::Ledger;
use crate::logins::Logins;
use crate::statements::Statements;
use crate::web::{Accounts, Books};
use crate::{Args, Database, StartError, demo, listen, provider, schema, secret_file, setup, web};
use axum::http::HeaderValue;
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tenancy::audit;
use tenancy::gateway::oidc::{Algorithm, OidcClient, OidcConfig};
use tenancy::gateway::{Gateway, GatewayDb, SessionKey, SessionKeys};
use tenancy::rls::{Options, SealKey, Sealer};
use tenancy::{Authority, TenantDb};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long requests that are under way may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often sessions that are over are taken away.
const SWEEP: Duration = Duration::from_secs(60);

/// A service that answers. Dropping it leaves it running until its runtime ends; [`stop`](Self::stop) ends it.
pub struct Running {
    url: String,
    provider: Option<String>,
    metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
    janitor: JoinHandle<()>,
}

impl Running {
    /// Where browsers reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The issuer of the development provider, if people sign in there.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// Where the counters are served, if anywhere.
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Takes no more requests, answers those that are under way, for 5 s at most, and ends.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.janitor.abort();
        for mut server in self.servers {
            if tokio::time::timeout(PATIENCE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

/// Starts the service.
///
/// # Errors
/// [`StartError`]: it does not start by half.
pub async fn start(args: Args) -> Result<Running, StartError> {
    safe(&args)?;
    let (listener, address) = listen::bind(args.listen).await?;
    let url = args.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let url = url.unwrap_or_else(|| format!("http://localhost:{}", address.port()));
    let (stop, stopped) = watch::channel(false);
    let mut servers = Vec::new();

    let places = Places::of(&args).await?;
    let gateway = Gateway::builder(places.gateway().await?, session_keys(&args)?, &url).build()?;
    let ledger = places.ledger(gateway.authority()).await?;
    let (config, development) = match identity(&args, &url)? {
        Some(config) => (config, None),
        None => {
            let (listener, issuer, router) = development(&args, &url).await?;
            servers.push(listen::serve(listener, router, stopped.clone()));
            let config = OidcConfig::new(&issuer, provider::CLIENT, &format!("{url}/login/callback"));
            (config.algorithms(&[Algorithm::Es256]), Some(issuer))
        }
    };
    let config = config.after_logout(&format!("{url}/"));
    let config = if url.starts_with("http://") { config.plain_http_on_loopback() } else { config };
    let oidc = OidcClient::discover(config).await?;
    directory(&args, &gateway, oidc.issuer(), development.is_some()).await?;

    let janitor = tokio::spawn(sweep(gateway.clone()));
    let metrics = match args.metrics_listen {
        Some(address) => {
            let (listener, address) = listen::bind_loopback(address, "--metrics-listen").await?;
            servers.push(listen::serve(listener, web::metrics(gateway.clone()), stopped.clone()));
            Some(address)
        }
        None => None,
    };
    let policy = policy(oidc.issuer())?;
    let accounts = Accounts { gateway, oidc, logins: Logins::default(), development: development.is_some() };
    let books = Books { ledger, statements: Statements::default() };
    servers.push(listen::serve(listener, web::router(Arc::new(accounts), books, policy), stopped));
    Ok(Running { url, provider: development, metrics, stop, servers, janitor })
}

/// Beyond loopback browsers come by https, through a proxy that speaks TLS; and nobody but this machine's users reaches
/// the provider at which anybody may be anybody.
fn safe(args: &Args) -> Result<(), StartError> {
    let (url, loopback) = (args.public_url.as_deref().unwrap_or("http://localhost:"), args.listen.ip().is_loopback());
    if !loopback && !url.starts_with("https://") {
        let address = args.listen;
        return Err(StartError::Usage(format!(
            "{address} is reached from elsewhere: put a proxy that speaks TLS in front, and say --public-url https://…"
        )));
    }
    if args.oidc_issuer.is_none() && !(loopback && url.starts_with("http://localhost:")) {
        return Err(StartError::Usage(
            "the development provider lets anybody be anybody: it serves http://localhost alone; say --oidc-issuer"
                .to_owned(),
        ));
    }
    Ok(())
}

/// A real provider, if the arguments name one.
fn identity(args: &Args, url: &str) -> Result<Option<OidcConfig>, StartError> {
    let Some((issuer, client)) = args.oidc_issuer.as_deref().zip(args.oidc_client_id.as_deref()) else {
        return Ok(None);
    };
    let config = OidcConfig::new(issuer, client, &format!("{url}/login/callback"));
    let config = config.algorithms(&[Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]);
    match &args.oidc_client_secret_file {
        Some(file) => Ok(Some(config.secret(secret_file::read(file)?))),
        None => Ok(Some(config)),
    }
}

/// The provider for development, on loopback or not at all.
async fn development(args: &Args, url: &str) -> Result<(TcpListener, String, axum::Router), StartError> {
    let (listener, address) = listen::bind_loopback(args.dev_provider_listen, "the development provider").await?;
    tracing::warn!("sign-in is at the development provider: anybody may be anybody");
    Ok((listener, provider::issuer(address), provider::router(address, url)?))
}

async fn directory(args: &Args, gateway: &Gateway, issuer: &str, development: bool) -> Result<(), StartError> {
    let directory = gateway.directory("billing at its start");
    demo::organizations(&directory).await?;
    if development {
        demo::people(&directory, issuer).await?;
    }
    for member in &args.add_member {
        if !demo::ORGANIZATIONS.iter().any(|one| one.slug == member.organization) {
            let text =
                "--add-member names no organization of the demonstration: there are harbour-trading and freewheel";
            return Err(StartError::Usage(text.to_owned()));
        }
        demo::member(&directory, issuer, &member.subject, &member.organization).await?;
    }
    Ok(())
}

fn session_keys(args: &Args) -> Result<SessionKeys, StartError> {
    let usage = |error: tenancy::gateway::SessionKeyError| StartError::Usage(error.to_string());
    let key = match &args.session_key_file {
        Some(file) => SessionKey::from_hex(&secret_file::read(file)?),
        None => SessionKey::generate(),
    };
    Ok(SessionKeys::new(key.map_err(usage)?))
}

/// Nothing but our own style, and forms that end here or, for a sign-out, at the provider.
fn policy(issuer: &str) -> Result<HeaderValue, StartError> {
    let origin: String = issuer.split_inclusive('/').take(3).collect();
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        origin.trim_end_matches('/')
    );
    HeaderValue::from_str(&policy).map_err(|_| StartError::Usage("the issuer is no URL".to_owned()))
}

async fn sweep(gateway: Gateway) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        every.tick().await;
        // Again while a batch was full. A failure is logged by the gateway; the next minute tries again.
        while gateway.sessions().sweep(500).await.is_ok_and(|gone| gone >= 500) {}
    }
}

/// Where the tables are, and what guards them.
enum Places {
    Sqlite(String),
    Postgres { books: String, gateway: String, wall: Option<Wall> },
}

/// Wall two: the key, and what the audit at boot is told.
struct Wall {
    key: SealKey,
    options: audit::Options,
}

impl Wall {
    fn new(key: SealKey, roles: Options) -> Self {
        let mut options = audit::Options::new(roles);
        // The gateway's own. The service's role reads none of them.
        let tables = ["public.gateway_memberships", "public.gateway_sessions", "public.gateway_audit"];
        options.ignored_tables.extend(tables.map(str::to_owned));
        Self { key, options }
    }

    /// A machine for development may have a server without the latest fixes.
    fn for_development(mut self) -> Self {
        tracing::warn!("the server's release is not looked at (F01): this set-up is for development");
        self.options.disabled.push("F01".to_owned());
        self
    }
}

impl Places {
    async fn of(args: &Args) -> Result<Self, StartError> {
        if let Some(migrator) = &args.setup_postgres {
            let made = setup::postgres(migrator).await?;
            let wall = Some(Wall::new(made.key, made.options).for_development());
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
                let bad = |_| StartError::Usage(format!("{} holds no seal key", file.display()));
                let key = secret_file::read(file)?.expose_secret().parse().map_err(bad)?;
                let options = Options::new(role(books)).owner_role(&args.rls_owner_role);
                let wall = Some(Wall::new(key, options));
                Ok(Self::Postgres { books: books.clone(), gateway: gateway.clone(), wall })
            }
        }
    }

    async fn gateway(&self) -> Result<GatewayDb, StartError> {
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

    async fn ledger(self, authority: &Authority) -> Result<Ledger, StartError> {
        match self {
            Self::Sqlite(file) => {
                let db = TenantDb::sqlite(file, authority).migrations(&[&demo::for_sqlite()]).build().await?;
                Ok(Ledger::Sqlite(db))
            }
            Self::Postgres { books, wall: None, .. } => {
                Ok(Ledger::Postgres(TenantDb::postgres(books, authority).build()?))
            }
            Self::Postgres { books, wall: Some(wall), .. } => {
                let report = audit::ensure(&books, &schema::schema_manifest(), &wall.options).await?;
                for finding in &report.findings {
                    tracing::warn!(rule = finding.rule.id, "the audit of wall two found something lesser");
                }
                let db = TenantDb::postgres(books, authority).sealed(Arc::new(Sealer::new(&wall.key)))?.build()?;
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
