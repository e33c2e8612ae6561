//! The way to services on other machines: TLS, or nothing.

use super::keys::SigningKeys;
use super::proxy::{CONNECT, Proxy, tcp};
use crate::edge::BoxFuture;
use crate::gateway::Gateway;
use axum::http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

impl Gateway {
    /// A reverse proxy that grants with these keys, over TLS and in no other way: to services that are
    /// [`Upstream::over_tls`](super::Upstream::over_tls). Others are `502`.
    ///
    /// [`client_config`](crate::gateway::tls::client_config) makes the configuration, with the certificate that a service asks
    /// the gateway for. A connection that is open when a certificate changes is used until it is idle for 90 s.
    pub fn proxy_over_tls(&self, keys: SigningKeys, mut config: ClientConfig) -> Proxy {
        // Services are spoken to in HTTP/1.1, whatever the configuration offers.
        config.alpn_protocols.clear();
        let mut tcp = tcp();
        tcp.enforce_http(false);
        self.proxy_over(keys, OverTls { tcp, tls: TlsConnector::from(Arc::new(config)) })
    }
}

/// Connects, and speaks TLS.
#[derive(Clone)]
struct OverTls {
    tcp: HttpConnector,
    tls: TlsConnector,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl tower_service::Service<Uri> for OverTls {
    type Response = TokioIo<Secured>;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Self::Response, Failure>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.tcp.poll_ready(cx).map_err(Failure::from)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (tls, name) = (self.tls.clone(), name(&uri));
        let tcp = self.tcp.call(uri);
        Box::pin(async move {
            let name = name?;
            let connected = async { Ok::<_, Failure>(tls.connect(name, tcp.await?.into_inner()).await?) };
            // For both: who takes the connection and says nothing is no service either.
            Ok(TokioIo::new(Secured(tokio::time::timeout(CONNECT, connected).await??)))
        })
    }
}

/// Whose certificate is asked for. An address without `https` is one that somebody meant for plaintext.
fn name(uri: &Uri) -> Result<ServerName<'static>, Failure> {
    let host = uri.host().filter(|_| uri.scheme_str() == Some("https")).ok_or("the address is none of `https://`")?;
    Ok(ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?)
}

/// An encrypted connection.
struct Secured(TlsStream<TcpStream>);

impl Connection for Secured {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Secured {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
