//! A certificate and its key.

use crate::rustls_config;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// Why there is no TLS. It never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The text holds no certificate, or one that cannot be read.
    #[error("{}", text::CERTIFICATE)]
    Certificate,
    /// The text holds no private key, or one that cannot be used.
    #[error("{}", text::KEY)]
    Key,
    /// The key belongs to another certificate.
    #[error("{}", text::MISMATCH)]
    Mismatch,
    /// The certificate's time is over.
    #[error("{}", text::EXPIRED)]
    Expired,
    /// The certificate's time has not begun.
    #[error("{}", text::NOT_YET)]
    NotYetValid,
    /// The root certificates are none.
    #[error("{}", text::ROOTS)]
    Roots,
    /// Plaintext was asked for on an address that others reach.
    #[error(
        "plaintext on `{0}`, which is not loopback: use TLS, listen on 127.0.0.1 behind a proxy, or say \
         `plaintext_because(reason)`"
    )]
    NotLoopback(SocketAddr),
    /// The socket does not say where it listens.
    #[error("the socket is not bound")]
    Unbound,
    /// The place that browsers are sent to is no origin.
    #[error("no origin to redirect to: write `https://host` or `https://host:port`, and nothing after it")]
    Origin,
}

/// The texts, which also go into the errors of secrets.
mod text {
    pub(super) const CERTIFICATE: &str = "no certificate in PEM form: begin with the server's, then its intermediates";
    pub(super) const KEY: &str = "no private key in PEM form, or of a kind that is not known";
    pub(super) const MISMATCH: &str = "the key does not belong to the certificate";
    pub(super) const EXPIRED: &str = "the certificate is expired: renew it";
    pub(super) const NOT_YET: &str = "the certificate is not valid yet: is the clock right?";
    pub(super) const ROOTS: &str = "no root certificates in PEM form";
}

impl TlsError {
    /// Why a secret is unfit to be used.
    pub(super) fn unfit(&self) -> &'static str {
        match self {
            Self::Key => text::KEY,
            Self::Mismatch => text::MISMATCH,
            Self::Expired => text::EXPIRED,
            Self::NotYetValid => text::NOT_YET,
            Self::Roots => text::ROOTS,
            _ => text::CERTIFICATE,
        }
    }
}

/// A certificate, its intermediates and its key, which match and are valid now.
#[derive(Clone)]
pub struct Identity {
    pub(super) certified: Arc<CertifiedKey>,
    not_after: SystemTime,
}

impl Identity {
    /// Reads a chain, the own certificate first, and its key, both in PEM form.
    ///
    /// # Errors
    /// When one of them cannot be read, they do not match, or the certificate is not valid now.
    pub fn from_pem(chain: &str, key: &str) -> Result<Self, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
        let chain = chain.map_err(|_| TlsError::Certificate)?;
        let leaf = chain.first().ok_or(TlsError::Certificate)?;
        let leaf = Certificate::from_der(leaf).map_err(|_| TlsError::Certificate)?;
        let validity = leaf.tbs_certificate.validity;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| TlsError::Key)?;
        let certified =
            CertifiedKey::from_der(chain, key, &rustls_config::provider()).map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => TlsError::Mismatch,
                rustls::Error::InvalidCertificate(_) => TlsError::Certificate,
                _ => TlsError::Key,
            })?;
        let now = SystemTime::now();
        let [not_before, not_after] = [validity.not_before, validity.not_after].map(|time| at(time.to_unix_duration()));
        if now < not_before {
            return Err(TlsError::NotYetValid);
        }
        if now >= not_after {
            return Err(TlsError::Expired);
        }
        Ok(Self { certified: Arc::new(certified), not_after })
    }

    /// When the certificate's time is over.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }
}

fn at(since_1970: Duration) -> SystemTime {
    UNIX_EPOCH + since_1970
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}
