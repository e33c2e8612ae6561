//! Why the service does not start.

use std::net::SocketAddr;
use tenancy_gateway::migrations::MigrationError;
use tenancy_gateway::oidc::DiscoveryError;
use tenancy_gateway::{DirectoryError, GatewayError};

/// Why the service does not start. Each says what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The arguments contradict each other, or name a file that cannot be used.
    #[error("{0}")]
    Usage(String),
    /// A secret cannot be used. The source says why, and never what is in it.
    #[error("a secret cannot be used (see the end of --help, and --vault-address)")]
    Secret(#[from] tenancy_secrets::SecretError),
    /// An argument holds something else than where a secret is; which one, its text says.
    #[error(transparent)]
    Reference(#[from] tenancy_secrets::RefError),
    /// The two processes cannot work together like this.
    #[error("gateway and service cannot work like this; see {see}")]
    Split {
        /// The arguments to look at.
        see: &'static str,
        /// What is wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no TLS.
    #[error("TLS cannot be spoken; see --tls-certificate, --redirect-listen")]
    Tls(#[from] tenancy_tls::TlsError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}; another program may be there (see --listen, --dev-provider-listen)")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error("the database cannot be used; see --database, --postgres-ca")]
    Database(#[from] tenancy::Error),
    /// The gateway's tables are missing or of another version. The text says which command to run.
    #[error(transparent)]
    Migrations(#[from] MigrationError),
    /// The organizations and members of the demonstration cannot be written.
    #[error("the directory cannot be written")]
    Directory(#[from] DirectoryError),
    /// Wall two cannot be built.
    #[error("wall two cannot be built; see --setup-postgres")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Wall two has holes.
    #[error("the service refuses to start behind a broken wall; see --both-walls, --rls-owner-role, --compare-epochs")]
    Wall(#[from] tenancy_audit::AuditError),
    /// The engine of permissions cannot be set up.
    #[error("the permission engine cannot be used; see --permissions-database")]
    Permissions(#[from] tenancy_permits::sql::BuildError),
    /// The tables of permissions, or the model in them, are not those of this program. The source says what to run.
    #[error("the tables of permissions cannot be used; see --permissions-database")]
    PermissionTables(#[from] tenancy_permits::sql::SchemaError),
    /// The roles of the demonstration, or of --add-owner, cannot be written.
    #[error("the roles that the service gives at its start cannot be written")]
    Roles(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The identity provider cannot be used.
    #[error("the identity provider cannot be used; see --oidc-issuer and the arguments beside it")]
    Provider(#[from] DiscoveryError),
    /// The gateway cannot work as it was set up.
    #[error("the gateway cannot work like this; see --public-url")]
    Gateway(#[from] GatewayError),
}

impl StartError {
    /// The two processes cannot work together, for this reason.
    pub(crate) fn split<E: Into<Box<dyn std::error::Error + Send + Sync>>>(see: &'static str) -> impl Fn(E) -> Self {
        move |source| Self::Split { see, source: source.into() }
    }

    /// The program's exit code: 2 for the arguments, 3 for an address, 4 for the database, 5 for the provider.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Gateway(_)
            | Self::Secret(_)
            | Self::Reference(_)
            | Self::Split { .. }
            | Self::Tls(_) => 2,
            Self::Listen { .. } => 3,
            Self::Database(_) | Self::Migrations(_) | Self::Directory(_) | Self::Setup(_) | Self::Wall(_) => 4,
            Self::Permissions(_) | Self::PermissionTables(_) | Self::Roles(_) => 4,
            Self::Provider(_) => 5,
        }
    }
}
