//! From arguments to a service that answers.

use crate::listen::Server;
use crate::places::Places;
use crate::statements::Statements;
use crate::web::{Accounts, Books};
use crate::{Args, StartError, demo, listen, provider, secret_file, web};
use axum::http::HeaderValue;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tenancy::gateway::oidc::{Algorithm, OidcClient, OidcConfig};
use tenancy::gateway::tls::{Listener, Redirects, ServerTls};
use tenancy::gateway::{Gateway, SessionKey, SessionKeys};
use tenancy::secrets::Secrets;
use tokio::task::JoinHandle;

/// How often sessions that are over are taken away.
const SWEEP: Duration = Duration::from_secs(60);

/// A service that answers. Dropping it leaves it running until its runtime ends; [`stop`](Self::stop) ends it.
pub struct Running {
    url: String,
    provider: Option<String>,
    metrics: Option<SocketAddr>,
    redirects: Option<SocketAddr>,
    servers: Vec<Server>,
    janitor: JoinHandle<()>,
    /// Holds what follows the file of the seal's key.
    _places: Places,
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

    /// Where browsers are sent over to TLS, if anywhere.
    pub fn redirects(&self) -> Option<SocketAddr> {
        self.redirects
    }

    /// Takes no more requests, answers those that are under way, for 5 s at most, and ends.
    pub async fn stop(self) {
        self.janitor.abort();
        for server in self.servers {
            server.stop().await;
        }
    }
}

/// Starts the service.
///
/// # Errors
/// [`StartError`]: it does not start by half.
pub async fn start(args: Args) -> Result<Running, StartError> {
    safe(&args)?;
    let (socket, address) = listen::bind(args.listen)?;
    let url = public_url(&args, address);
    let listener = listener(&args, socket, address).await?;
    let mut servers = Vec::new();

    let places = Places::of(&args).await?;
    let gateway = Gateway::builder(places.gateway().await?, session_keys(&args).await?, &url).build()?;
    let ledger = places.ledger(gateway.authority()).await?;
    let (config, development) = match identity(&args, &url).await? {
        Some(config) => (config, None),
        None => {
            let (server, config, issuer) = development(&args, &url)?;
            servers.push(server);
            (config, Some(issuer))
        }
    };
    let oidc = discover(config, &url).await?;
    directory(&args, &gateway, oidc.issuer(), development.is_some()).await?;

    let metrics = match args.metrics_listen {
        Some(address) => {
            let (listener, address) = listen::loopback(address, "--metrics-listen")?;
            servers.push(Server::of(listener, web::metrics(gateway.clone())));
            Some(address)
        }
        None => None,
    };
    let redirects = match args.redirect_listen {
        Some(address) => {
            let (socket, address) = listen::bind(address)?;
            let redirects = Redirects::new(socket, &url)?;
            servers.push(Server::start(redirects.handle(), redirects.serve()));
            Some(address)
        }
        None => None,
    };
    let (policy, janitor) = (policy(oidc.issuer())?, tokio::spawn(sweep(gateway.clone())));
    let logins = gateway.logins(&oidc);
    let accounts = Accounts { gateway, oidc, logins, development: development.is_some() };
    let books = Books { ledger, statements: Statements::default() };
    servers.push(Server::of(listener, web::router(Arc::new(accounts), books, policy)));
    Ok(Running { url, provider: development, metrics, redirects, servers, janitor, _places: places })
}

/// What browsers see.
fn public_url(args: &Args, address: SocketAddr) -> String {
    let scheme = if args.tls_certificate.is_some() { "https" } else { "http" };
    match &args.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("{scheme}://localhost:{}", address.port()),
    }
}

/// With TLS, or in plaintext where nobody else listens in.
async fn listener(args: &Args, socket: TcpListener, address: SocketAddr) -> Result<Listener, StartError> {
    let Some((certificate, key)) = args.tls_certificate.as_deref().zip(args.tls_key.as_deref()) else {
        return match address.ip().is_loopback() {
            true => Ok(Listener::plaintext_on_loopback(socket)?),
            false => Ok(Listener::plaintext_because(socket, "a proxy in front ends TLS: --public-url says https")),
        };
    };
    let tls = ServerTls::builder(secret_file::reference(certificate)?, secret_file::reference(key)?);
    Ok(Listener::tls(socket, tls.load(&Secrets::new()).await?))
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

/// Beyond loopback browsers come by TLS; and nobody but this machine's users reaches the provider at which anybody may be
/// anybody.
fn safe(args: &Args) -> Result<(), StartError> {
    let (tls, loopback) = (args.tls_certificate.is_some(), args.listen.ip().is_loopback());
    let url = args.public_url.as_deref();
    let secure = url.map_or(tls, |url| url.starts_with("https://"));
    if !secure && (tls || !loopback) {
        let address = args.listen;
        return Err(StartError::Usage(format!(
            "{address} is reached from elsewhere, or speaks TLS: say --public-url https://…, and without --tls-certificate \
             put a proxy that ends TLS in front"
        )));
    }
    let local = url.is_none_or(|url| url.starts_with("http://localhost:") || url.starts_with("https://localhost:"));
    if args.oidc_issuer.is_none() && !(loopback && local) {
        return Err(StartError::Usage(
            "the development provider lets anybody be anybody: it serves localhost alone; say --oidc-issuer".to_owned(),
        ));
    }
    Ok(())
}

/// A real provider, if the arguments name one.
async fn identity(args: &Args, url: &str) -> Result<Option<OidcConfig>, StartError> {
    let Some((issuer, client)) = args.oidc_issuer.as_deref().zip(args.oidc_client_id.as_deref()) else {
        return Ok(None);
    };
    let config = OidcConfig::new(issuer, client, &callback(url));
    let config = config.algorithms(&[Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]);
    match &args.oidc_client_secret_file {
        Some(file) => Ok(Some(config.secret(secret_file::read(file).await?))),
        None => Ok(Some(config)),
    }
}

/// The provider for development, on loopback or not at all.
fn development(args: &Args, url: &str) -> Result<(Server, OidcConfig, String), StartError> {
    let (listener, address) = listen::loopback(args.dev_provider_listen, "the development provider")?;
    tracing::warn!("sign-in is at the development provider: anybody may be anybody");
    let issuer = provider::issuer(address);
    let config = OidcConfig::new(&issuer, provider::CLIENT, &callback(url)).algorithms(&[Algorithm::Es256]);
    let server = Server::of(listener, provider::router(address, url)?);
    Ok((server, config.plain_http_on_loopback(), issuer))
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

async fn session_keys(args: &Args) -> Result<SessionKeys, StartError> {
    let usage = |error: tenancy::gateway::SessionKeyError| StartError::Usage(error.to_string());
    let key = match &args.session_key_file {
        Some(file) => SessionKey::from_hex(&secret_file::read(file).await?),
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
