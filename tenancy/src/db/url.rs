//! Where a pool connects to.

use super::driver::{Driver, Link, OURS};
use crate::rotating::Rotating;
use diesel::ConnectionResult;
use std::fmt;
use std::sync::Arc;

/// A database's URL, whose password may change while pools are open. Clones change together.
///
/// Whatever takes a URL takes a `String` or `&str` as well, which then stays as it is. One that follows a secret is
/// `db::follow_database_url`'s (features `secrets` and `postgres`).
#[derive(Clone)]
pub struct DatabaseUrl(Arc<Rotating<String>>);

impl DatabaseUrl {
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) fn newest(&self) -> Arc<String> {
        self.0.both().0
    }

    /// Opens a connection; with the password before the newest, where the server does not take the newest yet.
    pub(super) async fn open<Db: Driver>(&self, settings: &<Db as Link>::Settings) -> ConnectionResult<Db::Conn> {
        let (newest, before) = self.0.both();
        let refused = match Db::connect(&newest, settings, OURS).await {
            Ok(conn) => {
                self.0.took(&newest);
                return Ok(conn);
            }
            Err(refused) => refused,
        };
        let Some(before) = before else { return Err(refused) };
        Db::connect(&before, settings, OURS).await.map_err(|_| refused)
    }
}

#[cfg(feature = "postgres")]
impl DatabaseUrl {
    /// The role that a URL of PostgreSQL's names, if it names one.
    pub fn role(&self) -> Option<String> {
        place(&self.newest())?.get_user().map(str::to_owned)
    }

    /// Opens connections with this URL's password from now on, and with the one before it for as long as the server does
    /// not take the new one. Those that are open stay.
    ///
    /// # Errors
    /// When the URL is none of PostgreSQL's, or differs in anything but the password: a pool has one server, one database
    /// and one role, which the audit at boot has looked at. Nothing changes then.
    pub fn replace(&self, url: &str) -> Result<(), super::PoolError> {
        let new = place(url);
        if new.is_none() || new != place(&self.newest()) {
            return Err(super::PoolError::Setup("the new URL differs from the old one in more than the password"));
        }
        self.0.replace(url.to_owned());
        Ok(())
    }

    #[cfg(feature = "secrets")]
    pub(crate) fn is_of_postgres(url: &str) -> bool {
        place(url).is_some()
    }
}

/// Everything that a URL of PostgreSQL's says but the password.
#[cfg(feature = "postgres")]
fn place(url: &str) -> Option<tokio_postgres::Config> {
    url.parse().ok().map(|mut config: tokio_postgres::Config| config.password("").clone())
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(Arc::new(Rotating::new(url)))
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> Self {
        url.to_owned().into()
    }
}

impl From<&String> for DatabaseUrl {
    fn from(url: &String) -> Self {
        url.to_owned().into()
    }
}

/// It holds a password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl").finish_non_exhaustive()
    }
}
