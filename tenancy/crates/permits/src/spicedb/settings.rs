//! How an engine is built.

use super::breaker::Breaker;
use super::client::Client;
use super::engine::{Inner, SpiceDbEngine};
use super::error::SpiceDbBuildError;
use super::ids::Ids;
use super::plan::Plans;
use super::schema::{self, OWN_TYPE};
use crate::sql::SqlEngine;
use crate::sql::outbox::Texts;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::Notify;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Uri};

/// How long SpiceDB may take for an answer, unless set.
const TIMEOUT: Duration = Duration::from_millis(250);

/// How long a connection may take. The question that waits for it has its own deadline.
const CONNECT: Duration = Duration::from_secs(2);

/// A connection on which nothing comes back for so long is asked whether it is alive, while calls wait.
const SILENCE: Duration = Duration::from_secs(10);

/// How long it may take to say so. Then it is closed.
const ALIVE: Duration = Duration::from_secs(5);

/// How a [`SpiceDbEngine`] is built.
#[must_use]
pub struct SpiceDbBuilder {
    sql: SqlEngine,
    address: String,
    key: SecretString,
    authority: Option<String>,
    timeout: Duration,
    failures: u32,
    pause: Duration,
}

impl fmt::Debug for SpiceDbBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may have a password in it, which `build` refuses.
        f.debug_struct("SpiceDbBuilder").finish_non_exhaustive()
    }
}

impl SpiceDbBuilder {
    pub(super) fn new(sql: SqlEngine, address: String, key: SecretString) -> Self {
        let (failures, pause) = (5, Duration::from_secs(1));
        Self { sql, address, key, authority: None, timeout: TIMEOUT, failures, pause }
    }

    /// Sets the certificates, as PEM text, that SpiceDB's certificate must be signed by. An `https://` address needs
    /// them: no certificate of the system counts.
    pub fn authority(mut self, pem: impl Into<String>) -> Self {
        self.authority = Some(pem.into());
        self
    }

    /// Sets how long SpiceDB may take for one answer. A question's own deadline counts too, whichever is earlier.
    /// Default: 250 ms.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets after how many failures in a row SpiceDB is not asked for `pause`; questions fail at once then. Default:
    /// 5 failures, 1 s.
    pub fn circuit(mut self, failures: u32, pause: Duration) -> Self {
        (self.failures, self.pause) = (failures, pause);
        self
    }

    /// Builds the engine. It connects when it is first asked, and gives no answer before
    /// [`verify`](SpiceDbEngine::verify) succeeded. It needs tokio's runtime.
    ///
    /// # Errors
    /// When the model has types of an unclear level, or a setting is not usable: see [`SpiceDbBuildError`].
    pub fn build(self) -> Result<SpiceDbEngine, SpiceDbBuildError> {
        if self.timeout.is_zero() {
            return Err(SpiceDbBuildError::Setting { setting: "timeout", least: "1 ms" });
        }
        if self.failures == 0 {
            return Err(SpiceDbBuildError::Setting { setting: "failures", least: "1" });
        }
        let model = self.sql.model();
        if model.definition(OWN_TYPE).is_some() {
            return Err(SpiceDbBuildError::ReservedType { kind: OWN_TYPE });
        }
        let ids = Ids::of(model, self.sql.levels())?;
        let plans = Plans::of(model, self.sql.levels());
        let key = format!("Bearer {}", self.key.expose_secret());
        let key: MetadataValue<Ascii> = key.parse().map_err(|_| SpiceDbBuildError::Key)?;
        let inner = Inner {
            client: Client::new(self.channel()?, key),
            texts: Texts::of(&self.sql),
            schema: schema::text(model),
            breaker: Breaker::new(self.failures, self.pause),
            timeout: self.timeout,
            verified: AtomicBool::new(false),
            wake: Notify::new(),
            counts: super::engine::Counts::default(),
            sql: self.sql,
            ids,
            plans,
        };
        Ok(SpiceDbEngine { inner: Arc::new(inner) })
    }

    fn channel(&self) -> Result<Channel, SpiceDbBuildError> {
        let address: Uri = self.address.parse().map_err(|_| SpiceDbBuildError::Address)?;
        let host = address.host().ok_or(SpiceDbBuildError::Address)?;
        // A user name before an `@` would hide which host is named.
        if address.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(SpiceDbBuildError::Address);
        }
        let tls = match address.scheme_str() {
            Some("https") => true,
            Some("http") if is_this_machine(host) => false,
            Some("http") => return Err(SpiceDbBuildError::KeyOverPlaintext),
            _ => return Err(SpiceDbBuildError::Address),
        };
        let mut endpoint = Endpoint::from(address)
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(SILENCE)
            .keep_alive_timeout(ALIVE)
            .tcp_nodelay(true);
        if tls {
            let pem = self.authority.as_deref().unwrap_or_default();
            if !pem.contains("-----BEGIN CERTIFICATE-----") {
                return Err(SpiceDbBuildError::Authority("it has no certificate".into()));
            }
            let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem));
            endpoint = endpoint.tls_config(config).map_err(|error| SpiceDbBuildError::Authority(error.into()))?;
        }
        Ok(endpoint.connect_lazy())
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
