//! `tenancy audit`.

use super::connection::DatabaseUrl;
use super::out::{self, Output};
use super::outcome::CommandError;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use tenancy::db::seal::SealKey;
use tenancy::schema::Manifest;
use tenancy_audit::baseline::Baseline;
use tenancy_audit::{Audit, CatalogError, Options, Report, Severity, render, rule, rules, source};
use tenancy_rls::{self as rls, Level, Target};

/// Audits a database against the declaration, and a service's source.
///
/// With `--manifest` it looks at the database, with `--source` at code, with both at both. It ends with 1 when something is
/// as bad as `--fail-on`.
#[derive(clap::Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    database: DatabaseUrl,
    /// The declaration, as `schema_manifest().to_json()` prints it.
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// The service's URL: the wall is then tried as the service's role, in transactions that are rolled back.
    #[arg(long, env = "TENANCY_APP_URL", hide_env_values = true)]
    app_url: Option<String>,
    /// A file with a key that the database knows, for the probes that must act for an organization.
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The folder of a service's package or workspace, whose source is read.
    #[arg(long)]
    source: Vec<PathBuf>,
    /// A path below `--source` that is left out: the program that migrates.
    #[arg(long)]
    exclude: Vec<PathBuf>,
    /// The role that the service logs in as.
    #[arg(long, default_value = "app")]
    app_role: String,
    /// The role that owns the verifier and the keys.
    #[arg(long, default_value = "tenancy_owner")]
    owner_role: String,
    /// What the wall was built for.
    #[arg(long, default_value = "postgres", value_parser = ["postgres", "citus", "cockroach"])]
    target: String,
    /// `sealed`: policies accept only tokens that are sealed with a key. `unsealed`: they trust a plain setting.
    #[arg(long, default_value = "sealed", value_parser = ["sealed", "unsealed"])]
    level: String,
    /// Where tables lie that the declaration does not qualify.
    #[arg(long, default_value = "public")]
    default_schema: String,
    /// The schema of the gateway's directory, when the service compares epochs (`compare_epochs`).
    #[arg(long)]
    directory: Option<String>,
    /// A role that may hold grants on organization tables beside the service's (C10).
    #[arg(long)]
    reader: Vec<String>,
    /// A login role that may go round the wall (C14).
    #[arg(long)]
    administrator: Vec<String>,
    /// A reviewed SECURITY DEFINER function, `schema.name` (D03, D07).
    #[arg(long)]
    definer: Vec<String>,
    /// A table that needs no declaration, `schema.name` (A02, A03).
    #[arg(long)]
    ignore_table: Vec<String>,
    /// The service's role holds UPDATE on whole tables, on purpose (A07).
    #[arg(long)]
    table_grants: bool,
    /// What PgBouncer's `SHOW VERSION` says, when there is a PgBouncer before the server (F08).
    #[arg(long)]
    pgbouncer: Option<String>,
    /// A rule that is not run; it is reported as not run.
    #[arg(long)]
    disable: Vec<String>,
    /// Findings that are accepted, with a reason and a day: TOML.
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// The least severity that makes the command fail.
    #[arg(long, default_value = "medium", value_parser = parse_severity)]
    fail_on: Severity,
    /// Says what a rule is about, and nothing else.
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
    /// Lists the rules, and nothing else.
    // Not `exclusive`: a URL in the environment counts as an argument.
    #[arg(long, conflicts_with = "explain")]
    list: bool,
}

fn parse_severity(name: &str) -> Result<Severity, String> {
    name.parse()
}

pub(super) async fn run(args: &AuditArgs, format: Output) -> Result<ExitCode, CommandError> {
    if let Some(id) = &args.explain {
        return explain(id);
    }
    if args.list {
        let rules = rules().map(|rule| format!("{}  {:<8}  {}\n", rule.id, rule.severity, rule.title));
        out::whole(rules.collect::<String>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = report(args).await?;
    let colour = std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = match format {
        Output::Json => render::json(&report) + "\n",
        Output::Sarif => {
            let declaration = args.manifest.as_deref().map(Path::to_string_lossy);
            render::sarif(&report, declaration.as_deref()) + "\n"
        }
        Output::Text => render::text(&report, colour),
    };
    out::whole(text)?;
    Ok(if report.fails_on(args.fail_on) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn explain(id: &str) -> Result<ExitCode, CommandError> {
    let unknown = || CommandError::usage(format!("there is no rule `{id}`; `tenancy audit --list` shows them"));
    out::whole(rule(id).ok_or_else(unknown)?.markdown())?;
    Ok(ExitCode::SUCCESS)
}

async fn report(args: &AuditArgs) -> Result<Report, CommandError> {
    if args.manifest.is_none() && args.source.is_empty() {
        return Err(CommandError::usage(
            "nothing to look at: give --manifest for the database, --source for code, or both",
        ));
    }
    if let Some(unknown) = args.disable.iter().find(|id| rule(id).is_none()) {
        return Err(CommandError::usage(format!("there is no rule `{unknown}` to disable")));
    }
    let mut report = Report::default();
    if let Some(manifest) = &args.manifest {
        report.merge(database(args, manifest).await?);
    }
    for root in &args.source {
        let options = source::SourceOptions::new(args.exclude.clone());
        report.merge(source::audit(root, &options).map_err(|why| unusable(root, why))?);
    }
    report.disable(&args.disable);
    if let Some(path) = &args.baseline {
        Baseline::from_toml(&text(path)?).map_err(|why| unusable(path, why))?.apply(&mut report);
    }
    Ok(report)
}

fn unusable(path: &Path, why: impl std::fmt::Display) -> CommandError {
    CommandError::usage(format!("{}: {why}", path.display()))
}

fn text(path: &Path) -> Result<String, CommandError> {
    fs::read_to_string(path).map_err(|why| unusable(path, why))
}

async fn database(args: &AuditArgs, path: &Path) -> Result<Report, CommandError> {
    let (url, tls) = (args.database.url()?, args.database.tls().await?);
    let manifest = Manifest::from_json(&text(path)?).map_err(|why| unusable(path, why))?;
    let key = args.key_file.as_deref().map(text).transpose()?;
    let key = key.map(|key| key.parse::<SealKey>()).transpose().map_err(CommandError::usage)?;
    let options = options(args);
    let mut audit = Audit::new(url, &manifest, &options);
    if let Some(url) = &args.app_url {
        audit = audit.app_url(url);
    }
    if let Some(key) = &key {
        audit = audit.key(key);
    }
    if let Some(tls) = tls {
        audit = audit.tls(tls);
    }
    audit.run().await.map_err(|why| {
        let which = match &why {
            CatalogError::Connect(_) => "; this is the URL of --database-url, or DATABASE_URL",
            CatalogError::ConnectAsService(_) => "; this is the URL of --app-url, or TENANCY_APP_URL",
            _ => "",
        };
        CommandError::database(format!("{why}{which}"))
    })
}

fn options(args: &AuditArgs) -> Options {
    let target = match args.target.as_str() {
        "citus" => Target::Citus,
        "cockroach" => Target::Cockroach,
        _ => Target::Postgres,
    };
    let level = if args.level == "unsealed" { Level::Unsealed } else { Level::Sealed };
    let wall = rls::Options::new(&args.app_role).owner_role(&args.owner_role).target(target).level(level);
    let mut wall = wall.default_schema(&args.default_schema);
    wall.directory.clone_from(&args.directory);
    let mut options = Options::new(wall);
    options.readers.clone_from(&args.reader);
    options.administrators.clone_from(&args.administrator);
    options.definers.clone_from(&args.definer);
    options.ignored_tables.clone_from(&args.ignore_table);
    options.column_grants = !args.table_grants;
    options.pgbouncer.clone_from(&args.pgbouncer);
    options
}
