//! The end that serves.

use super::{Identity, TlsError};
use crate::rustls_config;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy_secrets::{Change, ExposeSecret as _, SecretError, SecretRef, SecretString, Secrets, Watched};

/// Whether clients must have certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Who has none does not get past the handshake.
    MustHaveCertificates,
    /// Who has none gets in without a [`ClientIdentity`](super::ClientIdentity); who has a wrong one does not.
    MayHaveCertificates,
}

/// Sets up a [`ServerTls`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ServerTlsBuilder {
    references: Vec<SecretRef>,
    clients: Option<Clients>,
}

/// A certificate that is served, and that follows its secret. Cloning it is cheap.
#[derive(Clone)]
pub struct ServerTls {
    pub(super) config: RustlsConfig,
    material: Watched<Material>,
    /// Seconds since 1970, of the certificate that is served, also when it is too old to be confirmed.
    not_after: Arc<AtomicU64>,
}

struct Material {
    config: Arc<ServerConfig>,
    not_after: SystemTime,
}

impl ServerTls {
    /// The chain, the own certificate first, and its key, both in PEM form. They should be of one place, so that they are
    /// never read from two states of it.
    pub fn builder(certificate: SecretRef, key: SecretRef) -> ServerTlsBuilder {
        ServerTlsBuilder { references: vec![certificate.of_a_certificate(), key], clients: None }
    }

    /// When the time of the certificate in use is over.
    pub fn not_after(&self) -> SystemTime {
        at(self.not_after.load(Ordering::Relaxed))
    }

    /// Returns how long the certificate in use still holds, and zero when it has expired: for a metric and an alarm.
    pub fn time_left(&self) -> Duration {
        self.not_after().duration_since(SystemTime::now()).unwrap_or_default()
    }

    /// Whether the last attempt to read the certificate again failed; the old one is served meanwhile.
    pub fn is_failing(&self) -> bool {
        self.material.is_failing()
    }

    /// How often the certificate changed since it was first read.
    pub fn changes(&self) -> u64 {
        self.material.changes()
    }
}

impl ServerTlsBuilder {
    /// Asks clients for certificates that one of the roots signed; the roots are in PEM form and followed as the
    /// certificate is. Sessions are then not resumed, so that a root that is taken away holds at once for new connections.
    pub fn clients(mut self, clients: Clients, roots: SecretRef) -> Self {
        self.references.truncate(2);
        self.references.push(roots.of_a_certificate());
        self.clients = Some(clients);
        self
    }

    /// Reads the certificate, and follows it from then on.
    ///
    /// # Errors
    /// When a secret is refused, the key is of another certificate, or the certificate is not valid now.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its timers and I/O enabled.
    pub async fn load(self, secrets: &Secrets) -> Result<ServerTls, SecretError> {
        let clients = self.clients;
        let parse = move |values: &[SecretString]| material(values, clients).map_err(|error| error.unfit());
        let material = secrets.watch(&self.references, parse).await?;
        let config = RustlsConfig::from_config(Arc::clone(&material.get()?.config));
        let not_after = Arc::new(AtomicU64::new(0));
        let (served, holds) = (config.clone(), Arc::clone(&not_after));
        // What is stale stays: a certificate says itself how long it holds.
        material.on_change(move |change| {
            if let Change::New(material) = change {
                served.reload_from_config(Arc::clone(&material.config));
                holds.store(seconds(material.not_after), Ordering::Relaxed);
            }
        });
        Ok(ServerTls { config, material, not_after })
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn material(values: &[SecretString], clients: Option<Clients>) -> Result<Material, TlsError> {
    let mut values = values.iter().map(|value| value.expose_secret());
    let chain = values.next().ok_or(TlsError::Certificate)?;
    let identity = Identity::from_pem(chain, values.next().ok_or(TlsError::Key)?)?;
    let verifier = match (clients, values.next()) {
        (Some(clients), Some(roots)) => Some(verifier(clients, roots)?),
        (Some(_), None) => return Err(TlsError::Roots),
        (None, _) => None,
    };
    Ok(Material { config: Arc::new(config(&identity, verifier)?), not_after: identity.not_after() })
}

fn verifier(clients: Clients, roots: &str) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let roots = rustls_config::roots(roots).ok_or(TlsError::Roots)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), rustls_config::provider());
    let verifier = match clients {
        Clients::MustHaveCertificates => verifier,
        Clients::MayHaveCertificates => verifier.allow_unauthenticated(),
    };
    verifier.build().map_err(|_| TlsError::Roots)
}

/// Built for each certificate: its sessions end with it, so none is resumed under an old one.
fn config(identity: &Identity, verifier: Option<Arc<dyn ClientCertVerifier>>) -> Result<ServerConfig, TlsError> {
    let versions =
        ServerConfig::builder_with_provider(rustls_config::provider()).with_protocol_versions(rustls_config::VERSIONS);
    let versions = versions.map_err(|_| TlsError::Certificate)?;
    let resolver = Arc::new(SingleCertAndKey::from(Arc::clone(&identity.certified)));
    let mut config = match verifier {
        None => versions.with_no_client_auth().with_cert_resolver(resolver),
        Some(verifier) => {
            let mut config = versions.with_client_cert_verifier(verifier).with_cert_resolver(resolver);
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
            config
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("not_after", &self.not_after()).finish_non_exhaustive()
    }
}
