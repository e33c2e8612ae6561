//! The way to services on other machines: TLS, or nothing.

use super::client_certificate::ShownCertificate;
use super::proxy::{CONNECT, Proxy, tcp};
use super::signing_keys::SigningKeys;
use crate::Gateway;
use axum::http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use tenancy_service::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

impl Gateway {
    /// A reverse proxy that grants with these keys, over TLS and in no other way: to services that are
    /// [`Upstream::over_tls`](super::Upstream::over_tls). Others are `502`.
    ///
    /// `tenancy_tls::client_config` makes the configuration, with the certificate that a service asks
    /// the gateway for. A connection that is open when a certificate changes is used until it is idle for 50 s.
    ///
    /// A grant is bound to the certificate that was shown on its connection, and worth nothing on another's.
    pub fn proxy_over_tls(&self, keys: SigningKeys, mut config: ClientConfig) -> Proxy {
        // Services are spoken to in HTTP/1.1, whatever the configuration offers.
        config.alpn_protocols.clear();
        if config.client_auth_cert_resolver.has_certs() {
            // One that is resumed is of a certificate that is not shown again, so it would be unknown here which.
            config.resumption = Resumption::disabled();
        }
        let mut tcp = tcp();
        tcp.enforce_http(false);
        self.proxy_over(keys, OverTls { tcp, config })
    }
}

/// Connects, and speaks TLS.
#[derive(Clone)]
struct OverTls {
    tcp: HttpConnector,
    config: ClientConfig,
}

type StoreError = Box<dyn std::error::Error + Send + Sync>;

impl tower_service::Service<Uri> for OverTls {
    type Response = TokioIo<Secured>;
    type Error = StoreError;
    type Future = BoxFuture<'static, Result<Self::Response, StoreError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StoreError>> {
        self.tcp.poll_ready(cx).map_err(StoreError::from)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let ((tls, shows), name) = (watched(&self.config), name(&uri));
        let tcp = self.tcp.call(uri);
        Box::pin(async move {
            let name = name?;
            let connected = async { Ok::<_, StoreError>(tls.connect(name, tcp.await?.into_inner()).await?) };
            // For both: who takes the connection and says nothing is no service either.
            let stream = tokio::time::timeout(CONNECT, connected).await??;
            Ok(TokioIo::new(Secured { stream, shown: shows.get().copied() }))
        })
    }
}

/// Whose certificate is asked for. An address without `https` is one that was meant for plaintext.
fn name(uri: &Uri) -> Result<ServerName<'static>, StoreError> {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("https")).ok_or("the address is none of `https://`")?;
    Ok(ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?)
}

/// What begins one connection, and where it leaves which certificate it showed.
fn watched(config: &ClientConfig) -> (TlsConnector, Arc<OnceLock<ShownCertificate>>) {
    let (mut config, shown) = (config.clone(), Arc::<OnceLock<_>>::default());
    let shows = Shows { resolver: Arc::clone(&config.client_auth_cert_resolver), shown: Arc::clone(&shown) };
    config.client_auth_cert_resolver = Arc::new(shows);
    (TlsConnector::from(Arc::new(config)), shown)
}

/// Picks the certificate of one connection, when the service asks for one: a file may change at any time.
struct Shows {
    resolver: Arc<dyn ResolvesClientCert>,
    shown: Arc<OnceLock<ShownCertificate>>,
}

impl ResolvesClientCert for Shows {
    fn resolve(&self, roots: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let picked = self.resolver.resolve(roots, schemes)?;
        // One whose key the service cannot verify is not shown.
        if picked.key.choose_scheme(schemes).is_some()
            && let Some(own) = picked.cert.first()
        {
            _ = self.shown.set(ShownCertificate::of(own));
        }
        Some(picked)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.resolver.only_raw_public_keys()
    }

    fn has_certs(&self) -> bool {
        self.resolver.has_certs()
    }
}

impl fmt::Debug for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.resolver.fmt(f)
    }
}

/// An encrypted connection.
struct Secured {
    stream: TlsStream<TcpStream>,
    shown: Option<ShownCertificate>,
}

impl Connection for Secured {
    fn connected(&self) -> Connected {
        match self.shown {
            Some(shown) => Connected::new().extra(shown),
            None => Connected::new(),
        }
    }
}

impl AsyncRead for Secured {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
