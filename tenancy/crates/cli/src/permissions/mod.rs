//! `tenancy permissions`: permission models, and relationships in a database.

mod answers;
mod change;
mod check;
mod database;
mod diff;
mod files;
mod lint;
mod list;
mod tables;
mod test;
mod times;

use super::out::{self, Format};
use super::outcome::CommandError;
use clap::Subcommand;
use std::process::ExitCode;
use tenancy_permission_model::Model;

#[derive(Subcommand)]
pub(super) enum Permissions {
    Lint(Box<lint::Lint>),
    Test(test::Test),
    Check(check::Check),
    Diff(diff::Diff),
    Grant(change::Grant),
    Revoke(change::Revoke),
    List(list::List),
    Explain(answers::Explain),
    Who(answers::Who),
    What(answers::What),
    Log(list::Log),
    Migrate(tables::Migrate),
    Grants(tables::Grants),
    /// Prints the standard model: platform, tenant, organization, team.
    ///
    /// Copy it, and add your own types below an organization.
    #[command(after_help = "Example:\n  tenancy permissions standard > permissions.zed")]
    Standard,
}

pub(super) async fn run(command: &Permissions, format: Format) -> Result<ExitCode, CommandError> {
    match command {
        Permissions::Lint(command) => lint::run(command, format),
        Permissions::Test(command) => test::run(command, format),
        Permissions::Check(command) => check::run(command, format).await,
        Permissions::Diff(command) => diff::run(command, format),
        Permissions::Grant(command) => change::grant(command, format).await,
        Permissions::Revoke(command) => change::revoke(command, format).await,
        Permissions::List(command) => list::list(command, format).await,
        Permissions::Log(command) => list::log(command, format).await,
        Permissions::Explain(command) => answers::explain(command, format).await,
        Permissions::Who(command) => answers::who(command, format).await,
        Permissions::What(command) => answers::what(command, format).await,
        Permissions::Migrate(command) => tables::migrate(command, format).await,
        Permissions::Grants(command) => tables::grants(command, format),
        Permissions::Standard => standard(format),
    }
}

fn standard(format: Format) -> Result<ExitCode, CommandError> {
    match format {
        Format::Text => out::whole(Model::STANDARD)?,
        Format::Json => {
            let fingerprint = format!("{:032x}", Model::standard().fingerprint());
            out::json(&serde_json::json!({ "model": Model::STANDARD, "fingerprint": fingerprint }).to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The exit code of a command that looked for something.
fn found(any: bool) -> ExitCode {
    if any { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn print_json(value: &serde_json::Value) -> Result<(), CommandError> {
    out::json(&serde_json::to_string_pretty(value).map_err(CommandError::usage)?)
}
