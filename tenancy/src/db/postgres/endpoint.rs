//! Where a pool connects to, for a look at the same database from outside of the pool.

use super::tls::Encryption;
use crate::db::{DatabaseUrl, Postgres, TenantDbBuilder};
use std::fmt;
use std::sync::Arc;

/// The server, database, role, password and TLS configuration of a pool: for the audit at a service's start
/// (`tenancy-audit`), which looks at the database as the service itself reaches it.
///
/// Only a builder gives it ([`TenantDbBuilder::endpoint`]). A [`TenantDb`](crate::TenantDb) does not, so code that holds the
/// pool cannot connect around it.
#[derive(Clone)]
pub struct Endpoint {
    url: DatabaseUrl,
    encryption: Encryption,
}

/// It holds a password.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}

impl<W> TenantDbBuilder<Postgres, W> {
    /// Where the pool will connect to, for the audit at the service's start. Take it before [`build`](Self::build).
    pub fn endpoint(&self) -> Endpoint {
        Endpoint { url: self.url.clone(), encryption: self.settings.encryption.clone() }
    }
}

/// The URL, with its newest password, and what a connection to it runs over.
pub fn reach(endpoint: &Endpoint) -> (Arc<String>, Encryption) {
    (endpoint.url.newest(), endpoint.encryption.clone())
}
