//! What runs, until it is stopped.

use crate::listen::Server;
use crate::places::{Shelf, Tables};
use axum::Router;
use std::net::SocketAddr;
use tenancy_gateway::SessionKeys;
use tenancy_secrets::Watched;
use tenancy_tls::Listener;
use tokio::task::JoinHandle;

/// A service that answers. Dropping it leaves it running until its runtime ends; [`stop`](Self::stop) ends it.
pub struct Running {
    url: String,
    pub(crate) provider: Option<String>,
    /// The issuer of whichever provider; empty in a service without sign-in.
    pub(crate) issuer: String,
    pub(crate) internal: Option<SocketAddr>,
    pub(crate) redirects: Option<SocketAddr>,
    pub(crate) statements: Option<SocketAddr>,
    pub(crate) root: Option<String>,
    /// These hold what follows the seal's key and the databases' URLs.
    pub(crate) shelf: Option<Shelf>,
    pub(crate) tables: Option<Tables>,
    /// Follows the session keys.
    _session_keys: Option<Watched<SessionKeys>>,
    servers: Vec<Server>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn at(url: String) -> Self {
        let (provider, internal, redirects, statements, root) = (None, None, None, None, None);
        let (shelf, tables, _session_keys, servers, tasks) = (None, None, None, Vec::new(), Vec::new());
        let issuer = String::new();
        Self {
            url,
            provider,
            issuer,
            internal,
            redirects,
            statements,
            root,
            shelf,
            tables,
            _session_keys,
            servers,
            tasks,
        }
    }

    /// Where browsers reach it or, when it is a service behind a gateway, where the gateway does.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The issuer of the development provider, if people sign in there.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// Where probes and counters are served, if anywhere.
    pub fn internal(&self) -> Option<SocketAddr> {
        self.internal
    }

    /// Where browsers are sent over to TLS, if anywhere.
    pub fn redirects(&self) -> Option<SocketAddr> {
        self.redirects
    }

    /// Where a gateway serves its key statements, if it is one.
    pub fn statements(&self) -> Option<SocketAddr> {
        self.statements
    }

    /// The public half of a gateway's root key, for its services, if it is one.
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    pub(crate) fn serve(&mut self, listener: Listener, router: Router) {
        self.started(Server::of(listener, router));
    }

    pub(crate) fn started(&mut self, server: Server) {
        self.servers.push(server);
    }

    /// Holds what follows the session keys.
    pub(crate) fn follows(&mut self, session_keys: Option<Watched<SessionKeys>>) {
        self._session_keys = session_keys;
    }

    /// Does this for as long as it runs.
    pub(crate) fn keep(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(task));
    }

    /// Takes no more requests, answers those that are under way, for 5 s at most, and ends.
    pub async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
