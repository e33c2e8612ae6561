//! A connection of diesel's own, for migrations and audits.

#![expect(clippy::disallowed_types, reason = "opened for the role that migrates or for the audit, never for a service")]

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use std::error::Error as _;
use tenancy::__private::Encryption;
use tenancy::db::PoolError;
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

/// Connects as whatever role the URL names. An error says where it tried to and why it could not, and nothing else of the
/// URL, which holds the password.
pub async fn unscoped(encryption: &Encryption, url: &str) -> ConnectionResult<AsyncPgConnection> {
    encryption.agrees_with(url).map_err(|contrary| match contrary {
        PoolError::Setup(why) => bad(format!("it cannot connect: {why}")),
        other => bad(other.to_string()),
    })?;
    // The parser's own error quotes what it does not understand.
    let config = url.parse::<Config>().map_err(|_| bad(format!("it cannot connect: {UNREAD}")))?;
    let place = place(&config, url).ok_or_else(|| bad(format!("it cannot connect: {UNCODED}")))?;
    let failed = |error: tokio_postgres::Error| bad(format!("it cannot connect to {place}: {}", reason(&error)));
    if let Some(tls) = encryption.tls() {
        let mut config = config;
        // As for a service: `prefer` would go on in plaintext.
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        let (client, connection) = config.connect(tls).await.map_err(failed)?;
        return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    }
    let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

const UNREAD: &str = "the URL cannot be read; its form is postgres://role:secret@host:port/database, with `%40` for an `@` in the \
                      secret, `%2F` for a `/` and `%25` for a `%`";
const UNCODED: &str = "the URL's host is not a host name, and may be a part of the password; write `%40` for an `@` in it and `%2F` for a `/`";

fn bad(text: String) -> ConnectionError {
    ConnectionError::BadConnection(text)
}

/// Hosts and ports, if they look like some. For a password with an `@`, a part of it would be there.
fn place(config: &Config, url: &str) -> Option<String> {
    let plain = |text: &str, more: &str| text.chars().all(|l| l.is_ascii_alphanumeric() || more.contains(l));
    let is_url = url.contains("://");
    if is_url && url.matches('@').count() > 1 {
        return None;
    }
    let port = |at: usize| config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(5432);
    let mut places = Vec::new();
    for (at, host) in config.get_hosts().iter().enumerate() {
        let name = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.to_str()?.to_owned(),
        };
        if !plain(&name, ".-_:/") {
            return None;
        }
        places.push(format!("{name}:{}", port(at)));
    }
    Some(if places.is_empty() { "a server, because the URL names no host".to_owned() } else { places.join(", ") })
}

/// What the server, the network or the certificate's check says.
fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(reported) = error.as_db_error() {
        return format!("{} ({})", reported.message(), reported.code().code());
    }
    let mut said = Vec::new();
    let mut cause = error.source();
    while let Some(why) = cause {
        said.push(why.to_string());
        cause = why.source();
    }
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}
