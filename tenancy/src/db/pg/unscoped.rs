//! A connection of diesel's own, for whoever migrates and audits.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "opened for the role that migrates or for the audit, never for a service"
)]

use super::encryption::Encryption;
use crate::db::PoolError;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};

impl Encryption {
    /// Connects as whatever role the URL names. No error shows the URL, which holds the password.
    pub(crate) async fn unscoped(&self, url: &str) -> ConnectionResult<AsyncPgConnection> {
        self.agrees_with(url).map_err(|contrary| match contrary {
            PoolError::Setup(why) => ConnectionError::BadConnection(format!("it cannot connect: {why}")),
            other => ConnectionError::BadConnection(other.to_string()),
        })?;
        #[cfg(feature = "postgres-tls")]
        if let Some(tls) = &self.tls {
            let unread = |error: tokio_postgres::Error| ConnectionError::BadConnection(error.to_string());
            let mut config: tokio_postgres::Config = url.parse().map_err(unread)?;
            // As for a service: `prefer` would go on in plaintext.
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
            let (client, connection) = config.connect(tls.clone()).await.map_err(|error| unreached(&error))?;
            return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
        }
        AsyncPgConnection::establish(url).await
    }
}

/// With what the server, the network or the certificate's check says; of a URL that cannot be read that could be a part.
#[cfg(feature = "postgres-tls")]
fn unreached(error: &tokio_postgres::Error) -> ConnectionError {
    let why = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    ConnectionError::BadConnection(format!("{error}{why}"))
}
