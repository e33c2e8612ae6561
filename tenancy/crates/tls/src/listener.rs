//! Serving, over TLS or not.

use super::client_identity::identify;
use super::connections::{Connections, Counting, GRACE, Limits, Told, in_time};
use super::{ServerTls, TlsError, hsts, hsts_for_subdomains};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, map_request, map_response};
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a whole body may take unless told otherwise.
const BODY: Duration = Duration::from_secs(60);
/// The longest head of a request over HTTP/2, in bytes. A longer one is rejected before the service sees it, so the limit is high enough
/// for a browser with too many cookies to get the service's page. Over HTTP/1.1 the limit is higher.
const HEAD: u32 = 64 * 1024;
/// How often a client that has a request under way over HTTP/2 is asked whether it is still there, and how long it may take to
/// answer.
const PING: Duration = Duration::from_secs(20);

/// A socket, and how it is served.
///
/// There is an end to what clients may hold: 10 s for a handshake and for the first request; 60 s for a whole body; 60 s without
/// a request; and so many connections, in all and for one address, as [`most_connections`] and
/// [`most_connections_per_address`] say. Where there is no room, the connection whose client has been waited for longest is
/// closed: for a request, for the rest of one, or for 10 s to take the next piece of an answer. When all requests have arrived and
/// are worked on, the new one is closed, and the log says so.
///
/// HTTP/1.1 cannot tell a client that its idle connection is about to be closed: a request that is sent at that moment is lost. So a
/// proxy in front keeps idle connections for less than [`idle_timeout`](Self::idle_timeout), 50 s for instance, or speaks HTTP/2.
///
/// [`most_connections`]: Self::most_connections
/// [`most_connections_per_address`]: Self::most_connections_per_address
#[derive(Debug)]
#[must_use = "it serves nothing until `serve` is awaited"]
pub struct Listener {
    socket: TcpListener,
    tls: Option<ServerTls>,
    handle: Handle<SocketAddr>,
    subdomains: bool,
    limits: Limits,
    body: Duration,
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
        Self { tls: Some(tls), ..Self::plaintext(socket) }
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

    /// Plaintext on any address, for `reason`, which is logged as a warning: an attacker on the way reads sessions
    /// and writes requests.
    pub fn plaintext_because(socket: TcpListener, reason: &'static str) -> Self {
        let address = socket.local_addr().ok();
        tracing::warn!(?address, reason, "requests are served in plaintext");
        Self::plaintext(socket)
    }

    pub(super) fn plaintext(socket: TcpListener) -> Self {
        let (handle, limits) = (Handle::new(), Limits::of_the_process());
        Self { socket, tls: None, handle, subdomains: false, limits, body: BODY }
    }

    /// How many connections are open at once, at least one; unless set three quarters of the descriptors that the process may
    /// have. Each takes one, and so do files and connections to databases.
    pub fn most_connections(mut self, most: usize) -> Self {
        self.limits.all = most.max(1);
        self.limits.of_one = self.limits.of_one.min(self.limits.all);
        self
    }

    /// How many of them one client address has, of IPv6 one /64, at least one; unless set half of all that the process may
    /// have. Behind a proxy every connection is the proxy's: allow it as many as all.
    pub fn most_connections_per_address(mut self, most: usize) -> Self {
        self.limits.of_one = most.max(1);
        self
    }

    /// How long a connection is kept without a request, over HTTP/1.1 for as long as it takes to send the head of one; 60 s unless set.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.limits.idle = time;
        self
    }

    /// How long a client may take for a handshake, and after it for the head of the first request; 10 s unless set. For as long it is
    /// waited for that it takes the next piece of an answer, where there is no room for others.
    pub fn first_request_timeout(mut self, time: Duration) -> Self {
        self.limits.patience = time;
        self
    }

    /// How long the whole body of a request may take, in any route; 60 s unless set. Then it breaks off for the handler that reads it.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body = time;
        self
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
        let (listening, told, time) = (self.socket.local_addr().ok(), Told::new(), self.body);
        let server = patient(axum_server::from_tcp(self.socket)?.handle(self.handle), self.limits);
        let patience = self.limits.patience;
        let server = server.accept_error_handler(move |client, error| told.failed(listening, client.is_some(), error));
        let counting = Counting(Connections::new(self.limits));
        let app = app.layer(map_request(move |request: Request| in_time(time, request)));
        let Some(tls) = self.tls else {
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            return server.acceptor(counting).serve(app).await;
        };
        let acceptor = RustlsAcceptor::new(tls.config.clone()).handshake_timeout(patience);
        let app =
            if self.subdomains { app.layer(map_response(hsts_for_subdomains)) } else { app.layer(map_response(hsts)) };
        let app = app.layer(from_fn(identify));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let served = server.acceptor(acceptor.acceptor(counting)).serve(app).await;
        // The certificate is followed for as long as it is served.
        drop(tls);
        served
    }
}

fn patient(mut server: Server<SocketAddr>, limits: Limits) -> Server<SocketAddr> {
    // It counts the time without a request as well, which ends earlier and in good order.
    server.http_builder().http1().header_read_timeout(limits.idle.saturating_add(GRACE));
    server.http_builder().http2().keep_alive_interval(PING).keep_alive_timeout(PING).max_header_list_size(HEAD);
    server.first_request_timeout(limits.patience)
}
