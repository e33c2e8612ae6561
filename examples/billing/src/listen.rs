//! Sockets, and servers that stop when they are told to.

use crate::StartError;
use axum::Router;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tenancy::gateway::tls::{Listener, ListenerHandle};
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

/// Opens an address that nobody but this machine reaches.
pub(crate) fn loopback(address: SocketAddr, what: &str) -> Result<(Listener, SocketAddr), StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::Usage(format!("{what} listens on loopback only, and {address} is not loopback")));
    }
    let (socket, bound) = bind(address)?;
    Ok((Listener::plaintext_on_loopback(socket)?, bound))
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
