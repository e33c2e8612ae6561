//! The gateway's side: sign-in, sessions, the directory, and the pages of all that.

use crate::listen::{self, Server};
use crate::places::Tables;
use crate::ready::Need;
use crate::web::{self, Accounts, Dress};
use crate::{Args, OidcArgs, ProviderProfile, Running, SecretPlace, StartError, demo, provider, secrets};
use axum::Router;
use axum::http::HeaderValue;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tenancy_gateway::oidc::{self, Algorithm, Limits, OidcClient, OidcConfig, Profile};
use tenancy_gateway::{Gateway, SessionKey, SessionKeys, follow_session_keys};
use tenancy_secrets::{Secrets, Watched};
use tenancy_tls::{Listener, Redirects};

/// For how long requests that were on their way still read when another tab switched.
const PREVIOUS: Duration = Duration::from_secs(10);
/// How often sessions that are over are taken away.
const SWEEP: Duration = Duration::from_secs(60);
/// How long a session lives, and how old a proof may be with which it begins: no user goes on for more than 12 h without one.
const LIFE: Duration = Duration::from_secs(8 * 60 * 60);
const PROOF: Duration = Duration::from_secs(4 * 60 * 60);
/// How many sessions a user has at once.
const MOST_SESSIONS: u32 = 20;
/// How old a proof may be to end others of the own sessions.
pub(crate) const FRESH: Duration = Duration::from_secs(15 * 60);

/// A gateway that does not answer yet.
pub(crate) struct Front {
    gateway: Gateway,
    listener: Listener,
    url: String,
    session_keys: Option<Watched<SessionKeys>>,
}

impl Front {
    pub(crate) async fn open(args: &Args, secrets: &Secrets, tables: &Tables) -> Result<Self, StartError> {
        let (socket, address) = listen::bind(args.listen)?;
        let url = public_url(args, address);
        let listener = listen::listener(args, secrets, socket, address).await?;
        let (keys, session_keys) = session_keys(args, secrets).await?;
        let gateway = Gateway::builder(tables.open().await?, keys, &url)
            .absolute_timeout(LIFE)
            .most_sessions(MOST_SESSIONS)
            .fresh_proof_to_end_sessions(FRESH)
            .previous_id_reads(PREVIOUS)
            .build()?;
        Ok(Self { gateway, listener, url, session_keys })
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Answers. `of_organization` are the organization's pages, or lead to them; `needs` is what they need.
    pub(crate) async fn serve(
        self,
        args: &Args,
        secrets: &Secrets,
        of_organization: Router,
        needs: Vec<Need>,
    ) -> Result<Running, StartError> {
        let Self { gateway, listener, url, session_keys } = self;
        let mut running = Running::at(url.clone());
        running.follows(session_keys);
        let config = match identity(args, secrets, &url).await? {
            Some(config) => config,
            None => development(args, &url, &mut running)?,
        };
        let oidc = discover(config, &url).await?;
        let development = running.provider.is_some();
        running.issuer = oidc.issuer().to_owned();
        directory(args, &gateway, oidc.issuer(), development).await?;
        running.keep(sweep(gateway.clone()));
        let policy = policy(oidc.issuer(), &args.oidc.oidc_endpoint_origin)?;
        let dress = Dress { policy, url };
        let logins = gateway.logins(&oidc);
        let accounts = Arc::new(Accounts { gateway, oidc, logins, development });
        side_doors(args, &accounts, needs, &mut running)?;
        running.serve(listener, web::router(accounts, of_organization, dress));
        Ok(running)
    }
}

/// Probes and counters, and what sends browsers over to TLS.
fn side_doors(
    args: &Args,
    accounts: &Arc<Accounts>,
    mut needs: Vec<Need>,
    running: &mut Running,
) -> Result<(), StartError> {
    needs.push(Need::Gateway(accounts.gateway.clone()));
    let counted = Arc::clone(accounts);
    listen::internal(args, running, needs, move || counted.gateway.metrics() + &oidc::metrics([&counted.oidc]))?;
    if let Some(address) = args.redirect_listen {
        let (socket, address) = listen::bind(address)?;
        let redirects = Redirects::new(socket, running.url())?;
        running.started(Server::start(redirects.handle(), redirects.serve()));
        running.redirects = Some(address);
    }
    Ok(())
}

/// What browsers see.
fn public_url(args: &Args, address: SocketAddr) -> String {
    let scheme = if args.tls_certificate.is_some() { "https" } else { "http" };
    match &args.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("{scheme}://localhost:{}", address.port()),
    }
}

/// Where a provider sends browsers back to.
fn callback(url: &str) -> String {
    format!("{url}/login/callback")
}

async fn discover(config: OidcConfig, url: &str) -> Result<OidcClient, StartError> {
    let config = config.after_logout(&format!("{url}/")).max_age(PROOF);
    let config = if url.starts_with("http://") { config.plain_http_on_loopback() } else { config };
    Ok(OidcClient::discover(config).await?)
}

/// A real provider, if the arguments name one.
async fn identity(args: &Args, secrets: &Secrets, url: &str) -> Result<Option<OidcConfig>, StartError> {
    let args = &args.oidc;
    let Some((issuer, client)) = args.oidc_issuer.as_deref().zip(args.oidc_client_id.as_deref()) else {
        return Ok(None);
    };
    let config = particular(args, OidcConfig::new(issuer, client, &callback(url)))?;
    match secrets::optional(args.oidc_client_secret.as_ref(), "--oidc-client-secret")? {
        Some(reference) => Ok(Some(config.secret_from(secrets, &reference).await?)),
        None => Ok(Some(config)),
    }
}

/// What the arguments say of that provider.
fn particular(args: &OidcArgs, config: OidcConfig) -> Result<OidcConfig, StartError> {
    let config = match args.oidc_algorithm.as_slice() {
        [] => config.algorithms(&[Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]),
        named => config.algorithms(named),
    };
    let config = config.profile(match args.oidc_profile {
        ProviderProfile::Generic => Profile::Generic,
        ProviderProfile::Keycloak => Profile::Keycloak,
        ProviderProfile::Zitadel => Profile::Zitadel { project: args.oidc_project.clone().unwrap_or_default() },
    });
    let config = match args.oidc_secret_in {
        None => config,
        Some(SecretPlace::Header) => config.secret_in_header(),
        Some(SecretPlace::Body) => config.secret_in_body(),
    };
    let mut limits = Limits::default();
    limits.skew = args.oidc_skew.map_or(limits.skew, Duration::from_secs);
    let config = if args.oidc_expired_hint { config.expired_id_token_hint() } else { config };
    let config = match &args.oidc_ca {
        Some(file) => config.root_certificates(secrets::certificates(file, "--oidc-ca")?),
        None => config,
    };
    let config = args.oidc_endpoint_origin.iter().fold(config, |config, origin| config.endpoint_origin(origin));
    let config = args.oidc_audience.iter().fold(config, |config, name| config.further_audience(name));
    Ok(args.oidc_tolerate.iter().fold(config.limits(limits), |config, deviation| config.tolerate(*deviation)))
}

/// The provider for development, on loopback or not at all.
fn development(args: &Args, url: &str, running: &mut Running) -> Result<OidcConfig, StartError> {
    let (listener, address) = listen::loopback(args.dev_provider_listen, "the development provider")?;
    tracing::warn!("sign-in is at the development provider: any visitor can sign in as any user");
    let issuer = provider::issuer(address);
    let config = OidcConfig::new(&issuer, provider::CLIENT, &callback(url)).algorithms(&[Algorithm::Es256]);
    running.serve(listener, provider::router(address, url)?);
    running.provider = Some(issuer);
    Ok(config.plain_http_on_loopback())
}

async fn directory(args: &Args, gateway: &Gateway, issuer: &str, development: bool) -> Result<(), StartError> {
    let directory = gateway.directory("billing at its start");
    demo::organizations(&directory).await?;
    if development {
        demo::people(&directory, issuer).await?;
    }
    for member in args.add_member.iter().chain(&args.add_owner) {
        if !demo::ORGANIZATIONS.iter().any(|one| one.slug == member.organization) {
            let text = "--add-member or --add-owner names no organization of the demonstration: there are harbour-trading and freewheel";
            return Err(StartError::Usage(text.to_owned()));
        }
        demo::member(&directory, issuer, &member.subject, &member.organization).await?;
    }
    Ok(())
}

/// Those of a secret follow it.
async fn session_keys(
    args: &Args,
    secrets: &Secrets,
) -> Result<(SessionKeys, Option<Watched<SessionKeys>>), StartError> {
    let Some(reference) = secrets::optional(args.session_key.as_ref(), "--session-key")? else {
        tracing::warn!(
            "without --session-key every session ends with this process: after a restart people sign in again"
        );
        let key = SessionKey::generate().map_err(|why| StartError::Usage(why.to_string()))?;
        return Ok((SessionKeys::new(key), None));
    };
    let (keys, followed) = follow_session_keys(secrets, &reference).await?;
    Ok((keys, Some(followed)))
}

/// Nothing but our own style, and forms that end here or, for a sign-out, at the provider, on whichever of its origins.
fn policy(issuer: &str, origins: &[String]) -> Result<HeaderValue, StartError> {
    let issuer: String = issuer.split_inclusive('/').take(3).collect();
    let places: Vec<_> =
        std::iter::once(issuer.trim_end_matches('/')).chain(origins.iter().map(String::as_str)).collect();
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        places.join(" ")
    );
    HeaderValue::from_str(&policy).map_err(|_| StartError::Usage("the issuer is no URL".to_owned()))
}

async fn sweep(gateway: Gateway) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        every.tick().await;
        // Again while a batch was full. A failure is logged by the gateway; the next minute tries again.
        while gateway.sessions().delete_expired(500).await.is_ok_and(|gone| gone >= 500) {}
    }
}
