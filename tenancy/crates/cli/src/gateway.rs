//! `tenancy gateway`.

use super::connection::DatabaseUrl;
use super::{CommandError, Format, gateway_grants, out};
use clap::{Args, Subcommand};
use std::error::Error as _;
use std::process::ExitCode;
use tenancy_gateway::GatewayDb;
use tenancy_gateway::migrations::{self, Migration, MigrationError, MigrationStatus, POSTGRES};
use tenancy_service::epochs_grants;

#[derive(Subcommand)]
pub(super) enum GatewayCommand {
    /// Applies the migrations of the gateway's tables, prints them, or checks whether any is pending.
    ///
    /// Run it as the role that owns the tables, before you deploy a new version of the gateway. The gateway's own role makes no tables: it
    /// compares the record with its migrations when it starts, and says what to run.
    ///
    /// Each migration is one transaction, which also records it in the table `gateway_migrations`. Several runs at once take turns. A run
    /// that is interrupted leaves no half of a migration. Tables of a release that recorded no migrations are adopted when their columns,
    /// constraints and indexes are those that the release made.
    ///
    /// Names that begin with `gateway_` are the gateway's. Where another role made such a table or view, or added a trigger, a rule or
    /// row-level security to a table, nothing is migrated and the command says what it found.
    Migrate(Migrate),
    /// Prints or applies the least rights that the gateway's role needs on the gateway's tables.
    ///
    /// The role gets what the gateway's statements need and loses what it has beyond that. It gets no right on an organization's table,
    /// on the schema or to connect. Run it again after `tenancy gateway migrate`.
    ///
    /// With --apply, what the role may do is compared afterwards. A right from PUBLIC, from another role or from a grant of another role
    /// remains, is named, and the command exits with 2. A role that no grant limits is rejected: a superuser, one with CREATEROLE or BYPASSRLS,
    /// and one that can act as the owner or as `pg_read_all_data`.
    Grants(Grants),
}

#[derive(Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    database: DatabaseUrl,
    /// Apply nothing. Exit with 0 when the tables are up to date, with 1 when a migration is pending.
    #[arg(long, conflicts_with = "print")]
    check: bool,
    /// Apply nothing. Print the pending migrations as a script for `psql` that also records them; without a database, all of them.
    #[arg(long)]
    print: bool,
}

#[derive(Args)]
pub(super) struct Grants {
    #[command(flatten)]
    database: DatabaseUrl,
    /// The role that the gateway logs in as. It must exist.
    #[arg(long, value_name = "NAME")]
    role: String,
    /// The grants of a service that compares epochs (`DirectoryEpochs`) instead: ids, epochs and states, to read.
    #[arg(long)]
    epochs: bool,
    /// Print the statements, and run none of them. This is the default.
    #[arg(long, conflicts_with = "apply")]
    print: bool,
    /// Run the statements, as the owner of the gateway's tables.
    #[arg(long)]
    apply: bool,
}

pub(super) async fn run(command: GatewayCommand, format: Format) -> Result<ExitCode, CommandError> {
    match command {
        GatewayCommand::Migrate(args) => migrate(&args, format).await,
        GatewayCommand::Grants(args) => grants(&args, format).await,
    }
}

async fn migrate(args: &Migrate, format: Format) -> Result<ExitCode, CommandError> {
    if args.print && args.database.database_url.is_none() {
        return print(POSTGRES, format);
    }
    let tables = tables(&args.database).await?;
    if args.print {
        return print(&tables.migration_status().await?.pending, format);
    }
    if args.check {
        let status = tables.migration_status().await?;
        say(&status, format)?;
        return Ok(ExitCode::from(u8::from(!status.pending.is_empty())));
    }
    let applied = tables.migrate().await?;
    match format {
        Format::Json => json(&serde_json::json!({ "applied": list(&applied) }))?,
        Format::Text if applied.is_empty() => out::line("nothing to do: the gateway's tables are up to date")?,
        Format::Text => {
            for one in &applied {
                out::line(format!("applied migration {} `{}`", one.version(), one.name()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The gateway's tables, as the role that owns them. What keeps the database from being reached is said as by every command.
async fn tables(database: &DatabaseUrl) -> Result<GatewayDb, CommandError> {
    drop(database.connect().await?);
    let url = database.url()?;
    let tables = match database.tls().await? {
        Some(tls) => GatewayDb::postgres_over_tls(url, tls),
        None => GatewayDb::postgres(url),
    };
    tables.map_err(CommandError::usage)
}

fn print(migrations: &[Migration], format: Format) -> Result<ExitCode, CommandError> {
    let script = migrations::postgres_script(migrations);
    match format {
        Format::Json => json(&serde_json::json!({ "pending": list(migrations), "sql": script }))?,
        Format::Text if migrations.is_empty() => out::line("-- nothing to do: the gateway's tables are up to date")?,
        Format::Text => out::sql(&script)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn say(status: &MigrationStatus, format: Format) -> Result<(), CommandError> {
    let MigrationStatus { applied, pending, adopts, .. } = status;
    if format == Format::Json {
        let (applied, pending) = (list(applied), list(pending));
        return json(&serde_json::json!({ "applied": applied, "pending": pending, "adopts": adopts }));
    }
    match status.check() {
        Ok(()) => out::line("the gateway's tables are up to date"),
        Err(pending) => out::line(pending),
    }
}

fn list(migrations: &[Migration]) -> Vec<serde_json::Value> {
    let one = |one: &Migration| serde_json::json!({ "version": one.version(), "name": one.name(), "checksum": one.checksum() });
    migrations.iter().map(one).collect()
}

fn json(value: &serde_json::Value) -> Result<(), CommandError> {
    out::json(&serde_json::to_string_pretty(value).map_err(CommandError::usage)?)
}

async fn grants(args: &Grants, format: Format) -> Result<ExitCode, CommandError> {
    let sql = if args.epochs { epochs_grants(&args.role) } else { migrations::postgres_grants(&args.role) };
    let sql = sql.map_err(|why| CommandError::usage(format!("--role: {why}")))?;
    if args.apply {
        tables(&args.database).await?.migration_status().await?.check()?;
        let mut conn = args.database.connect().await?;
        gateway_grants::apply(&mut conn, &args.role, &sql).await?;
    }
    match (format, args.apply) {
        (Format::Json, applied) => {
            json(&serde_json::json!({ "role": args.role, "sql": sql, "applied": applied }))?;
        }
        (Format::Text, true) => {
            out::line(format!("the role `{}` has the rights that it needs, and no more", args.role))?
        }
        (Format::Text, false) => {
            out::sql(&format!("\\set ON_ERROR_STOP on\n{}COMMIT;\n", migrations::postgres_guarded(&sql)))?
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl From<MigrationError> for CommandError {
    fn from(error: MigrationError) -> Self {
        match error {
            MigrationError::Failed { .. }
            | MigrationError::Locked { .. }
            | MigrationError::Unconfirmed { .. }
            | MigrationError::Database(_) => {
                // The database's own text is two sources down.
                let reported = error.source().and_then(|source| source.source()).map(|text| format!(": {text}"));
                Self::database(format!("{error}{}", reported.unwrap_or_default()))
            }
            MigrationError::Waited(_) | MigrationError::Contended => Self::database(error),
            error => Self::usage(error),
        }
    }
}
