//! The database that a command works on, and how it is reached.

use super::outcome::CommandError;
use rustls::ClientConfig;
use std::path::{Path, PathBuf};
use tenancy::db::{tls_roots, tls_roots_and_certificate};
use tenancy_rls::live;
use tenancy_secrets::{ExposeSecret as _, SecretRef, SecretString, Secrets};

/// The database.
#[derive(clap::Args)]
pub(super) struct DatabaseUrl {
    /// `postgres://role:password@host/database`, as the role that migrates. With `permissions` also `sqlite:FILE`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(super) database_url: Option<String>,
    /// Connect over TLS and in no other way, to a server with a certificate of one of these roots (PEM) for its name.
    #[arg(long, value_name = "FILE", env = "TENANCY_CA")]
    ca: Option<PathBuf>,
    /// Client certificate (PEM), for a role that authenticates with one.
    #[arg(long, value_name = "FILE", env = "TENANCY_CERT", requires_all = ["ca", "key"])]
    cert: Option<PathBuf>,
    /// Its key (PEM), in a file that only your user may read.
    #[arg(long, value_name = "FILE", env = "TENANCY_KEY", requires = "cert")]
    key: Option<PathBuf>,
}

impl DatabaseUrl {
    pub(super) fn url(&self) -> Result<&str, CommandError> {
        self.database_url.as_deref().ok_or(CommandError::usage("set DATABASE_URL, or give --database-url"))
    }

    /// TLS with the roots that were given, and the certificate.
    pub(super) async fn tls(&self) -> Result<Option<ClientConfig>, CommandError> {
        let Some(file) = &self.ca else { return Ok(None) };
        let roots = pem("--ca", file)?;
        let config = match self.cert.as_ref().zip(self.key.as_ref()) {
            None => tls_roots(&roots),
            Some((cert, key)) => {
                let key = secret(key).await?;
                tls_roots_and_certificate(&roots, &pem("--cert", cert)?, key.expose_secret())
            }
        };
        let refused = |why: tenancy::Error| match std::error::Error::source(&why) {
            Some(source) => CommandError::usage(format!("--ca, --cert, --key: {source}")),
            None => CommandError::usage(why),
        };
        config.map(Some).map_err(refused)
    }

    pub(super) async fn connect(&self) -> Result<diesel_async::AsyncPgConnection, CommandError> {
        let url = self.url()?;
        // The text says the server and the reason, and quotes nothing else of the URL: `no_part_of_a_url_is_shown`.
        let failed = |error| {
            CommandError::database(format!("no connection with the URL of --database-url, or DATABASE_URL: {error}"))
        };
        match self.tls().await? {
            Some(tls) => live::connect_over_tls(url, tls).await.map_err(failed),
            None => live::connect(url).await.map_err(failed),
        }
    }
}

/// What is no secret.
fn pem(argument: &str, file: &Path) -> Result<String, CommandError> {
    let refused = |why| CommandError::usage(format!("{argument} {}: {why}", file.display()));
    std::fs::read_to_string(file).map_err(refused)
}

/// A secret in a file, under the rules of a service's.
async fn secret(file: &Path) -> Result<SecretString, CommandError> {
    let path = std::path::absolute(file).map_err(CommandError::usage)?;
    let reference = format!("file:{}", path.display()).parse::<SecretRef>().map_err(CommandError::usage)?;
    Secrets::new().read(&reference).await.map_err(CommandError::usage)
}
