//! How a source is set up.

use super::session::{Sessions, keep};
use super::{Task, VaultAuth, VaultSource};
use crate::{SecretError, SourceError};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use vaultrs::api::EndpointMiddleware;
use vaultrs::client::{VaultClient, VaultClientSettings, VaultClientSettingsBuilder};

/// Sets up a [`VaultSource`].
#[must_use]
pub struct VaultBuilder {
    address: String,
    auth: VaultAuth,
    namespace: Option<String>,
    roots: Option<String>,
    plaintext: Option<&'static str>,
    poll: Duration,
    outage_limit: Duration,
    timeout: Duration,
}

impl VaultBuilder {
    pub(super) fn new(address: String, auth: VaultAuth) -> Self {
        Self {
            address,
            auth,
            namespace: None,
            roots: None,
            plaintext: None,
            poll: Duration::from_secs(30),
            outage_limit: Duration::from_secs(15 * 60),
            timeout: Duration::from_secs(10),
        }
    }

    /// In a namespace of the store.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Trusts the certificates of this PEM text and no others; without it those of the machine.
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// Speaks plain HTTP to an address that is not loopback, and logs why. An attacker on the way then reads the secrets.
    pub fn plaintext_because(mut self, reason: &'static str) -> Self {
        self.plaintext = Some(reason);
        self
    }

    /// How often a watched secret is read again; every 30 s unless set.
    pub fn poll(mut self, period: Duration) -> Self {
        self.poll = period;
        self
    }

    /// How long a watched secret stays in use while it cannot be read again; 15 minutes unless set. After that it is refused.
    pub fn outage_limit(mut self, limit: Duration) -> Self {
        self.outage_limit = limit;
        self
    }

    /// How long the store may take to answer; 10 s unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the address is plain HTTP without being loopback or having a reason, when the certificates are none, when
    /// there is nothing to sign in with, and when the store refuses, is sealed or cannot be reached.
    ///
    /// # Panics
    /// Outside of a tokio runtime with its timers and I/O enabled.
    pub async fn connect(self) -> Result<VaultSource, SecretError> {
        self.auth.check()?;
        let (settings, http) = self.client()?;
        let connect = move || {
            let middle = EndpointMiddleware {
                token: String::new(),
                version: "v1".to_owned(),
                wrap: None,
                namespace: settings.namespace.clone(),
            };
            let http = rustify::clients::reqwest::Client::new(settings.address.as_str(), http.clone());
            VaultClient { http, middle, settings: settings.clone() }
        };
        let sessions = Arc::new(Sessions::new(Box::new(connect), self.auth.clone()));
        sessions.current().await.map_err(|fault| SecretError::about(self.subject(), fault))?;
        let renewal = Task::spawn(keep(Arc::downgrade(&sessions)));
        Ok(VaultSource { sessions, poll: self.poll, outage_limit: self.outage_limit, _renewal: renewal })
    }

    fn subject(&self) -> String {
        format!("the secret store at `{}`", self.address)
    }

    /// The library's own client would follow redirects, with the token, and use the proxy and the token of the
    /// environment: every setting is ours.
    fn client(&self) -> Result<(VaultClientSettings, reqwest::Client), SecretError> {
        let refuse = |why| SecretError::about("the secret store's address", SourceError::Setup(why));
        let address = reqwest::Url::parse(&self.address).map_err(|_| refuse("write `https://host:port`"))?;
        if !address.username().is_empty() || address.password().is_some() || address.query().is_some() {
            return Err(refuse("write `https://host:port`, without an account or a query"));
        }
        self.check_plaintext(&address).map_err(refuse)?;
        let mut http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.timeout)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .https_only(address.scheme() == "https");
        if let Some(pem) = &self.roots {
            let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).ok().filter(|roots| !roots.is_empty());
            http = http.tls_certs_only(roots.ok_or_else(|| refuse("its root certificates are no PEM"))?);
        } else if address.scheme() == "http" {
            // Not even looked at; a machine without certificates can still reach a loopback store.
            http = http.tls_certs_only(Vec::new());
        }
        let http = http.build().map_err(|_| refuse("no TLS client can be built: are there root certificates?"))?;
        let settings = VaultClientSettingsBuilder::default()
            .address(address.as_str())
            .ca_certs(Vec::new())
            .identity(None)
            .token("")
            .verify(true)
            .version(1)
            .namespace(self.namespace.clone())
            .build()
            .map_err(|_| refuse("write `https://host:port`"))?;
        Ok((settings, http))
    }

    fn check_plaintext(&self, address: &reqwest::Url) -> Result<(), &'static str> {
        let loopback = match address.host_str() {
            Some("localhost") => true,
            Some(host) => host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback()),
            None => return Err("write `https://host:port`"),
        };
        match (address.scheme(), loopback, self.plaintext) {
            ("https", ..) | ("http", true, _) => Ok(()),
            ("http", false, Some(reason)) => {
                tracing::warn!(reason, "secrets are read over plain HTTP");
                Ok(())
            }
            _ => Err("plain HTTP shows the secrets to an attacker on the way: write `https://`, or say \
                      `plaintext_because(reason)`"),
        }
    }
}

impl fmt::Debug for VaultBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultBuilder").field("address", &self.address).field("auth", &self.auth).finish_non_exhaustive()
    }
}
