//! Wall two in one call: for tests, and for a developer's own database.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the program that migrates: its statements name no organization on purpose"
)]

use crate::keyring;
use crate::live::{self, LiveError};
use crate::options::{Level, Options};
use crate::quote::{ident, literal};
use diesel_async::SimpleAsyncConnection as _;
use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;
use tenancy::db::seal::{SealError, SealKey, Sealer};
use tenancy::schema::Manifest;

/// A complete wall, and what a service needs to work behind it.
pub struct Raised {
    key: SealKey,
    url: String,
}

impl Raised {
    /// What seals scopes, for [`TenantDbBuilder::sealed`](tenancy::db::TenantDbBuilder::sealed).
    pub fn sealer(&self) -> Arc<Sealer> {
        Arc::new(Sealer::new(&self.key))
    }

    /// The database as the service's role, for [`TenantDb::postgres`](tenancy::TenantDb::postgres). It holds the role's new password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key, which the database knows.
    pub fn key(&self) -> &SealKey {
        &self.key
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raised").finish_non_exhaustive()
    }
}

/// Why no wall was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RaiseError {
    /// `url` has no form `postgres://role:secret@host:port/database`.
    #[error("`url` must have the form postgres://role:secret@host:port/database")]
    Url,
    /// The server was not reached, or refused the role.
    #[error("the server cannot be reached with `url`")]
    Connect(#[source] diesel::ConnectionError),
    /// The wall could not be planned or applied.
    #[error(transparent)]
    Wall(#[from] LiveError),
    /// The system has no randomness.
    #[error(transparent)]
    Random(#[from] SealError),
    /// The database refused the role's password or the key.
    #[error("the database refused the role's password or the key")]
    Database(#[from] diesel::result::Error),
}

/// Builds wall two around the declared tables of a database, gives the service's role a new random password and publishes a new key.
///
/// `url` is of the role that migrates, which may create roles, and the tables are there. Call it again for the same database to bring the
/// wall up to date; the password and the key are then new.
///
/// **It is for tests and for a developer's own database.** In production `tenancy rls apply` shows what it does first, the role's password is a secret that you
/// keep, and keys are rotated ([the guide](https://docs.rs/tenancy-rls)).
///
/// # Errors
/// When the server is not reached, the declaration or a table does not allow a wall, or a step fails: the wall is then as [`live::apply`] says.
/// When the password or the key is refused, the wall is complete and the role may have a new password that is lost: call it again.
pub async fn raise(url: &str, manifest: &Manifest, options: &Options) -> Result<Raised, RaiseError> {
    let (key, password) = (SealKey::generate()?, SealKey::generate()?);
    let password = password.expose();
    let service = as_role(url, &options.app_role, &password).ok_or(RaiseError::Url)?;
    let mut conn = live::connect(url).await.map_err(RaiseError::Connect)?;
    let plan = live::diff(&mut conn, manifest, options).await?;
    live::apply(&mut conn, &plan, |_| {}).await?;
    let role = ident(&options.app_role);
    conn.batch_execute(&format!("ALTER ROLE {role} LOGIN PASSWORD {}", literal(&password))).await?;
    if options.level == Level::Sealed {
        keyring::publish(&mut conn, &key).await?;
    }
    Ok(Raised { key, url: service })
}

/// The same URL for another role.
fn as_role(url: &str, role: &str, password: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (place, further) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    Some(format!("{scheme}://{}:{}@{host}{further}", encoded(role), encoded(password)))
}

/// As a part of a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::as_role;

    #[test]
    fn the_url_is_that_of_another_role() {
        let as_app = |url| as_role(url, "app role", "p@ss/w:rd");
        assert_eq!(
            as_app("postgres://owner:secret@[::1]:5433/db?sslmode=disable").as_deref(),
            Some("postgres://app%20role:p%40ss%2Fw%3Ard@[::1]:5433/db?sslmode=disable")
        );
        assert_eq!(as_app("postgresql://host/db").as_deref(), Some("postgresql://app%20role:p%40ss%2Fw%3Ard@host/db"));
        assert_eq!(as_app("host=localhost dbname=db"), None);
    }
}
