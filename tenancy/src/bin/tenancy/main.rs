//! `tenancy`: the command line of wall two.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_types, reason = "this is the program that migrates, not a service")]

mod audit;
mod keys;
mod out;
mod ready;
mod rls;

use clap::{Parser, Subcommand, ValueEnum};
use rustls::ClientConfig;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tenancy::db::{tls_roots, tls_roots_and_certificate};
use tenancy::rls::live;
use tenancy::secrets::{ExposeSecret as _, SecretRef, SecretString, Secrets};

/// Makes PostgreSQL show one organization only, even to raw SQL.
///
/// A service declares its tables with `tenancy::schema!`. From that declaration this program builds row-level security
/// whose policies believe only a token that a process with a key can make.
#[derive(Parser)]
#[command(name = "tenancy", version, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What is printed: for people, or one document for programs.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Output,
}

const HELP: &str = "\
First steps:
  1. let the service print its declaration:  println!(\"{}\", schema::schema_manifest().to_json())  > schema.json
  2. see what the database lacks:            tenancy rls plan --manifest schema.json --app-role shop
  3. build it:                               tenancy rls apply --manifest schema.json --app-role shop --create-role
  4. make a key for the service:             tenancy keys mint --out seal.key
  5. look for holes, now and in CI:          tenancy audit --manifest schema.json --app-role shop --source .

Every command but `rls ready` takes the database from --database-url or, better, from DATABASE_URL: arguments show in `ps`. The role in
that URL is the one that migrates, never the service's. With --ca the connection is TLS or there is none; with --cert and
--key the role shows a certificate.

Exit codes:
  0  done; with `rls plan --check`: nothing is lacking
  1  `rls plan --check` found something lacking (a step, a foreign key whose rows were not looked at, advice without which
     there is a hole), `rls ready` something that no cluster takes, or `audit` something as bad
     as --fail-on
  2  the arguments, the manifest or a file are not usable
  3  the database was not reached, or refused";

#[derive(Subcommand)]
enum Command {
    /// Row-level security from the declaration.
    #[command(subcommand)]
    Rls(rls::Rls),
    /// The keys that tokens are sealed with.
    #[command(subcommand)]
    Keys(keys::Keys),
    Audit(Box<audit::AuditArgs>),
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    #[default]
    #[value(alias = "table")]
    Text,
    Json,
    /// SARIF 2.1.0, for code scanning; of `audit` only.
    Sarif,
}

/// The database.
#[derive(clap::Args)]
struct DatabaseUrl {
    /// `postgres://role:password@host/database`, as the role that migrates.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Connect over TLS and in no other way, to a server with a certificate of one of these roots (PEM) for its name.
    #[arg(long, value_name = "FILE", env = "TENANCY_CA")]
    ca: Option<PathBuf>,
    /// Show this certificate (PEM), for a role that comes in by one.
    #[arg(long, value_name = "FILE", env = "TENANCY_CERT", requires_all = ["ca", "key"])]
    cert: Option<PathBuf>,
    /// Its key (PEM), which nobody else may read.
    #[arg(long, value_name = "FILE", env = "TENANCY_KEY", requires = "cert")]
    key: Option<PathBuf>,
}

impl DatabaseUrl {
    fn url(&self) -> Result<&str, Failure> {
        self.database_url.as_deref().ok_or(Failure::usage("set DATABASE_URL, or give --database-url"))
    }

    /// TLS with the roots that were given, and the certificate.
    async fn tls(&self) -> Result<Option<ClientConfig>, Failure> {
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
            Some(source) => Failure::usage(format!("--ca, --cert, --key: {source}")),
            None => Failure::usage(why),
        };
        config.map(Some).map_err(refused)
    }

    async fn connect(&self) -> Result<diesel_async::AsyncPgConnection, Failure> {
        let url = self.url()?;
        // The text says the server and the reason, and quotes nothing else of the URL: `no_part_of_a_url_is_shown`.
        let failed = |error| {
            Failure::database(format!("no connection with the URL of --database-url, or DATABASE_URL: {error}"))
        };
        match self.tls().await? {
            Some(tls) => live::connect_over_tls(url, tls).await.map_err(failed),
            None => live::connect(url).await.map_err(failed),
        }
    }
}

/// What is no secret.
fn pem(argument: &str, file: &Path) -> Result<String, Failure> {
    let refused = |why| Failure::usage(format!("{argument} {}: {why}", file.display()));
    std::fs::read_to_string(file).map_err(refused)
}

/// A secret in a file, under the rules of a service's.
async fn secret(file: &Path) -> Result<SecretString, Failure> {
    let path = std::path::absolute(file).map_err(Failure::usage)?;
    let reference = format!("file:{}", path.display()).parse::<SecretRef>().map_err(Failure::usage)?;
    Secrets::new().read(&reference).await.map_err(Failure::usage)
}

/// What ends the program.
struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    fn usage(text: impl fmt::Display) -> Self {
        Self { code: 2, text: text.to_string() }
    }

    fn database(text: impl fmt::Display) -> Self {
        Self { code: 3, text: text.to_string() }
    }
}

impl From<live::LiveError> for Failure {
    fn from(error: live::LiveError) -> Self {
        match std::error::Error::source(&error) {
            Some(source) => Self::database(format!("{error}: {source}")),
            None => Self::usage(error),
        }
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::database(error)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = if cli.format == Output::Json { Format::Json } else { Format::Text };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(Failure::usage).and_then(|runtime| {
        runtime.block_on(async {
            match cli.command {
                Command::Audit(args) => audit::run(&args, cli.format).await,
                _ if cli.format == Output::Sarif => Err(Failure::usage("only `tenancy audit` writes SARIF")),
                Command::Rls(command) => rls::run(command, format).await,
                Command::Keys(command) => keys::run(command, format).await,
            }
        })
    });
    done.unwrap_or_else(|failure| {
        out::note(format!("tenancy: {}\n", failure.text));
        ExitCode::from(failure.code)
    })
}
