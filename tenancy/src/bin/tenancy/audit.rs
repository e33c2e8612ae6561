//! `tenancy audit`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use tenancy::audit::baseline::Baseline;
use tenancy::audit::{Audit, Options, Report, Severity, render, rule, rules, source};
use tenancy::rls::{self, Level, SealKey, Target};
use tenancy::schema::Manifest;

/// Audits a database against the declaration, and a service's source.
///
/// Ends with 0 when nothing is as bad as `--fail-on`, with 1 when something is, with 2 when it could not look.
#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    /// The database, as a role that may read its catalog; best one that row-level security does not hold.
    #[arg(long, env = "TENANCY_AUDIT_URL", hide_env_values = true, requires = "manifest")]
    database_url: Option<String>,
    /// What `schema_manifest().to_json()` of the service prints, as a file.
    #[arg(long, requires = "database_url")]
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
    /// What the wall believes.
    #[arg(long, default_value = "sealed", value_parser = ["sealed", "unsealed"])]
    level: String,
    /// Where tables lie that the declaration does not qualify.
    #[arg(long, default_value = "public")]
    default_schema: String,
    /// A role that may hold grants on tenant tables beside the service's (C10).
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
    /// What PgBouncer's `SHOW VERSION` says, when one stands in between (F08).
    #[arg(long)]
    pgbouncer: Option<String>,
    /// A rule that is not run; it is reported as not run.
    #[arg(long)]
    disable: Vec<String>,
    /// Findings that are accepted, with a reason and a day: TOML.
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// The least severity that makes the command fail.
    #[arg(long, default_value = "high", value_parser = parse_severity)]
    fail_on: Severity,
    /// How the report is written.
    #[arg(long, default_value = "table", value_parser = ["table", "json", "sarif"])]
    format: String,
    /// Says what a rule is about, and nothing else.
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// Lists the rules, and nothing else.
    #[arg(long, exclusive = true)]
    list: bool,
}

fn parse_severity(name: &str) -> Result<Severity, String> {
    name.parse()
}

pub(crate) fn run(args: &AuditArgs) -> ExitCode {
    if let Some(id) = &args.explain {
        return explain(id);
    }
    if args.list {
        for rule in rules() {
            println!("{}  {:<8}  {}", rule.id, rule.severity, rule.title);
        }
        return ExitCode::SUCCESS;
    }
    match report(args) {
        Ok(report) => {
            let colour = std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            match args.format.as_str() {
                "json" => println!("{}", render::json(&report)),
                "sarif" => println!("{}", render::sarif(&report)),
                _ => print!("{}", render::text(&report, colour)),
            }
            if report.fails_on(args.fail_on) { ExitCode::from(1) } else { ExitCode::SUCCESS }
        }
        Err(why) => {
            eprintln!("tenancy audit: {why}");
            ExitCode::from(2)
        }
    }
}

fn explain(id: &str) -> ExitCode {
    let Some(rule) = rule(id) else {
        eprintln!("tenancy audit: there is no rule `{id}`; `--list` shows them");
        return ExitCode::from(2);
    };
    print!("{}", rule.markdown());
    ExitCode::SUCCESS
}

fn report(args: &AuditArgs) -> Result<Report, String> {
    if args.database_url.is_none() && args.source.is_empty() {
        return Err("nothing to look at: give `--database-url` with `--manifest`, or `--source`".to_owned());
    }
    let mut report = Report::default();
    if let Some(unknown) = args.disable.iter().find(|id| rule(id).is_none()) {
        return Err(format!("there is no rule `{unknown}` to disable"));
    }
    if let (Some(url), Some(manifest)) = (&args.database_url, &args.manifest) {
        report.merge(database(args, url, manifest)?);
    }
    for root in &args.source {
        let options = source::Options::new(args.exclude.clone());
        let read = source::audit(root, &options).map_err(|why| format!("{}: {why}", root.display()))?;
        report.merge(read);
    }
    report.disable(&args.disable);
    if let Some(path) = &args.baseline {
        let baseline = Baseline::from_toml(&text(path)?).map_err(|why| format!("{}: {why}", path.display()))?;
        baseline.apply(&mut report);
    }
    Ok(report)
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))
}

fn database(args: &AuditArgs, url: &str, manifest: &Path) -> Result<Report, String> {
    let manifest = Manifest::from_json(&text(manifest)?).map_err(|why| format!("{}: {why}", manifest.display()))?;
    let key = args.key_file.as_deref().map(text).transpose()?;
    let key = key.map(|key| key.parse::<SealKey>()).transpose().map_err(|why| why.to_string())?;
    let options = options(args);
    let mut audit = Audit::new(url, &manifest, &options);
    if let Some(url) = &args.app_url {
        audit = audit.app_url(url);
    }
    if let Some(key) = &key {
        audit = audit.key(key);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|why| why.to_string())?;
    runtime.block_on(audit.run()).map_err(|why| why.to_string())
}

fn options(args: &AuditArgs) -> Options {
    let target = match args.target.as_str() {
        "citus" => Target::Citus,
        "cockroach" => Target::Cockroach,
        _ => Target::Postgres,
    };
    let level = if args.level == "unsealed" { Level::Unsealed } else { Level::Sealed };
    let wall = rls::Options::new(&args.app_role).owner_role(&args.owner_role).target(target).level(level);
    let mut options = Options::new(wall.default_schema(&args.default_schema));
    options.readers.clone_from(&args.reader);
    options.administrators.clone_from(&args.administrator);
    options.definers.clone_from(&args.definer);
    options.ignored_tables.clone_from(&args.ignore_table);
    options.column_grants = !args.table_grants;
    options.pgbouncer.clone_from(&args.pgbouncer);
    options
}
