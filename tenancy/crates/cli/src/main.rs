//! `tenancy`: the command line of wall two.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_types, reason = "this is the program that migrates, not a service")]

mod audit;
mod connection;
mod explain;
mod gateway;
mod gateway_grants;
mod keys;
mod out;
mod outcome;
mod permissions;
mod ready;
mod rls;
mod wall_args;

use clap::{Parser, Subcommand};
use out::{Format, Output};
use outcome::CommandError;
use std::process::ExitCode;

/// Makes PostgreSQL show one organization only, even to raw SQL.
///
/// A service declares its tables with `tenancy::schema!`. From that declaration this program builds row-level security
/// whose policies accept only a token that a process with a key can make.
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

The gateway's tables, where there is a gateway:
  1. make or update them, as their owner:    tenancy gateway migrate
  2. limit the gateway's role to them:       tenancy gateway grants --role gateway --apply
  3. check in CI that nothing is pending:    tenancy gateway migrate --check

A permission model, where there is one:
  1. begin with the standard model:          tenancy permissions standard > permissions.zed
  2. look for mistakes, now and in CI:       tenancy permissions lint permissions.zed
  3. run its tests:                          tenancy permissions test permissions.zed permissions.test.yaml
  4. see what a change gives to more people: tenancy permissions diff old.zed permissions.zed

Relationships, where a service keeps them in its database:
  1. make or update their tables:            tenancy permissions migrate --model permissions.zed
  2. give a role, and take it:               tenancy permissions grant --help
  3. see who may do something, and why:      tenancy permissions who --help

Every command but `rls ready`, `explain` and those of `permissions` that work on files takes the database from --database-url or, better, from DATABASE_URL: arguments show in `ps`. The role in
that URL is the one that migrates, never the service's. With --ca the connection must use TLS; with --cert and --key the
role authenticates with a certificate.

Exit codes:
  0  done; with `rls plan --check`: nothing is lacking
  1  `rls plan --check` found something lacking: a step, a foreign key whose rows were not looked at, or required advice.
     `rls ready` found something that no cluster accepts. `audit` found something as bad as --fail-on.
     `gateway migrate --check` found a pending migration. `permissions` found an error, an assertion that does not hold,
     a denial or a permission that became wider; of relationships it refused a change, or there was nothing to delete
  2  the arguments, the manifest or a file are not usable; with `gateway`: the tables or the role are not those that this
     program can work with
  3  the database was not reached, or refused";

#[derive(Subcommand)]
enum Command {
    /// Row-level security from the declaration.
    #[command(subcommand)]
    Rls(rls::Rls),
    /// The keys that tokens are sealed with.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The gateway's own tables: migrations and grants.
    #[command(subcommand)]
    Gateway(gateway::GatewayCommand),
    /// Permission models: lint, test, compare; relationships in a database: grant, revoke, list, explain.
    #[command(subcommand)]
    Permissions(permissions::Permissions),
    Audit(Box<audit::AuditArgs>),
    Explain(explain::Explain),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = if cli.format == Output::Json { Format::Json } else { Format::Text };
    // Two threads, because SQLite's driver waits for its files on a thread that it takes from the runtime.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.map_err(CommandError::usage).and_then(|runtime| {
        runtime.block_on(async {
            match cli.command {
                Command::Audit(args) => audit::run(&args, cli.format).await,
                _ if cli.format == Output::Sarif => Err(CommandError::usage("only `tenancy audit` writes SARIF")),
                Command::Rls(command) => rls::run(command, format).await,
                Command::Keys(command) => keys::run(command, format).await,
                Command::Gateway(command) => gateway::run(command, format).await,
                Command::Permissions(command) => permissions::run(&command, format).await,
                Command::Explain(command) => explain::run(&command, format),
            }
        })
    });
    done.unwrap_or_else(|failure| {
        out::note(format!("tenancy: {}\n", failure.text));
        ExitCode::from(failure.code)
    })
}
