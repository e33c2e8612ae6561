//! Sockets, and servers that stop when they are told to.

use crate::ready::{Need, Needs};
use crate::{Args, Running, StartError, secrets, web};
use axum::Router;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tenancy_secrets::Secrets;
use tenancy_tls::{Clients, Listener, ListenerHandle, ServerTls};
use tokio::task::JoinHandle;

/// How long requests that are under way may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens an address.
pub(crate) fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let socket = TcpListener::bind(address).map_err(failed)?;
    let bound = socket.local_addr().map_err(failed)?;
    Ok((socket, bound))
}

/// Opens an address that only this machine reaches.
pub(crate) fn loopback(address: SocketAddr, what: &str) -> Result<(Listener, SocketAddr), StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::Usage(format!("{what} listens on loopback only, and {address} is not loopback")));
    }
    let (socket, bound) = bind(address)?;
    Ok((Listener::plaintext_on_loopback(socket)?, bound))
}

/// With TLS, or in plaintext where no other party listens in.
pub(crate) async fn listener(
    args: &Args,
    secrets: &Secrets,
    socket: TcpListener,
    address: SocketAddr,
) -> Result<Listener, StartError> {
    let certificate = secrets::optional(args.tls_certificate.as_ref(), "--tls-certificate")?;
    let Some((certificate, key)) = certificate.zip(secrets::optional(args.tls_key.as_ref(), "--tls-key")?) else {
        return match address.ip().is_loopback() {
            true => Ok(Listener::plaintext_on_loopback(socket)?),
            false => Ok(Listener::plaintext_because(socket, "a proxy in front ends TLS: --public-url says https")),
        };
    };
    let tls = ServerTls::builder(certificate, key);
    let tls = match secrets::optional(args.split.clients_ca.as_ref(), "--clients-ca")? {
        Some(roots) => tls.clients(Clients::MustHaveCertificates, roots),
        None => tls,
    };
    Ok(Listener::tls(socket, tls.load(secrets).await?))
}

/// Why the internal listener speaks no TLS beyond loopback.
const INTERNAL: &str = "it says whether the process is ready, and counts, to a network that browsers do not reach";

/// Serves probes and counters where the arguments say, if they do.
pub(crate) fn internal(
    args: &Args,
    running: &mut Running,
    needs: Vec<Need>,
    counters: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Result<(), StartError> {
    if let Some(address) = args.internal_listen {
        let (socket, address) = bind(address)?;
        let listener = match address.ip().is_loopback() {
            true => Listener::plaintext_on_loopback(socket)?,
            false => Listener::plaintext_because(socket, INTERNAL),
        };
        running.serve(listener, web::internal(Needs::of(needs), counters));
        running.internal = Some(address);
    }
    Ok(())
}

/// A server of this service.
pub(crate) struct Server {
    handle: ListenerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Begins to serve.
    pub(crate) fn start(
        handle: ListenerHandle,
        serving: impl Future<Output = io::Result<()>> + Send + 'static,
    ) -> Self {
        Self { handle, task: tokio::spawn(serving) }
    }

    /// The same for pages.
    pub(crate) fn of(listener: Listener, router: Router) -> Self {
        Self::start(listener.handle(), listener.serve(router))
    }

    /// Takes no more connections, and answers what is under way.
    pub(crate) async fn stop(mut self) {
        self.handle.shut_down(PATIENCE);
        match tokio::time::timeout(PATIENCE * 2, &mut self.task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(%error, "a server ended"),
            Ok(Err(_)) | Err(_) => self.task.abort(),
        }
    }
}
