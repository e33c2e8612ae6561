//! Who a client is, by its certificate.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use axum_server::tls::TlsInfo;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use std::sync::Arc;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The certificate that a client proved to have the key of, and that one of the roots signed.
///
/// A handler takes it as an argument: without one the request is answered 403, with `Option` it goes on. Nothing but the
/// [`Listener`](super::Listener) makes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientIdentity(Arc<Seen>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Seen {
    fingerprint: [u8; 32],
    uris: Vec<String>,
    dns_names: Vec<String>,
}

impl ClientIdentity {
    /// SHA-256 of the certificate: what the grants of this connection are bound to.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.0.fingerprint
    }

    /// The URIs that it is named by, such as `spiffe://cluster/ns/billing/sa/gateway`.
    pub fn uris(&self) -> &[String] {
        &self.0.uris
    }

    /// The DNS names that it is named by.
    pub fn dns_names(&self) -> &[String] {
        &self.0.dns_names
    }

    fn of(info: &TlsInfo) -> Option<Self> {
        let certificate = info.peer_certificates.first()?;
        let mut seen =
            Seen { fingerprint: Sha256::digest(certificate).into(), uris: Vec::new(), dns_names: Vec::new() };
        // The handshake has verified it. Where its names cannot be read here, it has none, and grants are bound to it all the same.
        let read = Certificate::from_der(certificate).ok();
        let names = read.and_then(|read| read.tbs_certificate.get::<SubjectAltName>().ok().flatten());
        for name in names.into_iter().flat_map(|(_, names)| names.0) {
            match name {
                GeneralName::UniformResourceIdentifier(uri) => seen.uris.push(uri.to_string()),
                GeneralName::DnsName(name) => seen.dns_names.push(name.to_string()),
                _ => {}
            }
        }
        Some(Self(Arc::new(seen)))
    }
}

/// Puts the identity where the extractor finds it.
pub(super) async fn identify(mut request: Request, next: Next) -> Response {
    let identity = request.extensions().get::<Arc<TlsInfo>>().and_then(|info| ClientIdentity::of(info));
    request.extensions_mut().remove::<ClientIdentity>();
    if let Some(identity) = identity {
        request.extensions_mut().insert(identity);
    }
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for ClientIdentity {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::FORBIDDEN)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for ClientIdentity {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get().cloned())
    }
}
