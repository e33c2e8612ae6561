//! From arguments to a service that answers.

use crate::logins::Logins;
use crate::places::Places;
use crate::statements::Statements;
use crate::web::{Accounts, Books};
use crate::{Args, StartError, demo, listen, provider, secret_file, web};
use axum::http::HeaderValue;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tenancy::gateway::oidc::{Algorithm, OidcClient, OidcConfig};
use tenancy::gateway::{Gateway, SessionKey, SessionKeys};
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
            let config = OidcConfig::new(&issuer, provider::CLIENT, &callback(&url));
            (config.algorithms(&[Algorithm::Es256]), Some(issuer))
        }
    };
    let oidc = discover(config, &url).await?;
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

/// Where a provider sends browsers back to.
fn callback(url: &str) -> String {
    format!("{url}/login/callback")
}

async fn discover(config: OidcConfig, url: &str) -> Result<OidcClient, StartError> {
    let config = config.after_logout(&format!("{url}/"));
    let config = if url.starts_with("http://") { config.plain_http_on_loopback() } else { config };
    Ok(OidcClient::discover(config).await?)
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
    let config = OidcConfig::new(issuer, client, &callback(url));
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
