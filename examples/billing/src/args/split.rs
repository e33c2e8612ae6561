//! Which part of the service this process is.

use clap::{ArgGroup, Args};
use std::net::SocketAddr;
use std::path::PathBuf;
use tenancy_secrets::SecretField;

/// Which part of the service one process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Sessions, sign-in, and the proxy.
    Gateway,
    /// The organizations' pages, behind the gateway.
    Service,
}

/// One part of the service in this process, and the other in another.
#[derive(Args)]
#[command(next_help_heading = "Gateway and service in different processes")]
#[command(group(ArgGroup::new("root").args(["root_key", "root_transit"])))]
pub struct SplitArgs {
    /// Be the gateway: sessions, sign-in, settings, and a proxy that signs a grant for each request of the service's pages. It
    /// receives nothing of the books.
    #[arg(
        long,
        requires_all = ["upstream", "root", "keys_listen"],
        conflicts_with_all = [
            "service", "database", "both_walls", "seal_key", "compare_epochs", "setup_postgres", "postgres_certificate",
            "permissions_database", "permissions_postgres_certificate",
        ]
    )]
    pub gateway: bool,

    /// Where the service is: http:// on this machine, https:// with --upstream-ca.
    #[arg(long, value_name = "URL", requires = "gateway")]
    pub upstream: Option<String>,

    /// Reach the service over TLS, with a certificate of one of these roots (PEM) for its name.
    #[arg(long, value_name = "FILE", requires = "upstream")]
    pub upstream_ca: Option<PathBuf>,

    /// Show the service this certificate (PEM), for its --clients-ca. Read again when it changes, with its key.
    #[arg(long, value_name = "SECRET", requires_all = ["upstream_ca", "upstream_key"])]
    pub upstream_certificate: Option<SecretField>,

    /// That certificate's key (PEM).
    #[arg(long, value_name = "SECRET", requires = "upstream_certificate")]
    pub upstream_key: Option<SecretField>,

    /// The root key that endorses the gateway's signing keys, which live in memory and turn by themselves.
    #[arg(long, value_name = "SECRET", requires = "gateway")]
    pub root_key: Option<SecretField>,

    /// A root key that stays in Vault or OpenBao instead: a transit key of type ed25519, which the gateway asks to sign. The
    /// gateway prints its public half for --trust.
    #[arg(long, value_name = "MOUNT/KEY", requires_all = ["gateway", "vault_address"])]
    pub root_transit: Option<String>,

    /// Serve the key statements at /keys here, and at /ready whether services trust a key by now. For services, not browsers.
    #[arg(long, value_name = "ADDRESS", requires = "gateway")]
    pub keys_listen: Option<SocketAddr>,

    /// How long a signing key is published before it signs, in seconds. The gateway answers 503 for as long after its start.
    /// With 0, which suits one machine, the service learns of a key when it meets it.
    #[arg(long, value_name = "SECONDS", default_value = "30", requires = "gateway")]
    pub publish_keys_before: u64,

    /// Be the service behind a gateway: the organizations' pages. It knows no session and signs nothing; a request without the
    /// gateway's grant is refused.
    #[arg(
        long,
        requires_all = ["trust", "statements"],
        conflicts_with_all = [
            "public_url", "redirect_listen", "gateway_database", "session_key", "oidc_issuer", "oidc_client_id",
            "oidc_client_secret", "add_member", "dev_provider_listen", "setup_postgres", "gateway_postgres_certificate",
        ]
    )]
    pub service: bool,

    /// The public half of a root key, as --new-root-key prints it. May be repeated, while a root is replaced.
    #[arg(long, value_name = "KEY", requires = "service", env = "BILLING_TRUST", value_delimiter = ',')]
    pub trust: Vec<String>,

    /// Where a gateway process serves its key statement: http://HOST:PORT/keys. May be repeated.
    #[arg(long, value_name = "URL", requires = "service")]
    pub statements: Vec<String>,

    /// Take connections from holders of a certificate of one of these roots (PEM) alone, and so from the gateway.
    #[arg(long, value_name = "SECRET", requires_all = ["service", "tls_certificate"])]
    pub clients_ca: Option<SecretField>,

    /// Make a root key in a new file that only you may read, print its public half for --trust, and end.
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub new_root_key: Option<PathBuf>,
}

impl SplitArgs {
    /// The part that this process is.
    pub fn part(&self) -> Part {
        match (self.gateway, self.service) {
            (true, _) => Part::Gateway,
            (_, true) => Part::Service,
            _ => Part::Whole,
        }
    }
}
