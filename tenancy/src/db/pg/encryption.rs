//! What a connection runs over: TLS, or nothing.

#[cfg(feature = "postgres-tls")]
use super::line::OnLine;
use super::line::Plain;
use super::wire::Wire;
use crate::db::PoolError;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, Error, NoTls};

#[cfg(feature = "postgres-tls")]
use super::{Postgres, TenantDbBuilder, Walls};
#[cfg(feature = "postgres-tls")]
use tokio_postgres_rustls::MakeRustlsConnect;

/// Nothing, unless there are certificates; then TLS and nothing else.
#[derive(Clone, Default)]
pub(crate) struct Encryption {
    #[cfg(feature = "postgres-tls")]
    pub(super) tls: Option<MakeRustlsConnect>,
}

/// A client, and what is between it and the server.
pub(super) struct Connected {
    pub(super) client: Client,
    pub(super) wire: Wire,
    /// The token's request can be one with its statement's (`line/`).
    pub(super) joins: bool,
}

macro_rules! connected {
    ($config:expr, $tls:expr, $joins:expr) => {{
        let (client, connection) = $config.connect($tls).await?;
        Ok(Connected { client, wire: Wire::new(connection), joins: $joins })
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
    pub(super) fn agrees_with(&self, url: &str) -> Result<(), PoolError> {
        // What is no URL is told when it is connected to.
        let Ok(config) = url.parse::<Config>() else { return Ok(()) };
        match (config.get_ssl_mode(), self.is_on()) {
            (SslMode::Require, false) => {
                Err(PoolError::Setup("its URL demands TLS (`sslmode=require`), and no root certificates were given"))
            }
            (SslMode::Disable, true) => Err(PoolError::Setup("its URL forbids TLS (`sslmode=disable`)")),
            _ => Ok(()),
        }
    }

    /// Joins requests only where there is a token to join, so nothing else runs over a line.
    pub(super) async fn connect(&self, url: &str, armed: bool) -> Result<Connected, Error> {
        let mut config: Config = url.parse()?;
        #[cfg(feature = "postgres-tls")]
        if let Some(tls) = &self.tls {
            // `prefer`, the default, would go on in plaintext with a server, or somebody on the way, that has no TLS.
            config.ssl_mode(SslMode::Require);
            if !armed {
                return connected!(config, tls.clone(), false);
            }
            return connected!(config, OnLine(tls.clone()), true);
        }
        if !armed
            || config.get_hosts().is_empty()
            || !config.get_hosts().iter().all(|host| matches!(host, Host::Tcp(_)))
        {
            // The driver asks a host name of whatever it takes for TLS; a socket in a folder has none.
            return connected!(config, NoTls, false);
        }
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        connected!(config, Plain, true)
    }
}

#[cfg(feature = "postgres-tls")]
impl From<rustls::ClientConfig> for Encryption {
    fn from(config: rustls::ClientConfig) -> Self {
        Self { tls: Some(MakeRustlsConnect::new(config)) }
    }
}

#[cfg(feature = "postgres-tls")]
impl super::Settings {
    pub(crate) fn over_tls(config: rustls::ClientConfig) -> Self {
        Self { encryption: config.into(), ..Self::default() }
    }
}

#[cfg(feature = "audit")]
impl super::Settings {
    pub(crate) fn encryption(&self) -> &Encryption {
        &self.encryption
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
/// is read anew; those of `tls::client_config` are (feature `tls`).
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
    let client = crate::trust::roots(roots).and_then(|roots| crate::trust::client(roots).ok());
    client.ok_or(PoolError::Setup("its root certificates are no PEM"))
}

#[cfg(feature = "postgres-tls")]
impl<W: Walls> TenantDbBuilder<Postgres<W>> {
    /// Connects over TLS and in no other way, as `sslmode=verify-full` does: the server's certificate must be one of the
    /// configuration's roots and bear the URL's host name. Where the server's certificate allows, the password's proof is
    /// bound to it (SCRAM with channel binding).
    ///
    /// The configuration is rustls 0.23's: with a client certificate the server may ask for one.
    pub fn tls(mut self, config: rustls::ClientConfig) -> Self {
        self.settings.encryption = config.into();
        self
    }

    /// The same, trusting the certificates of this PEM text and no others.
    ///
    /// # Errors
    /// When the text holds no certificates.
    pub fn tls_with_roots(self, pem: &str) -> Result<Self, crate::db::Error> {
        Ok(self.tls(tls_roots(pem)?))
    }
}
