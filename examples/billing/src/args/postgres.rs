//! TLS to PostgreSQL.

use clap::Args;
use std::path::PathBuf;
use tenancy_secrets::SecretField;

/// TLS to PostgreSQL, and the certificates of the roles.
#[derive(Args)]
#[command(next_help_heading = "TLS to PostgreSQL")]
pub struct PostgresArgs {
    /// Reach PostgreSQL over TLS and in no other way, a server with a certificate of one of these roots (PEM) for its name.
    #[arg(long, value_name = "FILE", env = "BILLING_POSTGRES_CA")]
    pub postgres_ca: Option<PathBuf>,

    /// The certificate (PEM) of --database's role, where the server asks for one. Read again when it changes, with its key.
    #[arg(long, value_name = "SECRET", requires_all = ["postgres_ca", "postgres_key"], conflicts_with = "setup_postgres")]
    pub postgres_certificate: Option<SecretField>,

    /// That certificate's key (PEM).
    #[arg(long, value_name = "SECRET", requires = "postgres_certificate")]
    pub postgres_key: Option<SecretField>,

    /// The certificate (PEM) of --gateway-database's role.
    #[arg(
        long,
        value_name = "SECRET",
        requires_all = ["postgres_ca", "gateway_postgres_key"],
        conflicts_with = "setup_postgres"
    )]
    pub gateway_postgres_certificate: Option<SecretField>,

    /// That certificate's key (PEM).
    #[arg(long, value_name = "SECRET", requires = "gateway_postgres_certificate")]
    pub gateway_postgres_key: Option<SecretField>,

    /// The certificate (PEM) of --permissions-database's role.
    #[arg(
        long,
        value_name = "SECRET",
        requires_all = ["postgres_ca", "permissions_postgres_key", "permissions_database"],
        conflicts_with = "setup_postgres"
    )]
    pub permissions_postgres_certificate: Option<SecretField>,

    /// That certificate's key (PEM).
    #[arg(long, value_name = "SECRET", requires = "permissions_postgres_certificate")]
    pub permissions_postgres_key: Option<SecretField>,
}
