//! What a connection runs over: TLS, or plaintext.

use super::inline_driver::InlineDriver;
#[cfg(feature = "postgres-tls")]
use super::sync_elision::ElisionOverTls;
use super::sync_elision::ElisionWithoutTls;
use crate::db::PoolError;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, Error, NoTls};

#[cfg(feature = "postgres-tls")]
use super::rustls_config;
#[cfg(feature = "postgres-tls")]
use tokio_postgres_rustls::MakeRustlsConnect;

/// Plaintext, unless there are certificates; then TLS and no plaintext.
#[derive(Clone, Default)]
pub struct Encryption {
    #[cfg(feature = "postgres-tls")]
    pub(super) tls: Option<MakeRustlsConnect>,
}

/// A client, and the connection that its responses come from.
pub(super) struct Connected {
    pub(super) client: Client,
    pub(super) driver: InlineDriver,
    /// The token's request is one with its statement's (`sync_elision/`).
    pub(super) elides_sync: bool,
}

macro_rules! connected {
    ($config:expr, $tls:expr, $elides_sync:expr) => {{
        let (client, connection) = $config.connect($tls).await?;
        Ok(Connected { client, driver: InlineDriver::new(connection), elides_sync: $elides_sync })
    }};
}

impl Encryption {
    fn is_on(&self) -> bool {
        #[cfg(feature = "postgres-tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "postgres-tls"))]
        false
    }

    /// A URL that says the contrary is a mistake, and no matter of which one wins.
    ///
    /// # Errors
    /// When it does.
    pub fn agrees_with(&self, url: &str) -> Result<(), PoolError> {
        // A text that is not a URL is reported when the pool connects.
        let Ok(config) = url.parse::<Config>() else { return Ok(()) };
        match (config.get_ssl_mode(), self.is_on()) {
            (SslMode::Require, false) => {
                Err(PoolError::Setup("its URL demands TLS (`sslmode=require`), and no root certificates were given"))
            }
            (SslMode::Disable, true) => Err(PoolError::Setup("its URL forbids TLS (`sslmode=disable`)")),
            _ => Ok(()),
        }
    }

    /// What speaks TLS to the server, if anything does.
    #[cfg(feature = "postgres-tls")]
    pub fn tls(&self) -> Option<MakeRustlsConnect> {
        self.tls.clone()
    }

    /// Connects. `elide` puts the rewriting of `sync_elision/` between driver and socket, where that is possible.
    pub(super) async fn connect(&self, url: &str, elide: bool) -> Result<Connected, Error> {
        let mut config: Config = url.parse()?;
        #[cfg(feature = "postgres-tls")]
        if let Some(tls) = &self.tls {
            // `prefer`, the default, would go on in plaintext with a server, or an attacker on the way, that has no TLS.
            config.ssl_mode(SslMode::Require);
            if !elide {
                return connected!(config, tls.clone(), false);
            }
            return connected!(config, ElisionOverTls(tls.clone()), true);
        }
        if !elide
            || config.get_hosts().is_empty()
            || !config.get_hosts().iter().all(|host| matches!(host, Host::Tcp(_)))
        {
            // tokio-postgres needs a host name for what it takes for TLS; a socket in a folder has none.
            return connected!(config, NoTls, false);
        }
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        connected!(config, ElisionWithoutTls, true)
    }
}

#[cfg(feature = "postgres-tls")]
impl From<rustls::ClientConfig> for Encryption {
    fn from(config: rustls::ClientConfig) -> Self {
        Self { tls: Some(MakeRustlsConnect::new(config)) }
    }
}

/// What trusts the certificates of this PEM text and no others, over TLS 1.2 and 1.3: for everything here that takes a
/// configuration of rustls. With a certificate to show: [`tls_roots_and_certificate`].
///
/// # Errors
/// When the text holds no certificates.
#[cfg(feature = "postgres-tls")]
pub fn tls_roots(pem: &str) -> Result<rustls::ClientConfig, crate::db::Error> {
    Ok(trusting(pem)?.with_no_client_auth())
}

/// The same with a certificate to show, for a role that comes in by one (`hostssl .. cert`): its chain and its key (PEM). Neither
/// is read again; those of `tenancy_tls::client_config` are.
///
/// # Errors
/// When one of the texts holds none, or the key is of another certificate.
#[cfg(feature = "postgres-tls")]
pub fn tls_roots_and_certificate(
    roots: &str,
    certificate: &str,
    key: &str,
) -> Result<rustls::ClientConfig, crate::db::Error> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let refused = |why| move |_| PoolError::Setup(why);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect();
    let chain = chain.map_err(refused("its certificate is no PEM"))?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(refused("its certificate's key is no PEM"))?;
    let config = trusting(roots)?.with_client_auth_cert(chain, key);
    Ok(config
        .map_err(|_| PoolError::Setup("its certificate and key are not a pair, or of a kind that is not known"))?)
}

#[cfg(feature = "postgres-tls")]
fn trusting(
    roots: &str,
) -> Result<rustls::ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>, PoolError> {
    let client = rustls_config::roots(roots).and_then(|roots| rustls_config::client(roots).ok());
    client.ok_or(PoolError::Setup("its root certificates are no PEM"))
}
