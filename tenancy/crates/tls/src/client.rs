//! The end that asks: the gateway towards services, a service towards another.

use super::{Identity, TlsError};
use crate::rustls_config;
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};
use std::fmt;
use std::sync::Arc;
use tenancy_secrets::{ExposeSecret as _, SecretError, SecretRef, Secrets, Watched};

/// A certificate and its key that follow their secrets, for [`client_config`].
///
/// # Errors
/// When a secret is refused, the key is of another certificate, or the certificate is not valid now.
///
/// # Panics
/// Outside of a tokio runtime with its timers and I/O enabled.
pub async fn watch_identity(
    secrets: &Secrets,
    certificate: SecretRef,
    key: SecretRef,
) -> Result<Watched<Identity>, SecretError> {
    let parse = |values: &[_]| match values {
        [chain, key] => pair(chain, key).map_err(|error| error.unfit()),
        _ => Err(TlsError::Certificate.unfit()),
    };
    secrets.watch(&[certificate.of_a_certificate(), key], parse).await
}

fn pair(chain: &tenancy_secrets::SecretString, key: &tenancy_secrets::SecretString) -> Result<Identity, TlsError> {
    Identity::from_pem(chain.expose_secret(), key.expose_secret())
}

/// A client that trusts these roots (PEM) and no others, over TLS 1.2 and 1.3, and shows its certificate where it is asked
/// for one. A certificate that changes is shown from the next connection on.
///
/// # Errors
/// When the roots are none.
pub fn client_config(roots: &str, identity: Option<Watched<Identity>>) -> Result<ClientConfig, TlsError> {
    let roots = rustls_config::roots(roots).ok_or(TlsError::Roots)?;
    let config = rustls_config::client(roots).map_err(|_| TlsError::Roots)?;
    Ok(match identity {
        Some(identity) => {
            let mut config = config.with_client_cert_resolver(Arc::new(Followed(identity)));
            // A session that is resumed is one of the certificate that it began with.
            config.resumption = rustls::client::Resumption::disabled();
            config
        }
        None => config.with_no_client_auth(),
    })
}

struct Followed(Watched<Identity>);

impl ResolvesClientCert for Followed {
    fn resolve(&self, _roots: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // Without one the other end refuses us, as it should.
        self.0.get().ok().map(|identity| Arc::clone(&identity.certified))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
