//! Gateway and service in two processes.
//!
//! Both are in this program, so both link everything. A service of one's own depends on `tenancy-service`
//! alone, and then holds no code that signs (`tenancy/tests/split/graph.rs`).

use crate::front::Front;
use crate::ready::Need;
use crate::statements::Statements;
use crate::web::{self, Books};
use crate::{Args, Running, StartError, listen, places, secrets};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use std::path::Path;
use std::time::Duration;
use tenancy::scope::{PublicKey, PublicKeyError};
use tenancy_gateway::Gateway;
use tenancy_gateway::split::{FileEndorser, Forward, KeyFileError, SigningKeys, Upstream, VaultEndorser};
use tenancy_secrets::Secrets;
use tenancy_service::KeyRing;
use tenancy_service::{HttpStatements, Service, ServiceKeys};
use tenancy_tls::{Listener, client_config, watch_identity};

/// Who grants.
const ISSUER: &str = "billing gateway";
/// For which service.
const AUDIENCE: &str = "billing";
/// Why statements of keys need no TLS.
const PLAIN: &str = "key statements are signed, dated and numbered, and no secret";

/// Makes a root key in a new file; returns its public half.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn new_root_key(file: &Path) -> Result<String, StartError> {
    let root = FileEndorser::create(file).map_err(StartError::split::<KeyFileError>("--new-root-key"))?;
    Ok(root.public_key().to_string())
}

/// The gateway's part.
pub(crate) async fn gateway(args: &Args, secrets: &Secrets) -> Result<Running, StartError> {
    let tables = places::tables(args, secrets).await?;
    let (keys, root) = signing_keys(args, secrets).await?;
    let front = Front::open(args, secrets, &tables).await?;
    let service = service_behind(args, secrets, front.gateway(), &keys).await?;
    let (statements, address) = statements(args)?;
    let needs = vec![Need::Signing(keys.clone())];
    let mut running = front.serve(args, secrets, web::forwarded(&service), needs).await?;
    running.tables = Some(tables);
    running.statements = address;
    running.root = Some(root.to_string());
    running.serve(statements, told_to_services(&keys));
    running.keep(keys.keep_rotating());
    Ok(running)
}

/// The gateway's keys, and the root that endorses them.
async fn signing_keys(args: &Args, secrets: &Secrets) -> Result<(SigningKeys, PublicKey), StartError> {
    let split = &args.split;
    let (keys, trusted) = match (&split.root_key, &split.root_transit) {
        (Some(key), None) => {
            let secret = secrets.read(&secrets::reference(key, "--root-key")?).await?;
            let root = FileEndorser::from_paserk(&secret).map_err(StartError::split::<KeyFileError>("--root-key"))?;
            let trusted = root.public_key();
            (SigningKeys::builder(ISSUER, [AUDIENCE], root, [trusted.clone()]), trusted)
        }
        (None, Some(place)) => {
            let root = transit(args, place).await?;
            let trusted = root.public_key();
            (SigningKeys::builder(ISSUER, [AUDIENCE], root, [trusted.clone()]), trusted)
        }
        _ => return Err(StartError::Usage("--gateway takes one root: --root-key or --root-transit".to_owned())),
    };
    let keys = keys.publish_before(Duration::from_secs(split.publish_keys_before)).build().await;
    Ok((keys.map_err(StartError::split("--publish-keys-before, --root-key, --root-transit"))?, trusted))
}

/// A root that stays in the store, over a session of its own.
async fn transit(args: &Args, place: &str) -> Result<VaultEndorser, StartError> {
    let named = place.split_once('/').zip(secrets::store(&args.vault).await?);
    let usage = || StartError::Usage("write --root-transit MOUNT/KEY, and --vault-address".to_owned());
    let ((mount, key), store) = named.ok_or_else(usage)?;
    VaultEndorser::connect(store, mount, key).await.map_err(StartError::split("--root-transit"))
}

/// What passes requests on: over TLS, or on this machine.
async fn service_behind(
    args: &Args,
    secrets: &Secrets,
    gateway: &Gateway,
    keys: &SigningKeys,
) -> Result<Forward, StartError> {
    let (split, wrong) = (&args.split, StartError::split("--upstream, --upstream-ca"));
    let address = split.upstream.as_deref().unwrap_or_default();
    let Some(roots) = &split.upstream_ca else {
        return Ok(gateway.proxy(keys.clone()).to(Upstream::new(AUDIENCE, address).map_err(wrong)?));
    };
    let upstream = Upstream::over_tls(AUDIENCE, address).map_err(wrong)?;
    let certificate = secrets::optional(split.upstream_certificate.as_ref(), "--upstream-certificate")?;
    let identity = match certificate.zip(secrets::optional(split.upstream_key.as_ref(), "--upstream-key")?) {
        Some((certificate, key)) => Some(watch_identity(secrets, certificate, key).await?),
        None => None,
    };
    let config = client_config(&secrets::certificates(roots, "--upstream-ca")?, identity)?;
    Ok(gateway.proxy_over_tls(keys.clone(), config).to(upstream))
}

fn statements(args: &Args) -> Result<(Listener, Option<std::net::SocketAddr>), StartError> {
    let address =
        args.split.keys_listen.ok_or_else(|| StartError::Usage("--gateway needs --keys-listen".to_owned()))?;
    let (socket, address) = listen::bind(address)?;
    Ok((Listener::plaintext_because(socket, PLAIN), Some(address)))
}

/// What services ask the gateway, and what a probe asks that decides whether it is given requests.
fn told_to_services(keys: &SigningKeys) -> Router {
    let asked = keys.clone();
    let ready = async move || if asked.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Router::new().route("/keys", keys.route()).route("/ready", get(ready))
}

/// The service's part.
pub(crate) async fn service(args: &Args, secrets: &Secrets) -> Result<Running, StartError> {
    let (socket, address) = listen::bind(args.listen)?;
    let listener = listen::listener(args, secrets, socket, address).await?;
    let roots: Result<Vec<PublicKey>, PublicKeyError> = args.split.trust.iter().map(|key| key.parse()).collect();
    let ring = KeyRing::new(ISSUER, AUDIENCE, roots.map_err(StartError::split("--trust"))?);
    let source = HttpStatements::at(&args.split.statements).map_err(StartError::split("--statements"))?;
    let keys = ServiceKeys::new(ring, source);
    let service = Service::builder(keys.clone()).build();
    let shelf = places::books(args, secrets).await?;
    let (ledger, permissions) = shelf.open(service.authority()).await?;
    let books = Books { ledger, permissions, statements: Statements::default() };

    let scheme = if args.tls_certificate.is_some() { "https" } else { "http" };
    let mut running = Running::at(format!("{scheme}://{address}"));
    let needs = shelf.needs(&books.ledger);
    running.shelf = Some(shelf);
    running.keep(keys.keep_fresh());
    running.serve(listener, web::pages(books).layer(service.layer()));
    listen::internal(args, &mut running, needs, move || service.metrics())?;
    Ok(running)
}
