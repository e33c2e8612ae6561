//! A service behind the gateway.

use axum::http::Uri;
use std::time::Duration;

/// The address of a service cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// It is no address, or holds more than a host and a port.
    #[error("a service is at `http://host[:port]`, or `https://` over TLS, without a path")]
    Address,
    /// Grants would cross a network in the clear.
    #[error("plain HTTP to a service on another machine: use `over_tls`, or say `plaintext_allowed`")]
    Plaintext,
}

/// A service behind the gateway: its name in grants, its address, and how its requests are passed on.
#[derive(Debug, Clone)]
pub struct Upstream {
    pub(super) audience: String,
    pub(super) address: Uri,
    pub(super) streamed: bool,
    /// TLS ends before the service.
    pub(super) ends_before: bool,
    pub(super) body: usize,
    pub(super) body_time: Duration,
    pub(super) answer_time: Duration,
}

impl Upstream {
    /// The service `audience` at this address on this machine, for instance `http://127.0.0.1:8001`.
    ///
    /// # Errors
    /// When the address is not valid, or is on another machine over plain HTTP: see [`plaintext_allowed`](Self::plaintext_allowed).
    pub fn new(audience: impl Into<String>, address: &str) -> Result<Self, UpstreamError> {
        let upstream = Self::plaintext_allowed(audience, address)?;
        let own_machine = matches!(upstream.address.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if own_machine { Ok(upstream) } else { Err(UpstreamError::Plaintext) }
    }

    /// [`new`](Self::new) on another machine: over a network that no other party listens to, a mesh's or a tunnel's. An
    /// attacker who listens reads rows and may send a grant on before its request arrives. The choice is logged.
    ///
    /// # Errors
    /// When the address is not valid.
    pub fn plaintext_allowed(audience: impl Into<String>, address: &str) -> Result<Self, UpstreamError> {
        let upstream = Self::at(audience.into(), address, "http")?;
        if !matches!(upstream.address.host(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            let audience = &upstream.audience;
            tracing::warn!(target: "tenancy::gateway", audience, "grants to this service cross the network in the clear");
        }
        Ok(upstream)
    }

    /// The service `audience` at an `https://` address, for `Gateway::proxy_over_tls`.
    /// Its certificate is the host's. A proxy over plain HTTP answers `502` instead of going there.
    ///
    /// # Errors
    /// When the address is not valid.
    pub fn over_tls(audience: impl Into<String>, address: &str) -> Result<Self, UpstreamError> {
        Self::at(audience.into(), address, "https")
    }

    fn at(audience: String, address: &str, scheme: &str) -> Result<Self, UpstreamError> {
        let uri: Uri = address.parse().map_err(|_| UpstreamError::Address)?;
        let bare = uri.scheme_str() == Some(scheme) && uri.path() == "/" && uri.query().is_none();
        let authority = uri.authority().ok_or(UpstreamError::Address)?;
        if !bare || authority.as_str().contains('@') || address.ends_with('/') {
            return Err(UpstreamError::Address);
        }
        Ok(Self {
            audience,
            address: uri,
            streamed: false,
            ends_before: false,
            body: 1024 * 1024,
            body_time: Duration::from_secs(20),
            answer_time: Duration::from_secs(20),
        })
    }

    /// Passes bodies on while they arrive. The grant is then bound to everything but the body, and the service has to expect
    /// that on this route.
    #[must_use]
    pub fn streamed(mut self) -> Self {
        self.streamed = true;
        self
    }

    /// For a service behind something that ends TLS in its place, so that it does not see the gateway's certificate: grants are
    /// not bound to it. An attacker who sees one there may use it from elsewhere, on the same request, for 30 s.
    ///
    /// Without it such a service refuses every grant.
    #[must_use]
    pub fn behind_tls_terminator(mut self) -> Self {
        self.ends_before = true;
        self
    }

    /// The longest body of a request, in bytes; 1 MiB unless set. Longer ones are `413`, or break off where they are streamed.
    #[must_use]
    pub fn longest_body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }

    /// How long to wait for a body that is read whole; 20 s unless set. Then `408`.
    #[must_use]
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_time = time;
        self
    }

    /// How long to wait for the head of the service's answer; 20 s unless set. Then `504`.
    #[must_use]
    pub fn answer_timeout(mut self, time: Duration) -> Self {
        self.answer_time = time;
        self
    }
}
