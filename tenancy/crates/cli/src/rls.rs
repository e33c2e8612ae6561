//! `tenancy rls`.

use super::connection::DatabaseUrl;
use super::out::{self, Format};
use super::outcome::CommandError;
use super::ready::{self, Ready};
use super::wall_args::{LevelArg, read_manifest};
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tenancy::schema::Manifest;
use tenancy_rls::live::{self, Progress};
use tenancy_rls::{Options, Plan, Target};

#[derive(Subcommand)]
pub(super) enum Rls {
    /// Prints, or writes as a migration, what the database lacks. Changes nothing.
    ///
    /// Without a database it prints every step; each may be run again without harm.
    Plan {
        #[command(flatten)]
        database: DatabaseUrl,
        #[command(flatten)]
        wall: Wall,
        /// Write `up.sql` and `down.sql` into this folder: `migrations/2026-01-01-000000_tenancy_rls`.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Exit with 1 when anything is lacking: a step, a look at a foreign key's rows, a key between two tables that cannot
        /// be made, a table: for CI.
        #[arg(long)]
        check: bool,
    },
    /// Builds what the database lacks: on PostgreSQL all of it or nothing, in one transaction.
    ///
    /// Existing rows are neither changed nor dropped. What would rewrite them, or what they may not allow, is printed as
    /// advice and not run.
    Apply {
        #[command(flatten)]
        database: DatabaseUrl,
        #[command(flatten)]
        wall: Wall,
        #[command(flatten)]
        roles: Roles,
    },
    Ready(Ready),
}

/// What a mistyped role would do unasked.
#[derive(Args)]
pub(super) struct Roles {
    /// Make the roles of --app-role and --owner-role if they do not exist.
    #[arg(long)]
    create_role: bool,
    /// Take the policies away from this role, which has them now, and give them to the role of --app-role.
    #[arg(long, value_name = "ROLE")]
    replace_role: Vec<String>,
}

impl Roles {
    /// Refuses what was not asked for: roles that are made, and policies that are taken from another role.
    fn allow(&self, plan: &Plan, wall: &Wall) -> Result<(), CommandError> {
        let (app, roles) = (&wall.app_role, &plan.roles);
        let others: Vec<&String> = roles.replaced.iter().filter(|role| !self.replace_role.contains(role)).collect();
        if let Some(other) = others.first() {
            return Err(CommandError::usage(format!(
                "the policies are for the role `{other}`, and --app-role is `{app}`: correct it, or give --replace-role {other} \
                 to take them from that role. Nothing was changed"
            )));
        }
        // The owner is named by default, and the first run makes it.
        let made = roles.created.iter().find(|role| *role == app || roles.owned);
        match made {
            Some(role) if !self.create_role => Err(CommandError::usage(format!(
                "the role `{role}` does not exist: correct its name, or give --create-role to make it. Nothing was changed"
            ))),
            _ => Ok(()),
        }
    }
}

/// What is built.
#[derive(Args)]
pub(super) struct Wall {
    /// The declaration, as `schema_manifest().to_json()` prints it; `-` reads standard input.
    #[arg(long)]
    manifest: PathBuf,
    /// The role that the service logs in as. `apply --create-role` makes it, without a password, when it does not exist.
    #[arg(long)]
    app_role: String,
    /// The role that owns the keys and the verifier. It cannot log in.
    #[arg(long, default_value = "tenancy_owner")]
    owner_role: String,
    /// The database. The last two are not run by our tests.
    #[arg(long, value_enum, default_value = "postgres")]
    target: TargetArg,
    /// `unsealed` trusts a plain setting: it holds against a forgotten predicate, not against injected SQL or a stolen
    /// password.
    #[arg(long, value_enum, default_value = "sealed")]
    level: LevelArg,
    /// Where tables lie that the declaration does not qualify.
    #[arg(long, default_value = "public")]
    default_schema: String,
    /// The schema of the gateway's directory, when the service compares epochs (`compare_epochs`).
    #[arg(long)]
    directory: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum TargetArg {
    Postgres,
    Citus,
    Cockroach,
}

impl Wall {
    fn options(&self) -> Options {
        let target = match self.target {
            TargetArg::Postgres => Target::Postgres,
            TargetArg::Citus => Target::Citus,
            TargetArg::Cockroach => Target::Cockroach,
        };
        let options =
            Options::new(&self.app_role).owner_role(&self.owner_role).target(target).level(self.level.level());
        let mut options = options.default_schema(&self.default_schema);
        options.directory.clone_from(&self.directory);
        options
    }

    fn manifest(&self) -> Result<Manifest, CommandError> {
        read_manifest(&self.manifest)
    }
}

pub(super) async fn run(command: Rls, format: Format) -> Result<ExitCode, CommandError> {
    match command {
        Rls::Plan { database, wall, out, check } => plan(&database, &wall, out.as_deref(), check, format).await,
        Rls::Apply { database, wall, roles } => apply(&database, &wall, &roles, format).await,
        Rls::Ready(args) => ready::run(&args, format),
    }
}

async fn plan(
    database: &DatabaseUrl,
    wall: &Wall,
    out: Option<&Path>,
    check: bool,
    format: Format,
) -> Result<ExitCode, CommandError> {
    let (manifest, options) = (wall.manifest()?, wall.options());
    let plan = match database.database_url {
        Some(_) => live::diff(&mut database.connect().await?, &manifest, &options).await?,
        None => Plan::for_manifest(&manifest, &options).map_err(CommandError::usage)?,
    };
    if let Some(folder) = out {
        let failed = |error| CommandError::usage(format!("cannot write into {}: {error}", folder.display()));
        plan.write_migration(folder).map_err(failed)?;
    }
    match (format, out) {
        (Format::Json, _) => print_json(&plan)?,
        (Format::Text, Some(folder)) => {
            out::line(format!("{} steps in {}", plan.steps.len(), folder.display()))?;
        }
        (Format::Text, None) if plan.is_whole() && plan.advice.is_empty() => out::line("nothing is lacking")?,
        (Format::Text, None) => out::sql(&plan.up_sql())?,
    }
    Ok(if check && !plan.is_whole() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

async fn apply(database: &DatabaseUrl, wall: &Wall, roles: &Roles, format: Format) -> Result<ExitCode, CommandError> {
    let (manifest, options) = (wall.manifest()?, wall.options());
    let mut conn = database.connect().await?;
    let started = Instant::now();
    let mut plan = live::diff(&mut conn, &manifest, &options).await?;
    roles.allow(&plan, wall)?;
    let progress = |progress: Progress<'_>| match progress {
        Progress::Started { number, of, step } => out::note(format!("[{number:>3}/{of}] {}", step.id)),
        Progress::Done { took, .. } => out::note(format!("  {} ms\n", took.as_millis())),
        Progress::Validating { validation } => out::note(format!("{}\n", validation.id)),
        _ => {}
    };
    match live::apply(&mut conn, &plan, progress).await {
        // What was validated is no advice any more.
        Ok(left) => plan.advice = left,
        Err(error) => {
            out::note("\n");
            return Err(error.into());
        }
    }
    match format {
        Format::Json => print_json(&plan)?,
        Format::Text => summary(&plan, started)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(plan: &Plan, started: Instant) -> Result<(), CommandError> {
    for advice in &plan.advice {
        let lacking = if advice.lacking { ", and LACKING until then" } else { "" };
        out::line(format!("not run{lacking}: {}: {}", advice.id, advice.reason))?;
        for sql in &advice.sql {
            out::line(format!("    {sql}"))?;
        }
    }
    let (steps, advice, took) = (plan.steps.len(), plan.advice.len(), started.elapsed().as_millis());
    out::line(format!("{steps} steps run, {advice} pieces of advice, {took} ms"))
}

fn print_json(plan: &Plan) -> Result<(), CommandError> {
    out::json(&serde_json::to_string_pretty(plan).map_err(CommandError::usage)?)
}
