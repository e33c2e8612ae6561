//! `tenancy permissions lint`.

use super::files::{position, read};
use super::{found, print_json};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use tenancy_permission_model::{Finding, LintConfig, ModelError, Severity, lint_text};

/// Checks a permission model: mistakes in the text, and rules for organizations in shared tables.
///
/// Each finding has the place, a code and what to write instead.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Lint {
    /// The model.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// The type of the platform.
    #[arg(long, value_name = "TYPE", default_value = "platform")]
    platform: String,
    /// The type of tenants, which own organizations.
    #[arg(long, value_name = "TYPE", default_value = "tenant")]
    tenant: String,
    /// The type of organizations.
    #[arg(long, value_name = "TYPE", default_value = "organization")]
    organization: String,
    /// The types of users.
    #[arg(long, value_name = "TYPES", value_delimiter = ',', default_value = "user")]
    users: Vec<String>,
    /// The permissions that may reach the platform (P02).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "suspend,support_read")]
    platform_reaches: Vec<String>,
    /// The permissions over money, which reach neither the tenant nor the platform (P03).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "change_payout")]
    money: Vec<String>,
    /// The permissions that only read; all others count as writes (P04).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "view,read,list,support_read")]
    reads: Vec<String>,
    /// The relations that hold grants of support access, which expire (P05).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "support")]
    support: Vec<String>,
    /// The relations whose subjects lose every permission of the type (P06).
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "banned")]
    bans: Vec<String>,
    /// The most hops from a permission to a user (P09).
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    most_hops: usize,
    /// Exits with 1 for warnings too.
    #[arg(long)]
    deny_warnings: bool,
}

const HELP: &str = "\
Example:
  tenancy permissions lint permissions.zed --money change_payout,invoice#refund

An option replaces its default. A name counts on every type; `type#name` counts on one type.

Rules:
  P01  parentheses where two kinds of operators meet
  P02  only listed permissions reach the platform
  P03  money permissions reach neither the tenant nor the platform
  P04  no wildcard where one gives access to a write, or to what lies above an organization
  P05  grants of support access expire
  P06  what one permission of a type excludes, all of them exclude
  P07  names of types that are not easily confused
  P08  an object leads to one organization
  P09  few hops from a permission to a user

Exit codes:
  0  no error was found
  1  an error was found; with --deny-warnings: an error or a warning
  2  the arguments or the file are not usable";

impl Lint {
    fn config(&self) -> LintConfig {
        let set = |names: &[String]| names.iter().filter(|name| !name.is_empty()).cloned().collect();
        let mut config = LintConfig::default();
        config.platform.clone_from(&self.platform);
        config.tenant.clone_from(&self.tenant);
        config.organization.clone_from(&self.organization);
        config.users = set(&self.users);
        config.platform_permissions = set(&self.platform_reaches);
        config.money_permissions = set(&self.money);
        config.read_permissions = set(&self.reads);
        config.support_relations = set(&self.support);
        config.ban_relations = set(&self.bans);
        config.most_hops = self.most_hops;
        config
    }
}

/// A finding, or a mistake in the text.
struct Reported {
    line: usize,
    column: usize,
    severity: Severity,
    code: String,
    message: String,
}

impl From<ModelError> for Reported {
    fn from(error: ModelError) -> Self {
        let ModelError { kind, line, column, message, .. } = error;
        Self { line, column, severity: Severity::Error, code: format!("{kind:?}"), message }
    }
}

impl Reported {
    fn of(text: &str, finding: Finding) -> Self {
        let (line, column) = position(text, finding.span.start);
        let code = finding.rule.code().to_owned();
        Self { line, column, severity: finding.severity, code, message: finding.message }
    }

    fn severity(&self) -> &'static str {
        if self.severity == Severity::Warning { "warning" } else { "error" }
    }
}

pub(super) fn run(args: &Lint, format: Format) -> Result<ExitCode, CommandError> {
    let text = read(&args.model)?;
    let reported: Vec<Reported> = match lint_text(&text, &args.config()) {
        Ok(findings) => findings.into_iter().map(|finding| Reported::of(&text, finding)).collect(),
        Err(errors) => errors.into_iter().map(Reported::from).collect(),
    };
    let errors = reported.iter().filter(|one| one.severity() == "error").count();
    let warnings = reported.len() - errors;
    match format {
        Format::Text => print(args, &reported, errors, warnings)?,
        Format::Json => {
            let findings = reported.iter().map(|one| {
                json!({
                    "file": args.model, "line": one.line, "column": one.column,
                    "severity": one.severity(), "code": one.code, "message": one.message,
                })
            });
            let findings: Vec<_> = findings.collect();
            print_json(&json!({ "errors": errors, "warnings": warnings, "findings": findings }))?;
        }
    }
    Ok(found(errors > 0 || (args.deny_warnings && warnings > 0)))
}

fn print(args: &Lint, reported: &[Reported], errors: usize, warnings: usize) -> Result<(), CommandError> {
    let file = args.model.display();
    for one in reported {
        let Reported { line, column, code, message, .. } = one;
        out::line(format!("{file}:{line}:{column}: {} {code}: {message}", one.severity()))?;
    }
    out::line(format!("{errors} errors, {warnings} warnings"))
}
