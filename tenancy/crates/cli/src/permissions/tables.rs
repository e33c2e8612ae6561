//! `tenancy permissions migrate` and `grants`: the tables of relationships.

use super::database::{self, Settings};
use super::print_json;
use crate::connection::DatabaseUrl;
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use tenancy_permission_model::Model;
use tenancy_permits::sql::{SqlEngine, postgres_grants, postgres_script};

/// Makes the tables of relationships or brings them to this program's version, and records the model.
///
/// Run it as the role that owns the tables, before you deploy a new version of the service. A model that may give a permission
/// to more subjects than the one in use is recorded with --allow-widening only: compare the two with `tenancy permissions diff`.
#[derive(Args)]
#[command(after_help = MIGRATE)]
pub(crate) struct Migrate {
    #[command(flatten)]
    database: DatabaseUrl,
    /// Record this model as the one that the database is used with.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Record it although it may give a permission to more subjects.
    #[arg(long, requires = "model")]
    allow_widening: bool,
    /// Change nothing. Exit with 0 when the tables are up to date and the model is in use, with 1 when not.
    #[arg(long, conflicts_with_all = ["print", "allow_widening"])]
    check: bool,
    /// Change nothing, and print the tables as a script for `psql`. It needs no database, and fails where they are already.
    #[arg(long, conflicts_with = "model")]
    print: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Prints the rights that the engine's role needs on the tables of relationships on PostgreSQL, as a script for `psql`.
#[derive(Args)]
#[command(after_help = GRANTS)]
pub(crate) struct Grants {
    /// The role that the service's permission engine logs in as. It must exist.
    #[arg(long, value_name = "NAME")]
    role: String,
}

const MIGRATE: &str = "\
Examples:
  tenancy permissions migrate --model permissions.zed
  tenancy permissions migrate --check --model permissions.zed
  tenancy permissions migrate --print > permissions.sql

Exit codes:
  0  done; with --check: the tables are up to date, and the model is the one in use
  1  the model may give more than the one in use; with --check: something is pending
  2  the arguments or the model are not usable, or the tables are newer than this program
  3  the database was not reached, or refused";

const GRANTS: &str = "\
Example, as the role that owns the tables:
  tenancy permissions grants --role permits | psql -X -d shop

Give the engine a role of its own. The service's role needs none of these rights, but for reading `permission_epochs`, which is a
table of its schema. Behind wall two the engine's role also needs BYPASSRLS: it reads the epochs of all organizations.

Exit codes:
  0  printed
  2  the arguments are not usable";

pub(super) async fn migrate(args: &Migrate, format: Format) -> Result<ExitCode, CommandError> {
    if args.print {
        print(&postgres_script(), format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let engine = match &args.model {
        Some(file) => args.settings.engine(&args.database, file, !args.check).await?,
        // The tables are the same for every model.
        None => database::on(SqlEngine::builder(Model::standard()), &args.database, !args.check).await?,
    };
    if args.check {
        return check(&engine, args.model.is_some(), format).await;
    }
    let applied = engine.migrate().await?;
    let recorded = match (&args.model, args.allow_widening) {
        (None, _) => false,
        (Some(_), true) => engine.adopt_model().await?,
        (Some(_), false) => engine.adopt_model_unless_wider().await?,
    };
    if format == Format::Json {
        print_json(&json!({ "applied": applied, "model_recorded": recorded }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for version in &applied {
        out::line(format!("applied version {version}"))?;
    }
    if recorded {
        out::line("recorded the model")?;
    }
    if applied.is_empty() && !recorded {
        out::line("nothing to do: the tables of permissions are up to date")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn check(engine: &SqlEngine, with_model: bool, format: Format) -> Result<ExitCode, CommandError> {
    use tenancy_permits::sql::SchemaError;
    let pending = engine.pending_migrations().await?;
    let other_model = match (with_model, pending.is_empty()) {
        (true, true) => match engine.verify().await {
            Err(SchemaError::OtherModel) => true,
            done => done.map(|()| false)?,
        },
        // Without tables no model is recorded.
        (with_model, up_to_date) => with_model && !up_to_date,
    };
    if format == Format::Json {
        print_json(&json!({ "pending": pending, "other_model": other_model }))?;
    } else if !pending.is_empty() {
        out::line(
            "the tables of permissions are missing or older than this program: run `tenancy permissions migrate`",
        )?;
    } else if other_model {
        out::line("the database is used with another model: run `tenancy permissions migrate --model FILE`")?;
    } else {
        out::line("the tables of permissions are up to date")?;
    }
    Ok(super::found(!pending.is_empty() || other_model))
}

pub(super) fn grants(args: &Grants, format: Format) -> Result<ExitCode, CommandError> {
    if args.role.is_empty() || args.role.contains('\0') {
        return Err(CommandError::usage("--role: it is not the name of a role"));
    }
    print(&postgres_grants(&args.role), format)?;
    Ok(ExitCode::SUCCESS)
}

fn print(script: &str, format: Format) -> Result<(), CommandError> {
    match format {
        Format::Json => print_json(&json!({ "sql": script })),
        Format::Text => out::sql(script),
    }
}
