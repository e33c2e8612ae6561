//! `tenancy permissions check`.

use super::answers::explanation;
use super::database::Relationships;
use super::files::{engine, model, validation};
use super::{found, print_json};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;
use tenancy_permits::{CheckError, ObjectRef, Relationship, SubjectRef};

/// Says whether a subject has a permission, and which relationships give it: those of a file, or those in a database.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Check {
    #[command(flatten)]
    place: Relationships,
    /// A YAML file with `relationships`, such as a validation file of `tenancy permissions test`. Without it, the relationships are
    /// those of the organization in the database.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["org", "no_org"])]
    relationships: Option<PathBuf>,
    /// The object, as `type:id`.
    resource: String,
    /// The relation or permission.
    permission: String,
    /// The subject, as `type:id` or `type:id#relation`.
    subject: String,
}

const HELP: &str = "\
Example:
  tenancy permissions check --model permissions.zed --relationships permissions.test.yaml invoice:1 void user:anna

  prints, for instance:
    allowed
      invoice:1#organization@organization:7
      organization:7#owner@user:anna

  in a database, as the service asks:
  tenancy permissions check --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 invoice:1 void user:anna

In a file the relationship of an object to its organization is written down. In a database it is given by --org, and never stored.

Exit codes:
  0  the subject has the permission
  1  it does not have it, or relationships lead further than 50 steps
  2  the arguments, a file or the tables are not usable, or the model lacks the name
  3  the database was not reached, or refused";

pub(super) async fn run(args: &Check, format: Format) -> Result<ExitCode, CommandError> {
    match &args.relationships {
        Some(file) => in_file(args, file, format),
        None => in_database(args, format).await,
    }
}

async fn in_database(args: &Check, format: Format) -> Result<ExitCode, CommandError> {
    let asked = (args.resource.as_str(), args.permission.as_str(), args.subject.as_str());
    let explained = explanation(&args.place, asked).await?;
    let path = explained.allowed.then_some(explained.path);
    say(path.as_deref(), None, format)
}

fn in_file(args: &Check, file: &Path, format: Format) -> Result<ExitCode, CommandError> {
    let model = model(&args.place.model)?;
    let validation = validation(file, &model)?;
    let engine = engine(file, &validation)?;
    let resource: ObjectRef = args.resource.parse().map_err(CommandError::usage)?;
    let subject: SubjectRef = args.subject.parse().map_err(CommandError::usage)?;
    let answer = engine.explain(&resource, &args.permission, &subject, SystemTime::now());
    let (path, too_deep) = match answer {
        Ok(path) => (path, None),
        Err(error @ CheckError::TooDeep { .. }) => (None, Some(error.to_string())),
        Err(error) => return Err(CommandError::usage(error)),
    };
    say(path.as_deref(), too_deep.as_deref(), format)
}

fn say(path: Option<&[Relationship]>, too_deep: Option<&str>, format: Format) -> Result<ExitCode, CommandError> {
    match format {
        Format::Text => print(path, too_deep)?,
        Format::Json => {
            let steps: Vec<String> = path.iter().copied().flatten().map(ToString::to_string).collect();
            print_json(&json!({ "allowed": path.is_some(), "path": steps, "error": too_deep }))?;
        }
    }
    Ok(found(path.is_none()))
}

fn print(path: Option<&[Relationship]>, too_deep: Option<&str>) -> Result<(), CommandError> {
    match (path, too_deep) {
        (Some(path), _) => {
            out::line("allowed")?;
            path.iter().try_for_each(|step| out::line(format!("  {step}")))
        }
        (None, Some(error)) => out::line(format!("denied: {error}")),
        (None, None) => out::line("denied"),
    }
}
