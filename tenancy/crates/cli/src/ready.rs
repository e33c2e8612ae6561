//! `tenancy rls ready`.

use super::out::{self, Format};
use super::outcome::CommandError;
use super::wall_args::{LevelArg, read_manifest};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use tenancy_rls::{Options, Target, ready};

/// Says whether the declared schema could be spread over a Citus cluster, each organization on one node. Asks no server.
///
/// Citus takes a table only when the organization is in every key and foreign key, in one type everywhere. It is cheap to
/// keep that from the start, and expensive to bring in later: run this in CI from the first day.
#[derive(Args)]
#[command(after_long_help = HELP)]
pub(super) struct Ready {
    /// The declaration, as `schema_manifest().to_json()` prints it; `-` reads standard input.
    #[arg(long)]
    manifest: PathBuf,
    /// What the schema is to be spread over.
    #[arg(long, value_enum, default_value = "citus")]
    target: Distributed,
    /// How the wall is built there; see `tenancy rls plan --help`.
    #[arg(long, value_enum, default_value = "sealed")]
    level: LevelArg,
    /// Where tables lie that the declaration does not qualify.
    #[arg(long, default_value = "public")]
    default_schema: String,
}

const HELP: &str = "\
Example:
  tenancy rls ready --manifest schema.json

Each finding names the table, why it matters and what to do:
  refused  as declared, no cluster takes it; the command exits with 1
  open     the declaration leaves it open: look at the database
  advice   it works, and could be better

A declaration does not say everything. What only the database shows is listed at the end, with the rules of
`tenancy audit --target citus` that look there. No Citus server is run by our tests.";

#[derive(Clone, Copy, ValueEnum)]
enum Distributed {
    Citus,
}

pub(super) fn run(args: &Ready, format: Format) -> Result<ExitCode, CommandError> {
    let manifest = read_manifest(&args.manifest)?;
    let target = match args.target {
        Distributed::Citus => Target::Citus,
    };
    // No role takes part: nothing is planned.
    let options = Options::new("app").target(target).level(args.level.level()).default_schema(&args.default_schema);
    let readiness = ready::check(&manifest, &options);
    let is_ready = readiness.is_ready_as_declared();
    match format {
        Format::Text => out::line(&readiness)?,
        Format::Json => {
            let report = json!({
                "target": target,
                "ready_as_declared": is_ready,
                "findings": readiness.findings,
                "unseen": readiness.unseen,
            });
            out::json(&serde_json::to_string_pretty(&report).map_err(CommandError::usage)?)?;
        }
    }
    Ok(if is_ready { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
