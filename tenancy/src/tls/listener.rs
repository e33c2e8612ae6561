//! Serving, over TLS or not.

use super::peer::identify;
use super::{ServerTls, TlsError, hsts, hsts_for_subdomains};
use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a client may take for the handshake, for the head of a request, and for the first request.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket, and how it is served.
#[derive(Debug)]
#[must_use = "it serves nothing until `serve` is awaited"]
pub struct Listener {
    socket: TcpListener,
    tls: Option<ServerTls>,
    handle: Handle<SocketAddr>,
    subdomains: bool,
}

/// Ends a [`Listener`]. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct ListenerHandle(Handle<SocketAddr>);

impl ListenerHandle {
    /// Takes no more connections, and lets those that are open end within `grace`.
    pub fn shut_down(&self, grace: Duration) {
        self.0.graceful_shutdown(Some(grace));
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.0.connection_count()
    }
}

impl Listener {
    /// TLS. Answers tell browsers to come back over TLS ([`hsts`]), and requests of clients with a
    /// certificate carry their [`ClientIdentity`](super::ClientIdentity).
    pub fn tls(socket: TcpListener, tls: ServerTls) -> Self {
        Self { socket, tls: Some(tls), handle: Handle::new(), subdomains: false }
    }

    /// Tells browsers to reach every name under this one over TLS only, too ([`hsts_for_subdomains`]); off unless called,
    /// because it binds names that may be others'. Without TLS it changes nothing.
    pub fn hsts_for_subdomains(mut self) -> Self {
        self.subdomains = true;
        self
    }

    /// Plaintext on 127.0.0.1 or ::1: for development, or behind a proxy of the same machine.
    ///
    /// # Errors
    /// When the socket listens elsewhere.
    pub fn plaintext_on_loopback(socket: TcpListener) -> Result<Self, TlsError> {
        let address = socket.local_addr().map_err(|_| TlsError::Unbound)?;
        if address.ip().to_canonical().is_loopback() {
            Ok(Self::plaintext(socket))
        } else {
            Err(TlsError::NotLoopback(address))
        }
    }

    /// Plaintext on any address, for `reason`, which is logged as a warning: whoever is on the way reads sessions and
    /// writes requests.
    pub fn plaintext_because(socket: TcpListener, reason: &'static str) -> Self {
        let address = socket.local_addr().ok();
        tracing::warn!(?address, reason, "requests are served in plaintext");
        Self::plaintext(socket)
    }

    pub(super) fn plaintext(socket: TcpListener) -> Self {
        Self { socket, tls: None, handle: Handle::new(), subdomains: false }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the socket does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// To end it with.
    pub fn handle(&self) -> ListenerHandle {
        ListenerHandle(self.handle.clone())
    }

    /// Serves until it is shut down. Handlers find the client's address as axum's `ConnectInfo<SocketAddr>`.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn serve(self, app: Router) -> io::Result<()> {
        let server = patient(axum_server::from_tcp(self.socket)?.handle(self.handle));
        let Some(tls) = self.tls else {
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            return server.acceptor(NoDelayAcceptor::new()).serve(app).await;
        };
        let acceptor = RustlsAcceptor::new(tls.config.clone()).handshake_timeout(PATIENCE);
        let app =
            if self.subdomains { app.layer(map_response(hsts_for_subdomains)) } else { app.layer(map_response(hsts)) };
        let app = app.layer(from_fn(identify));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let served = server.acceptor(acceptor.acceptor(NoDelayAcceptor::new())).serve(app).await;
        // The certificate is followed for as long as it is served.
        drop(tls);
        served
    }
}

fn patient(mut server: Server<SocketAddr>) -> Server<SocketAddr> {
    server.http_builder().http1().header_read_timeout(PATIENCE);
    server.first_request_timeout(PATIENCE)
}
