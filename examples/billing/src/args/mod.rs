//! The command line.

mod help;
mod oidc;
mod postgres;
mod split;
mod values;
mod vault;

pub use oidc::{OidcArgs, ProviderProfile, SecretPlace};
pub use postgres::PostgresArgs;
pub use split::{Part, SplitArgs};
pub use values::{Database, Member};
pub use vault::VaultArgs;

use clap::Parser;
use std::net::SocketAddr;
use tenancy_secrets::SecretField;

/// What the program is started with. Secrets are named by where they are, as the end of `--help` says.
#[derive(Parser)]
#[command(name = "billing", version, about = "Invoices of several organizations", long_about = help::LONG, after_long_help = help::AFTER)]
pub struct Args {
    /// Where to listen. Beyond loopback with TLS, or behind a proxy that ends TLS (then --public-url says https).
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000", env = "BILLING_LISTEN")]
    pub listen: SocketAddr,

    /// The address that browsers see. Without it localhost and the port; requests for any other host are refused.
    #[arg(long, value_name = "URL", env = "BILLING_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Speak TLS with this certificate chain (PEM). Read again when it changes, with its key, which is of the same kind of place.
    #[arg(long, value_name = "SECRET", requires = "tls_key")]
    pub tls_certificate: Option<SecretField>,

    /// The certificate's key (PEM).
    #[arg(long, value_name = "SECRET", requires = "tls_certificate")]
    pub tls_key: Option<SecretField>,

    /// Listen here in plaintext, only to send browsers over to TLS.
    #[arg(long, value_name = "ADDRESS", requires = "tls_certificate")]
    pub redirect_listen: Option<SocketAddr>,

    /// The organizations' books: sqlite::memory:, sqlite:FILE, postgres://ROLE:PASSWORD@HOST/NAME, or the secret that holds
    /// that URL. Everybody on the machine sees a command line.
    #[arg(
        long,
        value_name = "URL|SECRET",
        default_value = "sqlite::memory:",
        env = "BILLING_DATABASE",
        hide_env_values = true
    )]
    pub database: Database,

    /// The gateway's own tables, by a role of its own. Needed with PostgreSQL; SQLite keeps them beside the books. With
    /// --gateway also sqlite:FILE, and in memory unless set.
    #[arg(long, value_name = "URL|SECRET", env = "BILLING_GATEWAY_DATABASE", hide_env_values = true)]
    pub gateway_database: Option<Database>,

    /// The roles of members, in the database of --database by a role of its own. On PostgreSQL privileged actions, such as making an
    /// invoice void, are refused with 503 without it. SQLite keeps roles beside the books.
    #[arg(long, value_name = "URL|SECRET", env = "BILLING_PERMISSIONS_DATABASE", hide_env_values = true)]
    pub permissions_database: Option<Database>,

    /// Arm every transaction for PostgreSQL's row-level security, and refuse to start behind a wall with holes.
    #[arg(long, requires = "seal_key")]
    pub both_walls: bool,

    /// The key of --both-walls, as `tenancy keys mint` writes it. Read again when it changes.
    #[arg(long, value_name = "SECRET", requires = "both_walls")]
    pub seal_key: Option<SecretField>,

    /// The role that owns the keys and the verifier of --both-walls.
    #[arg(long, value_name = "ROLE", default_value = "tenancy_owner")]
    pub rls_owner_role: String,

    /// With --both-walls: a user who is removed or disabled reads nothing more, not even in a request that is under way. Needs the gateway's
    /// tables in the same database, and `tenancy rls apply --directory public`.
    #[arg(long, requires = "seal_key")]
    pub compare_epochs: bool,

    /// For development: build all of it in this empty PostgreSQL database, by a role that owns it and may make roles, then
    /// serve from there behind both walls. May be run again; the roles get new random passwords each time.
    #[arg(
        long,
        value_name = "URL",
        env = "BILLING_SETUP_POSTGRES",
        hide_env_values = true,
        conflicts_with_all = ["both_walls", "gateway_database", "permissions_database"]
    )]
    pub setup_postgres: Option<String>,

    /// 64 hexadecimal digits (openssl rand -hex 32) that sessions are keyed with, and up to three more lines of keys that are
    /// understood beside it. Read again when it changes. Without it sessions end with the program.
    #[arg(long, value_name = "SECRET")]
    pub session_key: Option<SecretField>,

    /// Make a subject of the provider a member of an organization (harbour-trading, freewheel). May be repeated.
    #[arg(long, value_name = "SUBJECT@ORGANIZATION")]
    pub add_member: Vec<Member>,

    /// Make a subject of the provider a member and an owner of an organization, at each start. May be repeated.
    #[arg(long, value_name = "SUBJECT@ORGANIZATION", conflicts_with_all = ["gateway", "service"])]
    pub add_owner: Vec<Member>,

    /// Where the development provider listens. Loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3001", conflicts_with = "oidc_issuer")]
    pub dev_provider_listen: SocketAddr,

    /// Serve /live and /ready here, which say a status and nothing else, and for Prometheus /metrics. In plaintext, for the
    /// operators of the service: on loopback, or on a network that only they reach.
    #[arg(long, value_name = "ADDRESS")]
    pub internal_listen: Option<SocketAddr>,

    /// The identity provider.
    #[command(flatten)]
    pub oidc: OidcArgs,

    /// Which part of the service this process is.
    #[command(flatten)]
    pub split: SplitArgs,

    /// TLS to PostgreSQL.
    #[command(flatten)]
    pub postgres: PostgresArgs,

    /// The store behind `vault:` references.
    #[command(flatten)]
    pub vault: VaultArgs,
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
        assert!(parsed("billing --both-walls --seal-key file:/k --database postgres://a:b@c/d"));
        assert!(!parsed("billing --both-walls"));
        assert!(!parsed("billing --oidc-issuer https://id.example"));
        assert!(!parsed("billing --add-member somebody"));
        let provider = "billing --oidc-issuer https://id.example --oidc-client-id x";
        for (more, right) in [
            ("--oidc-profile keycloak --oidc-ca /ca --oidc-skew 60 --oidc-expired-hint", true),
            ("--oidc-profile zitadel --oidc-project 900000000000000001", true),
            (
                "--oidc-endpoint-origin https://a.example --oidc-endpoint-origin https://b.example --oidc-audience y",
                true,
            ),
            ("--oidc-client-secret file:/s --oidc-secret-in body", true),
            (
                "--oidc-algorithm ES384 --oidc-algorithm RS256 --oidc-tolerate no-auth-time --oidc-tolerate no-key-ids",
                true,
            ),
            ("--oidc-profile zitadel", false),
            ("--oidc-profile okta", false),
            ("--oidc-secret-in body", false),
            ("--oidc-skew 121", false),
            ("--oidc-algorithm HS256", false),
            ("--oidc-algorithm none", false),
            ("--oidc-tolerate everything", false),
        ] {
            assert_eq!(parsed(&format!("{provider} {more}")), right, "{more}");
        }
        for alone in ["--oidc-ca /ca", "--oidc-skew 5", "--oidc-tolerate no-key-ids", "--oidc-profile keycloak"] {
            assert!(!parsed(&format!("billing {alone}")), "{alone}: there is no provider that it is of");
        }
        assert!(!parsed("billing --setup-postgres postgres://a/b --both-walls --seal-key file:/k"));
        assert!(!parsed("billing --vault-address https://vault.example"));
        let pair = "--postgres-certificate file:/c --postgres-key file:/k";
        assert!(parsed(&format!("billing --postgres-ca /ca {pair}")) && !parsed(&format!("billing {pair}")));
        assert!(!parsed("billing --postgres-ca /ca --gateway-postgres-certificate file:/c"));
        assert!(!parsed(&format!("billing --setup-postgres postgres://a/b --postgres-ca /ca {pair}")));
    }

    const GATEWAY: &str =
        "billing --gateway --upstream http://127.0.0.1:1 --root-key file:/k --keys-listen 127.0.0.1:0";
    const SERVICE: &str = "billing --service --trust k4.public.x --statements http://127.0.0.1:2/keys";

    #[test]
    fn each_part_takes_its_own_arguments_and_none_of_the_others() {
        let parsed = |more: &str| Args::try_parse_from(more.split_whitespace()).is_ok();
        assert!(parsed(GATEWAY) && parsed(SERVICE));
        for lacking in ["billing --gateway --upstream http://127.0.0.1:1", "billing --service --trust k4.public.x"] {
            assert!(!parsed(lacking), "{lacking}");
        }
        let transit = "--vault-address https://vault.example --vault-role r --root-transit transit/root";
        assert!(parsed(&format!("{} {transit}", GATEWAY.replace("--root-key file:/k", ""))), "a root in a safe");
        assert!(!parsed(&format!("{GATEWAY} {transit}")), "one root");
        for alone in ["--upstream http://127.0.0.1:1", "--root-key file:/k", "--trust k4.public.x"] {
            assert!(!parsed(&format!("billing {alone}")), "{alone}");
        }
        for books in [
            "--database sqlite::memory:",
            "--both-walls --seal-key file:/k",
            "--setup-postgres postgres://a/b",
            "--service",
            "--postgres-ca /ca --postgres-certificate file:/c --postgres-key file:/k",
            "--permissions-database postgres://a/b",
            "--postgres-ca /ca --permissions-postgres-certificate file:/c --permissions-postgres-key file:/k",
        ] {
            assert!(!parsed(&format!("{GATEWAY} {books}")), "{books}");
        }
        for front in [
            "--gateway-database postgres://a/b",
            "--session-key file:/k",
            "--postgres-ca /ca --gateway-postgres-certificate file:/c --gateway-postgres-key file:/k",
            "--oidc-issuer https://id.example --oidc-client-id x",
            "--add-member a@freewheel",
            "--dev-provider-listen 127.0.0.1:0",
            "--public-url https://billing.example",
            "--redirect-listen 127.0.0.1:0",
            "--setup-postgres postgres://a/b",
            "--root-key file:/k",
        ] {
            assert!(!parsed(&format!("{SERVICE} {front}")), "{front}");
        }
    }
}
