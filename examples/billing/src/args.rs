//! The command line.

use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

const LONG: &str = "\
Invoices of several organizations, behind tenancy's gateway.

Without arguments it needs nothing else: the books are in memory (SQLite), and people sign in at an identity provider for \
development that is part of this program, listens on loopback only and lets anybody be anybody. Open http://localhost:3000 in \
Chromium or Firefox, which take Secure cookies from http://localhost.";

const AFTER: &str = "\
Examples:

  billing
      in memory, with the development provider
  billing --database sqlite:billing.db
      the same in a file
  billing --setup-postgres postgres://me@localhost/shop
      PostgreSQL with both walls: makes tables, roles, row-level security and a key, and serves
  BILLING_DATABASE=postgres://shop:…@db/shop BILLING_GATEWAY_DATABASE=postgres://gate:…@db/shop \\
  billing --both-walls --seal-key-file /run/secrets/seal --session-key-file /run/secrets/session \\
    --oidc-issuer https://id.example --oidc-client-id billing \\
    --oidc-client-secret-file /run/secrets/oidc --public-url https://billing.example
      what somebody else migrated, a real provider, and a proxy in front that ends TLS

Exit codes:
  0 stopped by a signal   2 arguments or files   3 an address   4 the database   5 the provider

The log goes to standard error. RUST_LOG=debug, RUST_LOG=tenancy=debug,info and the like choose.";

/// What the program is told.
#[derive(Parser)]
#[command(name = "billing", version, about = "Invoices of several organizations", long_about = LONG, after_long_help = AFTER)]
pub struct Args {
    /// Where to listen. Beyond loopback with TLS, or behind a proxy that ends TLS (then --public-url says https).
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000", env = "BILLING_LISTEN")]
    pub listen: SocketAddr,

    /// The address that browsers see. Without it localhost and the port; requests for any other host are refused.
    #[arg(long, value_name = "URL", env = "BILLING_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Speak TLS with this certificate chain (PEM). Read anew when it changes, with its key.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,

    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,

    /// Listen here in plaintext, only to send browsers over to TLS.
    #[arg(long, value_name = "ADDRESS", requires = "tls_certificate")]
    pub redirect_listen: Option<SocketAddr>,

    /// The organizations' books: sqlite::memory:, sqlite:FILE or postgres://ROLE:PASSWORD@HOST/NAME. Prefer the variable: a
    /// command line is seen by everybody on the machine.
    #[arg(
        long,
        value_name = "URL",
        default_value = "sqlite::memory:",
        env = "BILLING_DATABASE",
        hide_env_values = true
    )]
    pub database: Database,

    /// The gateway's own tables, by a role of its own. Needed with PostgreSQL; SQLite keeps them beside the books.
    #[arg(long, value_name = "URL", env = "BILLING_GATEWAY_DATABASE", hide_env_values = true)]
    pub gateway_database: Option<String>,

    /// Arm every transaction for PostgreSQL's row-level security, and refuse to start behind a wall with holes.
    #[arg(long, requires = "seal_key_file")]
    pub both_walls: bool,

    /// The key of --both-walls, as `tenancy keys mint` writes it. Read anew when it changes.
    #[arg(long, value_name = "FILE", requires = "both_walls")]
    pub seal_key_file: Option<PathBuf>,

    /// The role that owns the keys and the verifier of --both-walls.
    #[arg(long, value_name = "ROLE", default_value = "tenancy_owner")]
    pub rls_owner_role: String,

    /// With --both-walls: whoever is put out reads nothing more, not even in a request that is under way. Needs the gateway's
    /// tables in the same database, and `tenancy rls apply --directory public`.
    #[arg(long, requires = "seal_key_file")]
    pub compare_epochs: bool,

    /// For development: build all of it in this empty PostgreSQL database, by a role that owns it and may make roles, then
    /// serve from there behind both walls. May be run again; the roles get new random passwords each time.
    #[arg(
        long,
        value_name = "URL",
        env = "BILLING_SETUP_POSTGRES",
        hide_env_values = true,
        conflicts_with_all = ["both_walls", "gateway_database"]
    )]
    pub setup_postgres: Option<String>,

    /// 64 hexadecimal digits (openssl rand -hex 32) that sessions are keyed with. Without it sessions end with the program.
    #[arg(long, value_name = "FILE")]
    pub session_key_file: Option<PathBuf>,

    /// A real OpenID Connect provider, spelled as it spells itself, instead of the one for development. Register
    /// PUBLIC-URL/login/callback there as the redirect address, PUBLIC-URL/ for after a logout, and
    /// PUBLIC-URL/sign-out/back-channel for its back-channel logout.
    #[arg(long, value_name = "URL", env = "BILLING_OIDC_ISSUER", requires = "oidc_client_id")]
    pub oidc_issuer: Option<String>,

    /// This service's name at that provider.
    #[arg(long, value_name = "ID", env = "BILLING_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,

    /// This service's secret at that provider. Without it the client is public.
    #[arg(long, value_name = "FILE", requires = "oidc_issuer")]
    pub oidc_client_secret_file: Option<PathBuf>,

    /// Make a subject of the provider a member of an organization (harbour-trading, freewheel). May be repeated.
    #[arg(long, value_name = "SUBJECT@ORGANIZATION")]
    pub add_member: Vec<Member>,

    /// Where the development provider listens. Loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3001", conflicts_with = "oidc_issuer")]
    pub dev_provider_listen: SocketAddr,

    /// Serve the gateway's counters for Prometheus at /metrics here. Loopback only.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
}

/// Where the books are.
#[derive(Clone)]
pub enum Database {
    /// A file, or `:memory:`.
    Sqlite(String),
    /// A `postgres://` URL.
    Postgres(String),
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(file.to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err("write sqlite::memory:, sqlite:FILE or postgres://ROLE:PASSWORD@HOST/NAME"),
        }
    }
}

/// A subject of the provider, and an organization's name in paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The subject.
    pub subject: String,
    /// The organization.
    pub organization: String,
}

impl FromStr for Member {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A subject may hold an @; a slug does not.
        let parts = text.rsplit_once('@').filter(|(subject, slug)| !subject.is_empty() && !slug.is_empty());
        let (subject, slug) = parts.ok_or("write SUBJECT@ORGANIZATION")?;
        Ok(Self { subject: subject.to_owned(), organization: slug.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        let parsed = |line: &str| Args::try_parse_from(line.split_whitespace()).is_ok();
        assert!(parsed("billing"));
        assert!(parsed("billing --both-walls --seal-key-file k --database postgres://a:b@c/d"));
        assert!(!parsed("billing --both-walls"));
        assert!(!parsed("billing --oidc-issuer https://id.example"));
        assert!(!parsed("billing --database mysql://x"));
        assert!(!parsed("billing --add-member somebody"));
        assert!(!parsed("billing --setup-postgres postgres://a/b --both-walls --seal-key-file k"));
    }
}
